#include "daemon/feed.hpp"

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/daemon/feed_fixture.hpp"

namespace tiebreak::daemon {
namespace {

using Sequences = std::vector<std::uint64_t>;

struct Fixture {
    explicit Fixture(DeadlineEventsWaitFor wait_for = DeadlineEventsWaitFor::its_package) : feed(77, metrics, wait_for) {
        feed.send_to(&outlet);
    }
    Metrics metrics;
    RecordingOutlet outlet;
    EventMaker make;
    Feed feed;
};

TEST_CASE("an event leaves when its command is durable, not before") {
    Fixture f;
    f.outlet.subscribe("all/");
    f.feed.caused_by_command(5);
    f.feed.on_event(f.make.about_package(0, "K0"));
    CHECK(f.outlet.take("all/").empty());
    CHECK(f.feed.is_waiting());
    f.feed.on_durable(4);
    CHECK(f.outlet.take("all/").empty());
    f.feed.on_durable(5);
    CHECK(f.outlet.take("all/") == Sequences{1});
    CHECK_FALSE(f.feed.is_waiting());
}

TEST_CASE("an award overtakes other packages' events where it may, and never on a topic that it shares with them") {
    Fixture f;
    for (const char* topic : {"all/", "award/", "package/K0/", "package/K1/"}) f.outlet.subscribe(topic);
    f.feed.caused_by_command(1);
    f.feed.on_event(f.make.about_package(0, "K0"));
    f.feed.on_durable(1);
    f.outlet.sent.clear();

    f.feed.caused_by_command(2);
    f.feed.on_event(f.make.offer(1, "K1", "P"));  // not durable yet
    f.feed.caused_by_deadline(2, 1, true);
    f.feed.on_event(f.make.about_package(0, "K0"));
    CHECK(f.outlet.take("award/") == Sequences{3});
    CHECK(f.outlet.take("package/K0/") == Sequences{3});
    CHECK(f.outlet.take("package/K1/").empty());
    CHECK(f.outlet.take("all/").empty());
    f.feed.on_durable(2);
    CHECK(f.outlet.take("all/") == Sequences{2, 3});
    CHECK(f.outlet.take("package/K1/") == Sequences{2});
}

TEST_CASE("an award waits for its own package's last command") {
    Fixture f;
    f.outlet.subscribe("award/");
    f.feed.caused_by_command(3);
    f.feed.on_event(f.make.offer(0, "K0", "P"));
    f.feed.caused_by_deadline(3, 1, true);
    f.feed.on_event(f.make.about_package(0, "K0"));
    CHECK(f.outlet.take("award/").empty());
    f.feed.on_durable(3);
    CHECK(f.outlet.take("award/") == Sequences{2});
}

TEST_CASE("an award waits for registrations before it, on which its audience or ranking may rest") {
    Fixture f;
    f.outlet.subscribe("award/");
    f.feed.caused_by_command(1);
    f.feed.on_event(f.make.offer(0, "K0", "P"));
    f.feed.on_durable(1);
    f.feed.caused_by_command(2);
    f.feed.on_event(f.make.provider("P"));
    f.feed.caused_by_deadline(2, 1, true);
    f.feed.on_event(f.make.about_package(0, "K0"));
    CHECK(f.outlet.take("award/").empty());
    f.feed.on_durable(2);
    CHECK(f.outlet.take("award/") == Sequences{3});
}

TEST_CASE("an award waits for the ceiling above its deadline") {
    Fixture f;
    f.outlet.subscribe("award/");
    f.feed.caused_by_command(1);
    f.feed.on_event(f.make.offer(0, "K0", "P"));
    f.feed.on_durable(1);
    f.feed.caused_by_deadline(2, 2, true);
    f.feed.on_event(f.make.about_package(0, "K0"));
    CHECK(f.outlet.take("award/").empty());
    f.feed.on_durable(2);
    CHECK(f.outlet.take("award/") == Sequences{2});
}

// The award of K0, whose own offer is durable, beside an offer for K1 that is not.
void award_beside_another_offer(Fixture& f, bool all_written) {
    f.outlet.subscribe("award/");
    f.feed.caused_by_command(1);
    f.feed.on_event(f.make.offer(0, "K0", "P"));
    f.feed.on_durable(1);
    f.feed.caused_by_command(2);
    f.feed.on_event(f.make.offer(1, "K1", "P"));
    f.feed.caused_by_deadline(2, 1, all_written);
    f.feed.on_event(f.make.about_package(0, "K0"));
}

TEST_CASE("where an award waits for everything before it, no other package's command may still be on its way") {
    Fixture f(DeadlineEventsWaitFor::everything_before);
    award_beside_another_offer(f, true);
    CHECK(f.outlet.take("award/").empty());
    f.feed.on_durable(2);
    CHECK(f.outlet.take("award/") == Sequences{3});
}

TEST_CASE("an award does not overtake other packages' commands that a killed daemon would lose") {
    Fixture f;
    award_beside_another_offer(f, false);
    CHECK(f.outlet.take("award/").empty());
    f.feed.on_durable(2);
    CHECK(f.outlet.take("award/") == Sequences{3});
}

TEST_CASE("topics without a subscriber are counted all the same") {
    Fixture f;
    f.feed.caused_by_command(1);
    for (int i = 0; i < 3; ++i) f.feed.on_event(f.make.about_package(0, "K0", "oxford"));
    f.feed.on_durable(1);
    CHECK(f.outlet.sent.empty());
    f.outlet.subscribe("zone/oxford/");
    f.feed.caused_by_command(1);
    f.feed.on_event(f.make.about_package(0, "K0", "oxford"));
    REQUIRE(f.outlet.sent.size() == 1);
    CHECK(f.outlet.sent[0].head == wire::FeedHead{77, 4, 4});
}

TEST_CASE("a heartbeat tells the last event that has left a topic, and nothing of those that wait") {
    Fixture f;
    f.outlet.subscribe("package/K0/");
    f.outlet.subscribe("package/never/");
    f.feed.caused_by_command(1);
    f.feed.on_event(f.make.about_package(0, "K0"));
    f.feed.on_durable(1);
    f.feed.caused_by_command(2);
    f.feed.on_event(f.make.about_package(0, "K0"));
    f.outlet.sent.clear();
    f.feed.send_heartbeats();
    std::map<std::string, wire::FeedHead> beats;
    for (const Sent& sent : f.outlet.sent) {
        CHECK(sent.heartbeat);
        CHECK(beats.emplace(sent.topic, sent.head).second);  // once for each topic
    }
    CHECK(beats["package/K0/"] == wire::FeedHead{77, 1, 1});
    CHECK(beats["package/never/"] == wire::FeedHead{77, 0, 0});
    f.feed.on_durable(2);
    f.outlet.sent.clear();
    f.feed.send_heartbeats();
    CHECK(std::ranges::any_of(f.outlet.sent, [](const Sent& s) { return s.head == wire::FeedHead{77, 2, 2}; }));
}

TEST_CASE("who follows topics by a shorter prefix gets some heartbeats after each event, and then peace") {
    Fixture f;
    f.outlet.subscribe("package/");
    f.feed.on_durable(1);
    f.feed.caused_by_command(1);
    f.feed.on_event(f.make.about_package(0, "K0"));
    f.outlet.sent.clear();
    for (int i = 0; i < 10; ++i) f.feed.send_heartbeats();
    CHECK(f.outlet.sent.size() == 3);
}

// Random causes and commits: each topic in order, without a hole, nothing before its time.
TEST_CASE("over random commands, deadlines and commits every topic stays in order and whole") {
    Fixture f;
    for (const char* topic : {"all/", "award/", "package/", "zone/", "provider/"}) f.outlet.subscribe(topic);
    std::mt19937 random(5);
    std::uint64_t position = 0, durable = 0;
    std::map<std::uint64_t, std::uint64_t> needed;            // event: what it rests on at least
    std::map<std::uint32_t, std::uint64_t> package_position;  // package: of its last command
    std::map<std::string, std::uint64_t> last_topic_sequence;
    std::size_t checked = 0;
    const auto check = [&] {
        for (const Sent& sent : f.outlet.sent) {
            REQUIRE(sent.head.topic_sequence == ++last_topic_sequence[sent.topic]);
            REQUIRE(needed[sent.head.sequence] <= durable);
            ++checked;
        }
        f.outlet.sent.clear();
    };
    for (int i = 0; i < 5'000; ++i) {
        const auto package = static_cast<std::uint32_t>(random() % 7);
        const std::string id = "K" + std::to_string(package), zone = package % 2 == 0 ? "east" : "";
        if (random() % 3 != 0) {
            f.feed.caused_by_command(++position);
            const std::string provider = "P" + std::to_string(random() % 4);  // the event only views it
            const auto event = f.make.offer(package, id, provider, zone);
            needed[event.sequence] = package_position[package] = position;
            f.feed.on_event(event);
        } else {
            f.feed.caused_by_deadline(position, 0, true);
            const auto event = f.make.about_package(package, id, zone);
            needed[event.sequence] = package_position[package];
            f.feed.on_event(event);
        }
        check();
        if (random() % 5 == 0) {
            durable += random() % (position - durable + 1);
            f.feed.on_durable(durable);
            check();
        }
    }
    durable = position;
    f.feed.on_durable(durable);
    check();
    CHECK_FALSE(f.feed.is_waiting());
    CHECK(last_topic_sequence["all/"] == 5'000);
    CHECK(checked > 15'000);
}

}  // namespace
}  // namespace tiebreak::daemon
