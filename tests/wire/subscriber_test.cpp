#include "tests/catch.hpp"
#include "tests/wire/fake_daemon.hpp"
#include "wire/subscriber.hpp"

using namespace tiebreak;
using namespace tiebreak::wire;
using namespace tiebreak::wire::test;
using std::chrono::milliseconds;

namespace {

constexpr std::uint64_t epoch = 9;

Buffer body_of(std::uint64_t number) { return copy_of(bytes_of_text("body " + std::to_string(number))); }

struct Portal {
    explicit Portal(SubscriberOptions options = {}) {
        options.endpoint = feed.endpoint;
        if (options.history_endpoint) options.history_endpoint = router.endpoint;
        subscriber = Subscriber::connect(context, options, why);
        REQUIRE(subscriber);
    }

    zmq::context_t context;
    FakeFeed feed{context};
    FakeRouter router{context};
    std::string why;
    std::unique_ptr<Subscriber> subscriber;
    std::vector<Notice> notices;

    void turn() {
        for (Notice& notice : subscriber->poll(milliseconds{1})) notices.push_back(std::move(notice));
    }
    // Subscribes and waits until the publisher knows.
    void subscribe(const std::string& topic, std::optional<std::uint64_t> after = std::nullopt) {
        subscriber->subscribe(topic, after);
        std::optional<std::string> seen;
        until([&] { turn(); seen = feed.subscription(); }, [&] { return seen.has_value(); });
        CHECK(*seen == topic);
    }
    void publish(std::uint64_t number, std::string_view topic = "package/K1/") {
        feed.publish(topic, {epoch, number, number * 10}, body_of(number));
    }
    void await(std::size_t count) {
        until([this] { turn(); }, [&] { return notices.size() >= count; });
    }
    query::History question(FakeRouter::Request& request) {
        std::optional<FakeRouter::Request> next;
        until([&] { turn(); next = router.take(); }, [&] { return next.has_value(); });
        request = *next;
        QueryReader reader;
        REQUIRE_FALSE(reader.open(request.body));
        return std::get<query::History>(reader.query());
    }
    // Answers with the events from `first` to `last`.
    void answer(const FakeRouter::Request& request, std::uint64_t first, std::uint64_t last) {
        QueryReader reader;
        REQUIRE_FALSE(reader.open(request.body));
        std::vector<Buffer> bodies;
        for (std::uint64_t i = first; i <= last; ++i) bodies.push_back(body_of(i));
        answer::History history;
        for (std::uint64_t i = first; i <= last; ++i) history.events.push_back({i, i * 10, bodies[i - first]});
        history.complete = true;
        history.epoch = epoch;
        history.next_after = last * 10;
        history.last_topic_sequence = last;
        history.last_sequence = last * 10;
        AnswerWriter writer;
        router.reply(request, writer.write(reader.request_id(), history));
    }
    void check_events(std::uint64_t first, std::uint64_t last) {
        REQUIRE(notices.size() == last - first + 1);
        for (std::size_t i = 0; i < notices.size(); ++i) {
            CHECK(notices[i].kind == NoticeKind::event);
            CHECK(notices[i].topic_sequence == first + i);
            CHECK(notices[i].body == body_of(first + i));
        }
    }
};

SubscriberOptions with_history() {
    SubscriberOptions options;
    options.history_endpoint = "to be filled in";
    options.history_timeout = milliseconds{200};
    return options;
}

}  // namespace

TEST_CASE("a portal gets the events of its topics in order, and of no other topic") {
    Portal portal;
    portal.subscribe("package/K1/");
    portal.publish(1);
    portal.publish(1, "package/K10/");
    portal.publish(2);
    portal.publish(2);
    portal.publish(3);
    portal.await(3);
    portal.check_events(1, 3);
    CHECK(portal.subscriber->counts().repeats == 1);
}

TEST_CASE("a hole is filled from the daemon's history without the portal noticing") {
    Portal portal{with_history()};
    portal.subscribe("package/K1/");
    portal.publish(1);
    portal.publish(4);
    FakeRouter::Request request;
    const query::History question = portal.question(request);
    CHECK(question.topic == "package/K1/");
    CHECK(question.after_sequence == 10);
    portal.publish(5);
    portal.answer(request, 2, 4);
    portal.await(5);
    portal.check_events(1, 5);
    CHECK(portal.subscriber->counts().holes == 1);
    CHECK(portal.subscriber->counts().gaps == 0);
}

TEST_CASE("the lost last event of a topic is fetched when the heartbeat shows it") {
    Portal portal{with_history()};
    portal.subscribe("package/K1/");
    portal.publish(1);
    portal.feed.publish("package/K1/", {epoch, 2, 20}, {});
    FakeRouter::Request request;
    CHECK(portal.question(request).after_sequence == 10);
    portal.answer(request, 2, 2);
    portal.await(2);
    portal.check_events(1, 2);
    CHECK(portal.subscriber->counts().heartbeats == 1);
}

