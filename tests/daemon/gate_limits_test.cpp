// The gate's limits, and that who goes beyond one is told or counted, and others are served.
#include <algorithm>
#include <string>

#include "tests/daemon/gate_fixture.hpp"
#include "wire/query.hpp"

namespace tiebreak::daemon {
namespace {

TEST_CASE("replies that a client does not take off are dropped at the limit and counted, and others are served") {
    Limits limits;
    limits.peer_replies_max = 8;
    GateFixture f(limits);
    auto deaf = f.client(1);
    const std::string large(200'000, 'x');  // soon more than the kernel keeps
    for (int i = 0; i < 200 && f.metrics.gate.replies_unsendable.get() == 0; ++i) {
        deaf.send(a_request(1), zmq::send_flags::none);
        f.answer(f.take(), large);
    }
    CHECK(GateFixture::wait_for([&] { return f.metrics.gate.replies_unsendable.get() > 0; }));
    auto other = f.client();
    other.send(a_request(2), zmq::send_flags::none);
    f.answer(f.take(), "served");
    CHECK(receive(other) == "served");
}

// By number alone a client could have 16,384 answers of a megabyte kept for it.
TEST_CASE("what a client does not take off is bounded in bytes; others are served, and so is it once it reads") {
    constexpr std::uint64_t unread_max = 16U << 20U;
    Limits limits;
    limits.replies_unread_bytes_max = unread_max;
    limits.answer_bytes_max = unread_max;  // whoever holds anything may not ask
    GateFixture f(limits);
    const auto& figures = f.metrics.gate;
    auto deaf = f.client(1);
    const std::string large(200'000, 'x');
    std::uint64_t most = 0;
    for (int i = 0; i < 400 && figures.replies_unsendable.get() == 0; ++i) {
        deaf.send(a_request(1), zmq::send_flags::none);
        f.answer(f.take(), large);
        most = std::max(most, figures.replies_unread_bytes.get());
    }
    CHECK(GateFixture::wait_for([&] { return figures.replies_unsendable.get() > 0; }));
    CHECK(most > unread_max / 4);
    CHECK(most <= unread_max / 2);

    SECTION("another client's large reply arrives") {
        auto other = f.client();
        other.send(a_request(2), zmq::send_flags::none);
        f.answer(f.take(), large);
        CHECK(receive(other) == large);
    }
    SECTION("its next question is answered busy, and answered again when it has read") {
        wire::QueryWriter writer;
        const auto query = writer.write(3, wire::query::Status{});
        deaf.send(zmq::buffer(query.data(), query.size()), zmq::send_flags::none);
        REQUIRE(GateFixture::wait_for([&] { return figures.gate_busy.get() == 1; }));
        zmq::message_t message;
        do {
            REQUIRE(deaf.recv(message));
        } while (message.size() == large.size());
        wire::AnswerReader answer;
        REQUIRE_FALSE(answer.open(bytes_of(message)));
        CHECK(answer.code() == "busy");
        deaf.send(zmq::buffer(query.data(), query.size()), zmq::send_flags::none);
        CHECK(GateFixture::wait_for([&] { return f.passage.queries.front() != nullptr; }));
        // The figure is written when a reply is sent.
        deaf.send(a_request(4), zmq::send_flags::none);
        f.answer(f.take(), "small");
        CHECK(receive(deaf) == "small");
        CHECK(figures.replies_unread_bytes.get() == 0);
    }
}

TEST_CASE("beyond the requests in flight the answer is busy, at once and by name; then there is room again") {
    Limits limits;
    limits.requests_in_flight_max = 4;
    GateFixture f(limits);
    auto client = f.client();
    for (std::uint64_t id = 1; id <= 5; ++id) client.send(a_request(id), zmq::send_flags::none);
    const auto refused = receive_reply(client);
    CHECK(refused.request_id() == 5);
    CHECK(refused.code() == "busy");
    CHECK(f.metrics.gate.gate_busy.get() == 1);
    for (int i = 0; i < 4; ++i) f.answer(f.take(), "ok");
    for (int i = 0; i < 4; ++i) CHECK(receive(client) == "ok");
    client.send(a_request(6), zmq::send_flags::none);
    f.answer(f.take(), "again");
    CHECK(receive(client) == "again");
}

TEST_CASE("beyond the bytes in flight the answer is busy too") {
    Limits limits;
    limits.requests_in_flight_bytes_max = a_request(1).size() * 2;
    GateFixture f(limits);
    auto client = f.client();
    for (std::uint64_t id = 1; id <= 3; ++id) client.send(a_request(id), zmq::send_flags::none);
    const auto refused = receive_reply(client);
    CHECK(refused.request_id() == 3);
    CHECK(refused.code() == "busy");
}

TEST_CASE("a message beyond the size limit ends its connection, and that is counted") {
    Limits limits;
    limits.message_bytes_max = 1'000;
    GateFixture f(limits);
    auto client = f.client();
    client.send(zmq::buffer(std::string(1'001, 'x')), zmq::send_flags::none);
    CHECK(GateFixture::wait_for([&] { return f.metrics.gate.connections_lost.get() >= 1; }));
    CHECK(f.metrics.gate.messages_in.get() == 0);
    auto other = f.client();
    other.send(a_request(1), zmq::send_flags::none);
    f.answer(f.take(), "served");
    CHECK(receive(other) == "served");
}

}  // namespace
}  // namespace tiebreak::daemon
