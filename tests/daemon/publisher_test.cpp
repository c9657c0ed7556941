#include "daemon/publisher.hpp"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "tests/catch.hpp"

namespace tiebreak::daemon {
namespace {

using namespace std::chrono_literals;

struct Fixture {
    explicit Fixture(Limits limits = {}) : publisher(context, "tcp://127.0.0.1:*", limits, metrics) {}

    zmq::socket_t subscriber(const std::vector<std::string>& prefixes) {
        zmq::socket_t socket(context, zmq::socket_type::sub);
        socket.set(zmq::sockopt::linger, 0);
        socket.set(zmq::sockopt::rcvtimeo, 10'000);
        socket.connect(publisher.endpoint());
        for (const std::string& prefix : prefixes) socket.set(zmq::sockopt::subscribe, prefix);
        return socket;
    }
    // One that wants everything, never reads and, once its connection has ended, stays away.
    zmq::socket_t deaf_subscriber() {
        zmq::socket_t socket(context, zmq::socket_type::sub);
        socket.set(zmq::sockopt::linger, 0);
        socket.set(zmq::sockopt::rcvhwm, 1);
        socket.set(zmq::sockopt::rcvbuf, 4'096);
        socket.set(zmq::sockopt::reconnect_ivl, -1);
        socket.set(zmq::sockopt::subscribe, "");
        socket.connect(publisher.endpoint());
        return socket;
    }
    // One that subscribes to so many topics and, once its connection has ended, stays away.
    zmq::socket_t flood(std::uint64_t subscriptions) {
        zmq::socket_t socket(context, zmq::socket_type::xsub);
        socket.set(zmq::sockopt::linger, 0);
        socket.set(zmq::sockopt::sndhwm, 0);
        socket.set(zmq::sockopt::reconnect_ivl, -1);
        socket.connect(publisher.endpoint());
        for (std::uint64_t i = 0; i < subscriptions; ++i) socket.send(zmq::buffer("\x01package/K" + std::to_string(i) + "/"), zmq::send_flags::none);
        return socket;
    }
    bool wait_for(const std::function<bool()>& reached) {
        const auto until = std::chrono::steady_clock::now() + 10s;
        while (!reached() && std::chrono::steady_clock::now() < until) {
            static_cast<void>(publisher.take_subscriptions());
            publisher.look_at_subscribers();
        }
        return reached();
    }

    zmq::context_t context;
    Metrics metrics;
    Publisher publisher;
};

TEST_CASE("a topic is wanted by whoever subscribes to it or to its beginning") {
    Fixture f;
    CHECK_FALSE(f.publisher.is_wanted("all/"));
    auto socket = f.subscriber({"package/K1/", "package/K10/", "zone/", "provider/A"});
    REQUIRE(f.wait_for([&] { return f.metrics.loop.subscriptions.get() == 4; }));
    for (const char* topic : {"package/K1/", "package/K10/", "zone/oxford/", "zone/", "provider/A/", "provider/AB/"}) {
        CHECK(f.publisher.is_wanted(topic));
    }
    for (const char* topic : {"", "all/", "package/", "package/K/", "package/K100/", "package/K2/", "provider/B/", "zone", "zz"}) {
        CHECK_FALSE(f.publisher.is_wanted(topic));
    }
    // Only whole topics get steady heartbeats.
    REQUIRE(f.publisher.wanted_topics().size() == 2);
    const auto before = f.publisher.subscriptions_as_of();
    socket.set(zmq::sockopt::unsubscribe, "zone/");
    REQUIRE(f.wait_for([&] { return f.metrics.loop.subscriptions.get() == 3; }));
    CHECK(f.publisher.subscriptions_as_of() > before);
    CHECK_FALSE(f.publisher.is_wanted("zone/oxford/"));
    CHECK(f.publisher.is_wanted("package/K1/"));
}

TEST_CASE("the empty prefix wants everything") {
    Fixture f;
    auto socket = f.subscriber({""});
    REQUIRE(f.wait_for([&] { return f.metrics.loop.subscriptions.get() == 1; }));
    CHECK(f.publisher.is_wanted("anything/"));
}

TEST_CASE("beyond the limit of subscriptions every topic counts as wanted, until they have gone") {
    Limits limits;
    limits.subscriptions_max = 2;
    Fixture f(limits);
    {
        auto socket = f.subscriber({"a/", "b/", "c/"});
        REQUIRE(f.wait_for([&] { return f.publisher.is_wanted("c/"); }));
        CHECK(f.publisher.is_wanted("unheard/"));
        CHECK(f.metrics.loop.subscriptions.get() == 2);
    }
    REQUIRE(f.wait_for([&] { return f.metrics.loop.subscriptions.get() == 0; }));
    CHECK_FALSE(f.publisher.is_wanted("c/"));
}

TEST_CASE("an event is three frames: topic, head, body") {
    Fixture f;
    auto socket = f.subscriber({"all/"});
    REQUIRE(f.wait_for([&] { return f.metrics.loop.subscriptions.get() == 1; }));
    const std::string body = "body";
    f.publisher.send("all/", {1, 2, 3}, std::as_bytes(std::span{body}));
    zmq::message_t frame;
    REQUIRE(socket.recv(frame));
    CHECK(frame.to_string() == "all/");
    REQUIRE(socket.recv(frame));
    const auto head = wire::decode_feed_head({static_cast<const std::byte*>(frame.data()), frame.size()});
    REQUIRE(head);
    CHECK(*head == wire::FeedHead{1, 2, 3});
    REQUIRE(socket.recv(frame));
    CHECK(frame.to_string() == "body");
    CHECK_FALSE(frame.more());
}

// ZeroMQ's one signal for both directions is taken off by a send: after it the descriptor is silent though a
// subscription waits. The loop therefore takes subscriptions after its sends; waiting alone would miss them.
TEST_CASE("a subscription that arrives among sends is found by looking after the sends") {
    Fixture f;
    auto first = f.subscriber({"all/"});
    REQUIRE(f.wait_for([&] { return f.metrics.loop.subscriptions.get() == 1; }));
    int silent = 0;
    for (int i = 0; i < 20; ++i) {
        first.set(zmq::sockopt::subscribe, "package/K" + std::to_string(i) + "/");
        // Until it has arrived; looking at the descriptor takes nothing off it.
        pollfd entry{f.publisher.fd(), POLLIN, 0};
        REQUIRE(::poll(&entry, 1, 10'000) == 1);
        // A send looks at the signal about once in a millisecond.
        const auto until = std::chrono::steady_clock::now() + 5s;
        while (::poll(&entry, 1, 0) == 1 && std::chrono::steady_clock::now() < until) f.publisher.send("x", {1, 1, 1}, {});
        silent += ::poll(&entry, 1, 0) == 0 ? 1 : 0;
        REQUIRE(f.wait_for([&] { return f.publisher.is_wanted("package/K" + std::to_string(i) + "/"); }));
    }
    // What makes this a trap. Were it mended in ZeroMQ, this line would tell us.
    CHECK(silent == 20);
}

TEST_CASE("a subscriber that never reads is counted, its queue is bounded, and the others miss nothing") {
    constexpr std::uint64_t events = 400;
    Limits limits;
    limits.subscriber_events_max = 100;
    Fixture f(limits);
    auto reader = f.subscriber({"all/"});
    const auto deaf = f.deaf_subscriber();
    REQUIRE(f.wait_for([&] { return f.metrics.loop.subscriptions.get() == 2; }));
    const std::vector<std::byte> body(64U << 10U);
    zmq::message_t frame;
    for (std::uint64_t i = 1; i <= events; ++i) {
        f.publisher.send("all/", {1, i, i}, body);
        for (int frames = 0; frames < 3; ++frames) REQUIRE(reader.recv(frame).has_value());
        REQUIRE(frame.size() == body.size());
    }
    CHECK(f.metrics.loop.subscribers_full.get() == 1);
}

// Bounded by number alone, each subscriber that never reads could have 100,000 events of any size kept for it.
TEST_CASE("when too many bytes are unread, the connections that take off too little are ended, and the others miss nothing") {
    constexpr std::uint64_t unread_max = 32U << 20U;
    Limits limits;
    limits.events_unread_bytes_max = unread_max;
    Fixture f(limits);
    auto reader = f.subscriber({"all/"});
    const auto deaf = f.deaf_subscriber();
    REQUIRE(f.wait_for([&] { return f.metrics.loop.subscriptions.get() == 2; }));
    const auto& figures = f.metrics.keeper;
    const std::vector<std::byte> body(64U << 10U);
    zmq::message_t frame;
    std::uint64_t most = 0;
    const auto until = std::chrono::steady_clock::now() + 30s;
    for (std::uint64_t i = 1; figures.subscribers_ended.get() == 0 && std::chrono::steady_clock::now() < until; ++i) {
        f.publisher.send("all/", {1, i, i}, body);
        for (int frames = 0; frames < 3; ++frames) REQUIRE(reader.recv(frame).has_value());
        REQUIRE(frame.size() == body.size());
        f.publisher.look_at_subscribers();
        most = std::max(most, figures.events_unread_bytes.get());
    }
    CHECK(figures.subscribers_ended.get() == 1);
    CHECK(most > unread_max);
    CHECK(f.metrics.loop.subscribers_full.get() == 0);
    CHECK(f.wait_for([&] { return figures.events_unread_bytes.get() == 0; }));
    CHECK(f.wait_for([&] { return f.metrics.loop.subscriptions.get() == 1; }));
    f.publisher.send("all/", {1, 1, 1}, body);
    REQUIRE(reader.recv(frame).has_value());
    CHECK(frame.to_string() == "all/");
}

// libzmq goes through all subscriptions that have come, and while it did more came: the loop was held up for as long as a subscriber liked.
TEST_CASE("of a flood of subscriptions few are taken in one turn of the loop, and none is lost") {
    constexpr std::uint64_t subscriptions = 2'000, a_turn_most = 32;
    Fixture f;
    const auto flood = f.flood(subscriptions);
    const auto& figure = f.metrics.loop.subscriptions;
    const auto until = std::chrono::steady_clock::now() + 30s;
    int turns = 0;
    while (figure.get() < subscriptions && std::chrono::steady_clock::now() < until) {
        const std::uint64_t before = figure.get();
        const bool more = f.publisher.take_subscriptions();
        REQUIRE(figure.get() - before <= a_turn_most);
        if (more) CHECK(figure.get() - before == a_turn_most);
        turns += figure.get() > before ? 1 : 0;
    }
    CHECK(figure.get() == subscriptions);
    CHECK(turns >= static_cast<int>(subscriptions / a_turn_most));
}

TEST_CASE("when subscribers have said too much in all, the connection that said most is ended, and the others stay") {
    Limits limits;
    limits.subscriptions_bytes_max = 20'000;
    Fixture f(limits);
    auto modest = f.subscriber({"all/"});
    const auto flood = f.flood(2'000);
    CHECK(f.wait_for([&] { return f.metrics.keeper.subscribers_ended.get() == 1; }));
    CHECK(f.wait_for([&] { return f.metrics.loop.subscriptions.get() == 1; }));
    f.publisher.send("all/", {1, 1, 1}, {});
    zmq::message_t frame;
    REQUIRE(modest.recv(frame).has_value());
    CHECK(frame.to_string() == "all/");
}

// Subscribers may send anything up an XPUB.
TEST_CASE("rubbish on the feed's socket changes nothing") {
    Fixture f;
    zmq::socket_t socket(f.context, zmq::socket_type::xsub);
    socket.set(zmq::sockopt::linger, 0);
    socket.connect(f.publisher.endpoint());
    for (const std::string& message : {std::string(""), std::string("\x05what", 5), std::string(3'000, 'x')}) {
        socket.send(zmq::buffer(message), zmq::send_flags::none);
    }
    for (int i = 0; i < 50; ++i) socket.send(zmq::buffer(std::string("part")), zmq::send_flags::sndmore);
    socket.send(zmq::buffer(std::string("end")), zmq::send_flags::none);
    socket.send(zmq::buffer(std::string("\x01" "all/", 5)), zmq::send_flags::none);
    REQUIRE(f.wait_for([&] { return f.publisher.is_wanted("all/"); }));
    CHECK(f.metrics.loop.subscriptions.get() == 1);
}

}  // namespace
}  // namespace tiebreak::daemon
