#include "daemon/stamps.hpp"

#include <cstdint>
#include <random>

#include "tests/catch.hpp"

namespace tiebreak::daemon {
namespace {

using matching::Instant;

class HandClock final : public Clock {
public:
    Instant now_ns = 0;
    [[nodiscard]] Instant wall_ns() noexcept override { return now_ns; }
};

constexpr Instant second_ns = 1'000'000'000;
constexpr Instant noon_ns = 1'795'000'000 * second_ns;

TEST_CASE("a stamp is the wall clock's nanosecond while that rises") {
    HandClock clock;
    StampFence fence;
    Stamper stamper(clock, fence, 0);
    clock.now_ns = noon_ns;
    CHECK(stamper.take(100) == noon_ns);
    clock.now_ns = noon_ns + 500;
    CHECK(stamper.take(100) == noon_ns + 500);
}

TEST_CASE("messages within one nanosecond, or after a clock that stepped back, still get rising stamps") {
    HandClock clock;
    StampFence fence;
    Stamper stamper(clock, fence, 0);
    clock.now_ns = noon_ns;
    const Instant first = stamper.take(8);
    CHECK(stamper.take(8) == first + 1);
    clock.now_ns = noon_ns - 3600 * second_ns;
    CHECK(stamper.take(8) == first + 2);
}

TEST_CASE("a batch has room for a stamp for each of its commands") {
    HandClock clock;
    StampFence fence;
    Stamper stamper(clock, fence, 0);
    clock.now_ns = noon_ns;
    const Instant batch = stamper.take(4096);
    CHECK(stamper.take(0) == batch + 4096 / 8);
    CHECK(Stamper::room(0) == 1);
    CHECK(Stamper::room(15) == 1);
    CHECK(Stamper::room(16) == 2);
}

TEST_CASE("stamps begin above every stamp of an earlier life") {
    HandClock clock;
    StampFence fence;
    clock.now_ns = noon_ns - 5 * second_ns;
    Stamper stamper(clock, fence, noon_ns);
    CHECK(stamper.take(8) == noon_ns);
}

TEST_CASE("no stamp is before a deadline that has been applied, though the wall clock steps back") {
    HandClock clock;
    StampFence fence;
    Stamper stamper(clock, fence, 0);
    clock.now_ns = noon_ns;
    fence.raise_floor(noon_ns);
    clock.now_ns = noon_ns - 10;
    CHECK(stamper.take(8) == noon_ns);
}

TEST_CASE("stamps rise over a million random clock steps") {
    HandClock clock;
    StampFence fence;
    Stamper stamper(clock, fence, 0);
    std::mt19937_64 random(20261123);
    clock.now_ns = noon_ns;
    Instant last = 0;
    std::uint64_t wrong = 0;
    for (int i = 0; i < 1'000'000; ++i) {
        const auto die = random() % 1000;
        if (die == 0) {
            clock.now_ns += static_cast<Instant>(random() % (7200 * second_ns)) - 3600 * second_ns;
        } else if (die < 700) {
            clock.now_ns += static_cast<Instant>(random() % 2000);
        }  // else: frozen
        const std::size_t size = random() % 200;
        const Instant stamp = stamper.take(size);
        wrong += stamp <= last ? 1U : 0U;
        last = stamp + Stamper::room(size) - 1;
    }
    CHECK(wrong == 0);
}

TEST_CASE("the ceiling is extended ahead of need, and not more often than twice in a horizon") {
    Ceiling ceiling(second_ns, 0);
    const auto first = ceiling.extend_for(noon_ns);
    REQUIRE(first);
    CHECK(*first == noon_ns + second_ns);
    CHECK_FALSE(ceiling.extend_for(noon_ns + second_ns / 2 - 1));
    const auto second = ceiling.extend_for(noon_ns + second_ns / 2);
    REQUIRE(second);
    CHECK(*second == noon_ns + second_ns / 2 + second_ns);
    CHECK(ceiling.standing_ns() == *second);
}

TEST_CASE("an instant is under the ceiling once it was asked for") {
    Ceiling ceiling(second_ns, noon_ns);
    std::mt19937_64 random(7);
    Instant at = noon_ns;
    for (int i = 0; i < 10'000; ++i) {
        at += static_cast<Instant>(random() % (2 * second_ns));
        (void)ceiling.extend_for(at);
        REQUIRE(ceiling.standing_ns() > at);
    }
}

TEST_CASE("at the end of time the ceiling stays at the last instant") {
    Ceiling ceiling(second_ns, 0);
    const auto last = ceiling.extend_for(matching::last_instant - 5);
    REQUIRE(last);
    CHECK(*last == matching::last_instant);
}

}  // namespace
}  // namespace tiebreak::daemon
