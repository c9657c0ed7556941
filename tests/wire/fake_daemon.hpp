// The daemon's two sockets without the daemon, in the test's own thread.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <zmq.hpp>

#include "tests/catch.hpp"
#include "tests/wire/bytes.hpp"
#include "wire/feed_head.hpp"
#include "wire/zmq_frames.hpp"

namespace tiebreak::wire::test {

using Clock = std::chrono::steady_clock;

inline constexpr std::chrono::milliseconds patience{5'000};

// Does `step` until `done`, which must come true in time.
template <class Step, class Done>
void until(Step step, Done done) {
    const auto limit = Clock::now() + patience;
    while (!done()) {
        if (Clock::now() >= limit) FAIL("it did not happen in time");
        step();
    }
}

// The command socket.
class FakeRouter {
public:
    explicit FakeRouter(zmq::context_t& context) : socket_(context, zmq::socket_type::router) {
        socket_.set(zmq::sockopt::linger, 0);
        socket_.bind("tcp://127.0.0.1:*");
        endpoint = socket_.get(zmq::sockopt::last_endpoint);
    }

    std::string endpoint;

    struct Request {
        Buffer identity;
        bool delimited = false;
        Buffer body;
    };

    // The next request, if one is there.
    std::optional<Request> take() {
        std::vector<zmq::message_t> frames;
        if (receive(socket_, 3, frames) != Received::message || frames.size() < 2) return std::nullopt;
        return Request{copy_of(bytes_of(frames[0])), frames.size() == 3, copy_of(bytes_of(frames.back()))};
    }

    void reply(const Request& request, std::span<const std::byte> body, bool delimited = false) {
        REQUIRE(send_frame(socket_, request.identity, true));
        if (delimited) REQUIRE(send_frame(socket_, {}, true));
        REQUIRE(send_frame(socket_, body));
    }

private:
    zmq::socket_t socket_;
};

// The feed socket.
class FakeFeed {
public:
    explicit FakeFeed(zmq::context_t& context) : FakeFeed(context, "tcp://127.0.0.1:*") {}

    // Null as long as the endpoint is taken: ZeroMQ lets go of one in the background.
    static std::unique_ptr<FakeFeed> at(zmq::context_t& context, const std::string& taken_endpoint) {
        try {
            return std::unique_ptr<FakeFeed>{new FakeFeed{context, taken_endpoint}};
        } catch (const zmq::error_t&) {
            return nullptr;
        }
    }

    std::string endpoint;

    // The topic of the next subscription, if one is there.
    std::optional<std::string> subscription() {
        std::vector<zmq::message_t> frames;
        if (receive(socket_, 1, frames) != Received::message || frames[0].size() == 0) return std::nullopt;
        const std::string text = frames[0].to_string();
        if (text[0] != '\1') return std::nullopt;
        return text.substr(1);
    }

    void publish(std::string_view topic, const FeedHead& head, std::span<const std::byte> body) {
        REQUIRE(send_frame(socket_, bytes_of_text(topic), true));
        REQUIRE(send_frame(socket_, encode(head), true));
        REQUIRE(send_frame(socket_, body));
    }
    void publish_frames(const std::vector<std::string>& frames) {
        for (std::size_t i = 0; i < frames.size(); ++i) {
            REQUIRE(send_frame(socket_, bytes_of_text(frames[i]), i + 1 < frames.size()));
        }
    }

private:
    FakeFeed(zmq::context_t& context, const std::string& bind_to) : socket_(context, zmq::socket_type::xpub) {
        socket_.set(zmq::sockopt::linger, 0);
        socket_.bind(bind_to);
        endpoint = socket_.get(zmq::sockopt::last_endpoint);
    }

    zmq::socket_t socket_;
};

}  // namespace tiebreak::wire::test
