#include "daemon/history.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/daemon/feed_fixture.hpp"

namespace tiebreak::daemon {
namespace {

using Found = History::Found;

struct Fixture {
    explicit Fixture(std::size_t bytes_max, std::size_t chunk_bytes = 512, std::size_t chunks_max = 64)
        : log(chunk_bytes, chunks_max), history(77, bytes_max) {
        feed.keep_in(&log);
    }
    void event(matching::PackageIndex index, std::uint64_t position) {
        feed.caused_by_command(position);
        feed.on_event(make.about_package(index, "K" + std::to_string(index)));
    }
    void hand_over() {
        log.hand_over();
        history.absorb(log);
    }
    Found find(const std::string& topic, std::uint64_t after, std::uint32_t limit = 0, std::size_t bytes_max = 1U << 20U,
               std::uint64_t durable = UINT64_MAX) {
        return history.find({topic, after, limit}, durable, bytes_max, answer);
    }
    std::vector<std::uint64_t> sequences() const {
        std::vector<std::uint64_t> result;
        for (const auto& event : answer.events) result.push_back(event.sequence);
        return result;
    }

    Metrics metrics;
    Feed feed{77, metrics, DeadlineEventsWaitFor::its_package};
    HistoryLog log;
    History history;
    EventMaker make;
    wire::answer::History answer;
};

using Sequences = std::vector<std::uint64_t>;

TEST_CASE("a topic's events come from after a sequence, in order, in as many answers as it takes") {
    Fixture f(1U << 20U);
    for (std::uint64_t i = 0; i < 10; ++i) f.event(i % 2, i + 1);  // K0: 1 3 5 7 9, K1: 2 4 6 8 10
    f.hand_over();
    REQUIRE(f.find("package/K0/", 0) == Found::yes);
    CHECK(f.sequences() == Sequences{1, 3, 5, 7, 9});
    CHECK(f.answer.complete);
    CHECK(f.answer.epoch == 77);
    CHECK(f.answer.events[4].topic_sequence == 5);
    CHECK(f.answer.last_topic_sequence == 5);
    CHECK(f.answer.last_sequence == 9);

    REQUIRE(f.find("package/K0/", 3, 2) == Found::yes);
    CHECK(f.sequences() == Sequences{5, 7});
    CHECK_FALSE(f.answer.complete);
    CHECK(f.answer.next_after == 7);
    CHECK(f.answer.last_sequence == 9);
    REQUIRE(f.find("package/K0/", f.answer.next_after, 2) == Found::yes);
    CHECK(f.sequences() == Sequences{9});
    CHECK(f.answer.complete);
    // However small the room, there is progress.
    REQUIRE(f.find("package/K0/", 0, 0, 1) == Found::yes);
    CHECK(f.sequences() == Sequences{1});
}

TEST_CASE("wherever a question begins and whatever is durable, the answer is what a look through everything gives") {
    Fixture f(1U << 20U);
    constexpr std::uint64_t count = 150;
    for (std::uint64_t sequence = 1; sequence <= count; ++sequence) f.event(static_cast<matching::PackageIndex>(sequence * sequence % 7 % 3), sequence);
    f.hand_over();
    for (const std::uint64_t durable : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{40}, std::uint64_t{41}, count, UINT64_MAX}) {
        for (std::uint64_t after = 0; after <= count + 1; ++after) {
            for (std::uint64_t package = 0; package < 3; ++package) {
                INFO("after " << after << ", durable " << durable << ", package " << package);
                Sequences expected;
                std::uint64_t last = 0, last_of_topic = 0;
                for (std::uint64_t sequence = 1; sequence <= std::min(count, durable); ++sequence) {
                    if (sequence * sequence % 7 % 3 != package) continue;
                    last = sequence;
                    ++last_of_topic;
                    if (sequence > after) expected.push_back(sequence);
                }
                REQUIRE(f.find("package/K" + std::to_string(package) + "/", after, 0, 1U << 20U, durable) == Found::yes);
                REQUIRE(f.sequences() == expected);
                REQUIRE(f.answer.complete);
                REQUIRE(f.answer.last_sequence == last);
                REQUIRE(f.answer.last_topic_sequence == last_of_topic);
            }
        }
    }
}

TEST_CASE("a topic that no event has had is an empty answer, not an error") {
    Fixture f(1U << 20U);
    f.event(0, 1);
    f.hand_over();
    REQUIRE(f.find("package/never/", 0) == Found::yes);
    CHECK(f.answer.events.empty());
    CHECK(f.answer.complete);
    CHECK(f.answer.last_topic_sequence == 0);
}

TEST_CASE("what is not durable is not told") {
    Fixture f(1U << 20U);
    for (std::uint64_t i = 1; i <= 4; ++i) f.event(0, i);
    f.hand_over();
    REQUIRE(f.find("package/K0/", 0, 0, 1U << 20U, 2) == Found::yes);
    CHECK(f.sequences() == Sequences{1, 2});
    CHECK(f.answer.last_sequence == 2);
    CHECK(f.answer.complete);
}

TEST_CASE("what had to make room is said to be gone, and only for topics that lost something") {
    Fixture f(4'000);
    f.event(1, 1);  // K1's only event: dropped in the end
    for (std::uint64_t i = 2; i <= 200; ++i) {
        f.event(0, i);
        f.hand_over();
    }
    f.event(2, 201);
    f.hand_over();
    CHECK(f.history.bytes() <= 4'000);
    CHECK(f.find("package/K0/", 0) == Found::gone);
    CHECK(f.find("package/K1/", 0) == Found::gone);
    REQUIRE(f.find("package/K1/", 1) == Found::yes);
    CHECK(f.answer.events.empty());
    CHECK(f.answer.last_topic_sequence == 1);
    CHECK(f.answer.last_sequence == 1);
    REQUIRE(f.find("package/K2/", 0) == Found::yes);
    CHECK(f.sequences() == Sequences{201});
    REQUIRE(f.find("package/K0/", 199) == Found::yes);
    CHECK(f.sequences() == Sequences{200});
}

TEST_CASE("when the archive is behind, chunks are dropped, that is known, and it goes on") {
    Fixture f(1U << 20U, 256, 4);
    for (std::uint64_t i = 1; i <= 100; ++i) f.event(0, i);  // nobody absorbs
    CHECK(f.log.chunks_dropped() > 0);
    f.history.absorb(f.log);
    for (std::uint64_t i = 101; i <= 105; ++i) f.event(i == 103 ? 9 : 0, i);
    f.hand_over();
    CHECK(f.find("package/K0/", 0) == Found::gone);
    CHECK(f.find("package/K0/", 60) == Found::gone);
    REQUIRE(f.find("package/K0/", 100) == Found::yes);
    CHECK(f.sequences() == Sequences{101, 102, 104, 105});
    CHECK(f.answer.last_topic_sequence == 104);
    REQUIRE(f.find("package/K9/", 0) == Found::yes);
    CHECK(f.sequences() == Sequences{103});
}

// Found by a start with half a million topics: it introduced them over and over, and kept no event.
TEST_CASE("a history that begins late keeps events however many topics there are") {
    Fixture f(1U << 20U, 256, 4);
    f.feed.keep_in(nullptr);
    for (std::uint64_t i = 1; i <= 1'000; ++i) f.event(static_cast<matching::PackageIndex>(i), i);
    f.feed.keep_in(&f.log);
    f.event(1'000, 1'001);
    f.event(1, 1'002);
    f.hand_over();
    CHECK(f.log.chunks_dropped() == 0);
    REQUIRE(f.find("package/K1000/", 1'000) == Found::yes);
    CHECK(f.sequences() == Sequences{1'001});
    REQUIRE(f.find("package/K1/", 1) == Found::yes);
    CHECK(f.sequences() == Sequences{1'002});
    CHECK(f.find("package/K500/", 1) == Found::gone);
    REQUIRE(f.find("package/K500/", 500) == Found::yes);
    CHECK(f.sequences().empty());
    CHECK(f.answer.last_topic_sequence == 1);
}

TEST_CASE("a history that begins late knows where each topic stood") {
    Fixture f(1U << 20U);
    f.feed.keep_in(nullptr);
    for (std::uint64_t i = 1; i <= 5; ++i) f.event(0, i);
    f.feed.keep_in(&f.log);
    f.event(1, 6);
    f.event(0, 7);
    f.hand_over();
    CHECK(f.find("package/K0/", 4) == Found::gone);
    REQUIRE(f.find("package/K0/", 5) == Found::yes);
    CHECK(f.sequences() == Sequences{7});
    CHECK(f.answer.events[0].topic_sequence == 6);
}

}  // namespace
}  // namespace tiebreak::daemon