TEST_CASE("history that is gone is a gap, and the feed goes on") {
    Portal portal{with_history()};
    portal.subscribe("package/K1/");
    portal.publish(1);
    portal.publish(3);
    FakeRouter::Request request;
    static_cast<void>(portal.question(request));
    QueryReader reader;
    REQUIRE_FALSE(reader.open(request.body));
    AnswerWriter writer;
    portal.router.reply(request, writer.refuse(reader.request_id(), matching::Code::history_gone));
    portal.await(3);
    CHECK(portal.notices[1].kind == NoticeKind::gap);
    CHECK(portal.notices[1].first_missing == 2);
    CHECK(portal.notices[1].last_missing == 2);
    CHECK(portal.notices[1].why.starts_with("history_gone: "));
    CHECK(portal.notices[2].topic_sequence == 3);
}

TEST_CASE("a portal that starts after a sequence gets what has been since, then what comes") {
    Portal portal{with_history()};
    portal.subscriber->subscribe("award/", 20);
    FakeRouter::Request request;
    const query::History question = portal.question(request);
    CHECK(question.topic == "award/");
    CHECK(question.after_sequence == 20);
    portal.answer(request, 3, 5);
    portal.await(3);
    until([&] { portal.turn(); }, [&] { return portal.feed.subscription().has_value(); });
    portal.publish(6, "award/");
    portal.await(4);
    portal.check_events(3, 6);
}

TEST_CASE("a question without an answer is put again") {
    Portal portal{[] {
        SubscriberOptions options = with_history();
        options.history_timeout = milliseconds{20};
        return options;
    }()};
    portal.subscribe("package/K1/");
    portal.publish(1);
    portal.publish(3);
    FakeRouter::Request lost;
    FakeRouter::Request again;
    static_cast<void>(portal.question(lost));
    CHECK(portal.question(again).after_sequence == 10);
    portal.answer(again, 2, 3);
    portal.await(3);
    portal.check_events(1, 3);
}

TEST_CASE("silence is said once, and again only after something came") {
    SubscriberOptions options;
    options.silence_timeout = milliseconds{30};
    Portal portal{options};
    portal.subscribe("all/");
    portal.await(1);
    CHECK(portal.notices[0].kind == NoticeKind::silent);
    portal.publish(1, "all/");
    portal.await(3);
    CHECK(portal.notices[1].kind == NoticeKind::event);
    CHECK(portal.notices[2].kind == NoticeKind::silent);
}

TEST_CASE("messages that are none of the feed are counted and disturb nothing") {
    Portal portal;
    portal.subscribe("package/K1/");
    portal.feed.publish_frames({"package/K1/"});
    portal.feed.publish_frames({"package/K1/", "short head", "body"});
    portal.feed.publish_frames({"package/K1/", std::string(24, '\0'), "body", "one too many"});
    portal.publish(1);
    portal.await(1);
    portal.check_events(1, 1);
    CHECK(portal.subscriber->counts().unreadable == 3);
}

TEST_CASE("trap: a subscriber of thousands of topics keeps them all over a reconnect") {
    // With ZeroMQ's default send high-water mark of 1,000 the rest would be gone after the reconnect.
    constexpr std::size_t topics = 3'000;
    zmq::context_t context;
    auto feed = std::make_unique<FakeFeed>(context);
    SubscriberOptions options;
    options.endpoint = feed->endpoint;
    std::string why;
    const auto subscriber = Subscriber::connect(context, options, why);
    REQUIRE(subscriber);
    for (std::size_t i = 0; i < topics; ++i) subscriber->subscribe("package/K" + std::to_string(i) + "/");
    const auto await_all = [&] {
        std::size_t seen = 0;
        until(
            [&] {
                static_cast<void>(subscriber->poll(milliseconds{1}));
                while (feed->subscription()) ++seen;
            },
            [&] { return seen >= topics; });
    };
    await_all();
    const std::string endpoint = feed->endpoint;
    feed.reset();
    until(
        [&] {
            static_cast<void>(subscriber->poll(milliseconds{5}));
            feed = FakeFeed::at(context, endpoint);
        },
        [&] { return feed != nullptr; });
    await_all();
}

TEST_CASE("a portal's endpoint that can't be one is said in a sentence") {
    zmq::context_t context;
    SubscriberOptions options;
    options.endpoint = "nonsense";
    std::string why;
    CHECK_FALSE(Subscriber::connect(context, options, why));
    CHECK(why.find("nonsense") != std::string::npos);
    options.endpoint = "tcp://127.0.0.1:1";
    options.history_endpoint = "more nonsense";
    CHECK_FALSE(Subscriber::connect(context, options, why));
    CHECK(why.find("more nonsense") != std::string::npos);
}
