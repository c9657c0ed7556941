// A gate with real sockets whose loop and archive are the test, and a client's side of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "daemon/gate.hpp"
#include "matching/commands.hpp"
#include "tests/catch.hpp"
#include "wire/reply.hpp"
#include "wire/request_writer.hpp"

namespace tiebreak::daemon {

constexpr std::chrono::seconds patience{10};

// A gate on a thread of its own; the test plays the loop.
class GateFixture {
public:
    explicit GateFixture(const Limits& limits = {})
        : passage(limits), gate(context, "tcp://127.0.0.1:*", limits, clock, passage, metrics), thread([this] { gate.run(1); }) {}
    ~GateFixture() {
        gate.stop_taking();
        gate.finish();
        thread.join();
    }

    zmq::socket_t client(int receive_max = 1'000) {
        zmq::socket_t socket(context, zmq::socket_type::dealer);
        socket.set(zmq::sockopt::linger, 0);
        socket.set(zmq::sockopt::rcvtimeo, static_cast<int>(std::chrono::milliseconds(patience).count()));
        socket.set(zmq::sockopt::rcvhwm, receive_max);
        socket.connect(gate.endpoint());
        return socket;
    }

    static bool wait_for(const std::function<bool()>& reached) {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (!reached() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
        return reached();
    }

    // The next request, as the loop would take it.
    Request take() {
        REQUIRE(wait_for([&] { return passage.requests.front() != nullptr; }));
        Request request = std::move(*passage.requests.front());
        passage.requests.pop();
        return request;
    }
    void answer(Request request, std::string_view text, std::uint64_t position = 0) {
        Response response{std::move(request.sender), zmq::message_t(text.data(), text.size()), position, request.body.size()};
        REQUIRE(passage.responses.push(std::move(response)));
        passage.gate.wake_if_asleep();
    }

    zmq::context_t context;
    SystemClock clock;
    Metrics metrics;
    Passage passage;
    Gate gate;
    std::thread thread;
};

inline zmq::message_t a_request(std::uint64_t id) {
    wire::RequestWriter writer;
    const auto bytes = writer.write(id, matching::Command{matching::command::Advance{}});
    return {bytes.data(), bytes.size()};
}

inline std::string receive(zmq::socket_t& socket) {
    zmq::message_t message;
    REQUIRE(socket.recv(message));
    return message.to_string();
}

inline wire::ReplyReader receive_reply(zmq::socket_t& socket) {
    zmq::message_t message;
    REQUIRE(socket.recv(message));
    wire::ReplyReader reader;
    REQUIRE_FALSE(reader.open(bytes_of(message)));
    return reader;
}

}  // namespace tiebreak::daemon
