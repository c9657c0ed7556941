// The gate against real sockets: the traps that ZeroMQ sets.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/daemon/gate_fixture.hpp"
#include "wire/query.hpp"

namespace tiebreak::daemon {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a message is stamped and handed on, and its reply goes back to its sender") {
    GateFixture f;
    auto first = f.client(), second = f.client();
    first.send(a_request(1), zmq::send_flags::none);
    Request from_first = f.take();
    second.send(a_request(2), zmq::send_flags::none);
    Request from_second = f.take();
    CHECK(from_first.stamp_ns < from_second.stamp_ns);
    f.answer(std::move(from_second), "to second");
    f.answer(std::move(from_first), "to first");
    CHECK(receive(first) == "to first");
    CHECK(receive(second) == "to second");
}

TEST_CASE("a REQ client's empty frame comes back before its reply") {
    GateFixture f;
    zmq::socket_t client(f.context, zmq::socket_type::req);
    client.set(zmq::sockopt::linger, 0);
    client.set(zmq::sockopt::rcvtimeo, 10'000);
    client.connect(f.gate.endpoint());
    client.send(a_request(1), zmq::send_flags::none);
    Request request = f.take();
    CHECK(request.sender.delimited);
    f.answer(std::move(request), "reply");
    CHECK(receive(client) == "reply");
}

TEST_CASE("a reply waits until its position is durable, and those after it wait with it") {
    GateFixture f;
    auto client = f.client();
    client.send(a_request(1), zmq::send_flags::none);
    client.send(a_request(2), zmq::send_flags::none);
    Request first = f.take(), second = f.take();
    f.answer(std::move(first), "first", 7);
    f.answer(std::move(second), "second", 0);
    client.set(zmq::sockopt::rcvtimeo, 30);
    zmq::message_t none;
    CHECK_FALSE(client.recv(none));
    client.set(zmq::sockopt::rcvtimeo, 10'000);
    f.passage.durable_position.store(7, std::memory_order_seq_cst);
    f.passage.gate.wake_if_asleep();
    CHECK(receive(client) == "first");
    CHECK(receive(client) == "second");
}

// ZMQ_FD is edge-triggered and shared by both directions: a gate that waited on it after a send would sleep over a
// message that came in meanwhile. Both directions are kept busy, and every message must come through.
TEST_CASE("a message that arrives while replies are being sent is not slept over") {
    GateFixture f;
    auto client = f.client(100'000);
    constexpr int rounds = 3'000;
    for (int i = 0; i < rounds; ++i) {
        client.send(a_request(static_cast<std::uint64_t>(i)), zmq::send_flags::none);
        Request request = f.take();
        // The reply and the next message cross.
        f.answer(std::move(request), "x");
    }
    for (int i = 0; i < rounds; ++i) REQUIRE(receive(client) == "x");
    CHECK(GateFixture::wait_for([&] { return f.metrics.gate.requests_in_flight.get() == 0; }));
    CHECK(f.metrics.gate.messages_out.get() == rounds);
}

TEST_CASE("a reply to a client that has gone is counted, not dropped in silence") {
    Limits limits;
    limits.peer_requests_max = 10'000;
    GateFixture f(limits);
    constexpr std::uint64_t requests = 5'000;
    {
        auto client = f.client();
        client.set(zmq::sockopt::linger, -1);
        for (std::uint64_t id = 1; id <= requests; ++id) client.send(a_request(id), zmq::send_flags::none);
        REQUIRE(GateFixture::wait_for([&] { return f.passage.requests.size() == requests; }));
    }
    REQUIRE(GateFixture::wait_for([&] { return f.metrics.gate.connections_lost.get() == 1; }));
    // The report of the loss comes a moment before ZeroMQ forgets the client; until then it takes replies for it.
    std::uint64_t answered = 0;
    while (f.metrics.gate.replies_unsendable.get() == 0 && answered < requests) {
        f.answer(f.take(), "nobody");
        ++answered;
        REQUIRE(GateFixture::wait_for([&] {
            return f.metrics.gate.replies_unsendable.get() + f.metrics.gate.messages_out.get() == answered;
        }));
    }
    CHECK(f.metrics.gate.replies_unsendable.get() == 1);
}

TEST_CASE("wrong numbers of frames, unknown identifiers and wrong versions are answered with a code") {
    GateFixture f;
    auto client = f.client();
    const auto send_frames = [&](const std::vector<std::string>& frames) {
        for (std::size_t i = 0; i < frames.size(); ++i) {
            client.send(zmq::buffer(frames[i]), i + 1 < frames.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
        }
    };
    const std::string good = a_request(9).to_string();
    std::string newer = good;
    newer[7] = '2';
    struct Case {
        std::vector<std::string> frames;
        std::string code;
        std::uint64_t request_id;
    };
    const std::vector<Case> cases{{{""}, "malformed", 0},
                                  {{"", ""}, "malformed", 0},
                                  {{good, good}, "malformed", 0},
                                  {std::vector<std::string>(100, "x"), "malformed", 0},
                                  {std::vector<std::string>(100, ""), "malformed", 0},
                                  {{"", good, ""}, "malformed", 0},
                                  {{"nonsense that is no FlatBuffer"}, "malformed", 0},
                                  {{newer}, "wrong_version", 9},
                                  {{std::string("\x04\0\0\0TBC9", 8)}, "wrong_version", 0}};
    for (const Case& bad : cases) {
        INFO(bad.frames.size() << " frames, the first of " << bad.frames[0].size() << " bytes");
        send_frames(bad.frames);
        zmq::message_t reply;
        REQUIRE(client.recv(reply));
        if (reply.size() == 0) REQUIRE(client.recv(reply));  // the delimiter, mirrored
        wire::ReplyReader reader;
        REQUIRE_FALSE(reader.open(bytes_of(reply)));
        CHECK(reader.code() == bad.code);
        CHECK(reader.request_id() == bad.request_id);
        CHECK_FALSE(reader.detail().empty());
    }
    client.send(zmq::buffer(good), zmq::send_flags::none);
    f.answer(f.take(), "still there");
    CHECK(receive(client) == "still there");
}

TEST_CASE("queries go past the loop, and a wrong version of one is refused by an answer") {
    GateFixture f;
    auto client = f.client();
    wire::QueryWriter writer;
    const auto query = writer.write(3, wire::query::Status{});
    client.send(zmq::buffer(query.data(), query.size()), zmq::send_flags::none);
    REQUIRE(GateFixture::wait_for([&] { return f.passage.queries.front() != nullptr; }));
    Request asked = std::move(*f.passage.queries.front());
    f.passage.queries.pop();
    CHECK(asked.stamp_ns == 0);
    REQUIRE(f.passage.answers.push({std::move(asked.sender), zmq::message_t("status", 6), 0, 0}));
    f.passage.gate.wake_if_asleep();
    CHECK(receive(client) == "status");

    std::string newer(reinterpret_cast<const char*>(query.data()), query.size());
    newer[7] = '7';
    client.send(zmq::buffer(newer), zmq::send_flags::none);
    zmq::message_t reply;
    REQUIRE(client.recv(reply));
    wire::AnswerReader answer;
    REQUIRE_FALSE(answer.open(bytes_of(reply)));
    CHECK(answer.code() == "wrong_version");
    CHECK(answer.request_id() == 3);
}

// libzmq's I/O thread waits when its reports about connections are not taken off: then nothing at all would move any more.
TEST_CASE("connections that come and go by the thousand, while the gate has no rest, hold nothing up") {
    GateFixture f;
    auto busy = f.client();
    std::atomic<bool> stop{false};
    std::thread answering([&] {
        while (!stop) {
            if (f.passage.requests.front() == nullptr) continue;
            Request request = std::move(*f.passage.requests.front());
            f.passage.requests.pop();
            Response response{std::move(request.sender), zmq::message_t("x", 1), 0, request.body.size()};
            (void)f.passage.responses.push(std::move(response));
            f.passage.gate.wake_if_asleep();
        }
    });
    std::uint64_t sent = 0, received = 0;
    for (int i = 0; i < 3'000; ++i) {
        auto passing = f.client();
        for (int k = 0; k < 3; ++k, ++sent) busy.send(a_request(sent), zmq::send_flags::none);
        zmq::message_t reply;
        while (received + 30 < sent && busy.recv(reply)) ++received;
    }
    zmq::message_t reply;
    while (received < sent && busy.recv(reply)) ++received;
    stop = true;
    answering.join();
    CHECK(received == sent);
}

TEST_CASE("a gate that has stopped taking still sends what becomes durable") {
    GateFixture f;
    auto client = f.client();
    client.send(a_request(1), zmq::send_flags::none);
    Request request = f.take();
    f.gate.stop_taking();
    REQUIRE(GateFixture::wait_for([&] { return f.gate.has_stopped_taking(); }));
    client.send(a_request(2), zmq::send_flags::none);
    f.answer(std::move(request), "last", 1);
    f.passage.durable_position.store(1, std::memory_order_seq_cst);
    f.passage.gate.wake_if_asleep();
    CHECK(receive(client) == "last");
    CHECK(f.passage.requests.front() == nullptr);
}

}  // namespace
}  // namespace tiebreak::daemon
