// The clock that stamps and deadlines go by, over a wall clock that is set, stands still, or tells a second twice.
#include "daemon/stamp_clock.hpp"

#include <chrono>
#include <cstdint>
#include <random>

#include "daemon/keeper.hpp"
#include "daemon/stamps.hpp"
#include "tests/catch.hpp"
#include "tests/journal/simulated_disk.hpp"

namespace tiebreak::daemon {
namespace {

using matching::Duration;
using matching::Instant;

constexpr Instant ms_ns = 1'000'000;
constexpr Instant second_ns = 1'000'000'000;
constexpr Instant hour_ns = 3600 * second_ns;
constexpr Instant noon_ns = 1'795'000'000 * second_ns;
constexpr Duration far_ns = 5 * second_ns;

class Machine final : public Clock {
public:
    Instant wall = noon_ns;
    Instant boot = 17 * hour_ns;
    [[nodiscard]] Instant wall_ns() noexcept override { return wall; }
    [[nodiscard]] Instant boot_ns() noexcept override { return boot; }
    void pass(Duration time_ns) {
        wall += time_ns;
        boot += time_ns;
    }
};

// Lets time pass second by second, as the keeper sees it.
void pass(Machine& machine, StampClock& clock, std::int64_t seconds, bool deadline_to_come = true) {
    for (std::int64_t i = 0; i < seconds; ++i) {
        machine.pass(second_ns);
        (void)clock.follow_wall(!deadline_to_come, far_ns);
    }
}

TEST_CASE("it shows the wall clock's time, and goes on with it") {
    Machine machine;
    StampClock clock(machine);
    CHECK(clock.wall_ns() == noon_ns);
    machine.pass(123);
    CHECK(clock.wall_ns() == noon_ns + 123);
    pass(machine, clock, 100'000);
    CHECK(clock.wall_ns() == machine.wall);
}

TEST_CASE("far behind the stamps of an earlier life, it goes on from those") {
    Machine machine;
    StampClock clock(machine);
    clock.begin_at(noon_ns + hour_ns, far_ns);
    CHECK(clock.wall_ns() == noon_ns + hour_ns);
    machine.pass(5);
    CHECK(clock.wall_ns() == noon_ns + hour_ns + 5);
}

TEST_CASE("started right after a crash, below the ceiling, it stands still until the time is there, no window is cut short") {
    Machine machine;
    StampClock clock(machine);
    const Instant ceiling_ns = noon_ns + second_ns;
    clock.begin_at(ceiling_ns, far_ns);
    (void)clock.follow_wall(false, far_ns);
    CHECK(clock.wall_ns() == ceiling_ns);
    machine.pass(second_ns / 2);
    CHECK(clock.wall_ns() == ceiling_ns);
    (void)clock.follow_wall(false, far_ns);
    machine.pass(second_ns / 2 + 7);
    CHECK(clock.wall_ns() == machine.wall);
    CHECK(clock.boot_not_after(ceiling_ns) == machine.boot);
    CHECK(clock.boot_not_after(machine.wall + second_ns) == machine.boot + second_ns - second_ns / 2000);
}

TEST_CASE("a window of an hour lasts an hour, to 1.8 seconds, whatever the wall clock does meanwhile") {
    const auto fault = GENERATE(as<std::string>{}, "an hour forward", "an hour back", "a second twice", "stands still", "random steps");
    INFO(fault);
    Machine machine;
    StampClock clock(machine);
    std::mt19937_64 random(20261123);
    const Instant closes_ns = clock.wall_ns() + hour_ns;
    const Instant began_ns = machine.boot;
    for (std::int64_t second = 0; clock.wall_ns() < closes_ns; ++second) {
        REQUIRE(second < 4000);
        machine.pass(second_ns);
        if (fault == "an hour forward" && second == 60) machine.wall += hour_ns;
        if (fault == "an hour back" && second == 60) machine.wall -= hour_ns;
        if (fault == "a second twice" && second == 60) machine.wall -= second_ns;
        if (fault == "stands still") machine.wall = noon_ns;
        if (fault == "random steps" && second % 10 == 0) machine.wall += static_cast<Instant>(random() % (2 * hour_ns)) - hour_ns;
        (void)clock.follow_wall(false, far_ns);
    }
    const Duration lasted_ns = machine.boot - began_ns;
    CHECK(lasted_ns >= hour_ns - hour_ns / 2000 - second_ns);
    CHECK(lasted_ns <= hour_ns + hour_ns / 2000 + second_ns);
}

TEST_CASE("a suspended machine's windows end on time: the clock has gone on meanwhile") {
    Machine machine;
    StampClock clock(machine);
    const Instant closes_ns = clock.wall_ns() + hour_ns;
    machine.pass(8 * hour_ns);  // CLOCK_BOOTTIME counts it
    CHECK(clock.wall_ns() > closes_ns);
}

TEST_CASE("stamps stay civil time: what the wall clock was set by is made up for, half a millisecond a second") {
    Machine machine;
    StampClock clock(machine);
    const Duration step_ns = GENERATE(200 * ms_ns, -200 * ms_ns);
    machine.wall += step_ns;
    pass(machine, clock, 100);
    const Duration off_ns = machine.wall - clock.wall_ns();
    CHECK(std::abs(off_ns) > std::abs(step_ns) - 51 * ms_ns);
    CHECK(std::abs(off_ns) < std::abs(step_ns) - 45 * ms_ns);
    pass(machine, clock, 3600);
    CHECK(std::abs(machine.wall - clock.wall_ns()) < ms_ns);
}

TEST_CASE("far ahead of the wall clock, with nothing that could run out, it stands still until that has caught up") {
    Machine machine;
    StampClock clock(machine);
    machine.wall -= hour_ns;
    pass(machine, clock, 60, true);
    CHECK(machine.wall - clock.wall_ns() < -hour_ns + second_ns);
    const Instant stood_ns = clock.wall_ns();
    pass(machine, clock, 1, false);
    const Instant began_ns = clock.wall_ns();
    CHECK(began_ns > stood_ns);  // up to the look that made it stand
    pass(machine, clock, 1800, false);
    CHECK(clock.wall_ns() == began_ns);
    pass(machine, clock, 1800, false);
    CHECK(std::abs(machine.wall - clock.wall_ns()) <= far_ns);
    CHECK(clock.wall_ns() >= began_ns);
}

TEST_CASE("a timer set by it is never late, and comes near in a few tries") {
    Machine machine;
    StampClock clock(machine);
    machine.wall += GENERATE(hour_ns, -hour_ns, Duration{0});
    (void)clock.follow_wall(false, far_ns);
    const Instant at_ns = clock.wall_ns() + 4 * hour_ns;
    int tries = 0;
    while (clock.wall_ns() < at_ns - 1000) {
        REQUIRE(++tries < 10);
        machine.boot = clock.boot_not_after(at_ns);
        CHECK(clock.wall_ns() <= at_ns);
    }
}

// Stamps over a wall clock that jumps, stands and repeats itself. How many were not above the one before; the clock may gain and lose no more
// than its limit.
struct Outcome {
    std::uint64_t not_rising = 0;
    std::uint64_t too_fast_or_slow = 0;
};
Outcome take_stamps(std::uint64_t count, std::uint64_t seed) {
    Machine machine;
    StampClock clock(machine);
    StampFence fence;
    Stamper stamper(clock, fence, 0);
    std::mt19937_64 random(seed);
    Outcome outcome;
    Instant last_ns = 0;
    Instant looked_boot_ns = machine.boot, looked_own_ns = clock.wall_ns();
    bool frozen = false;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t die = random();
        const auto passed_ns = static_cast<Duration>(die % 2048);
        machine.boot += passed_ns;
        if (!frozen) machine.wall += passed_ns;
        if ((die >> 11) % 65'536 == 0) {
            switch ((die >> 27) % 5) {
                case 0: machine.wall += static_cast<Duration>(random() % (2 * hour_ns)) - hour_ns; break;
                case 1: machine.wall += ((die >> 30) & 1) != 0 ? hour_ns : -hour_ns; break;
                case 2: machine.wall -= second_ns; break;
                case 3: frozen = !frozen; break;
                case 4: machine.wall = machine.boot - 17 * hour_ns + noon_ns; break;  // right again
            }
            const Instant own_ns = clock.wall_ns();
            const Duration real_ns = machine.boot - looked_boot_ns;
            outcome.too_fast_or_slow += std::abs(own_ns - looked_own_ns - real_ns) > real_ns / 2000 + 2 ? 1U : 0U;
            (void)clock.follow_wall(false, far_ns);
            looked_boot_ns = machine.boot;
            looked_own_ns = clock.wall_ns();
            if ((die >> 33) % 7 == 0) fence.raise_floor(own_ns);
        }
        const std::size_t size = (die >> 40) % 200;
        const Instant stamp_ns = stamper.take(size);
        outcome.not_rising += stamp_ns <= last_ns ? 1U : 0U;
        last_ns = stamp_ns + Stamper::room(size) - 1;
    }
    return outcome;
}

TEST_CASE("ten million stamps rise over random steps of the wall clock, and its pace stays within bounds") {
    const Outcome outcome = take_stamps(10'000'000, 1);
    CHECK(outcome.not_rising == 0);
    CHECK(outcome.too_fast_or_slow == 0);
}

TEST_CASE("a thousand million stamps rise over random steps of the wall clock", "[.long]") {
    const auto began = std::chrono::steady_clock::now();
    const Outcome outcome = take_stamps(1'000'000'000, 2);
    CHECK(outcome.not_rising == 0);
    CHECK(outcome.too_fast_or_slow == 0);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
    WARN("a thousand million stamps took " << took.count() << " ms");
}

TEST_CASE("what a stamp costs with the real clocks", "[.measure]") {
    SystemClock machine;
    StampClock clock(machine);
    StampFence fence;
    Instant sum = 0;
    for (Clock* const source : {static_cast<Clock*>(&machine), static_cast<Clock*>(&clock)}) {
        Stamper stamper(*source, fence, 0);
        const std::int64_t began_ns = steady_ns();
        for (int i = 0; i < 20'000'000; ++i) sum += stamper.take(100);
        WARN((source == &machine ? "CLOCK_REALTIME: " : "StampClock: ") << static_cast<double>(steady_ns() - began_ns) / 20e6 << " ns");
    }
    CHECK(sum != 0);
}

TEST_CASE("the keeper raises the alarm while the wall clock is out of bounds, and gives its sign while a deadline is to come") {
    Machine machine;
    StampClock clock(machine);
    tests::SimulatedDisk disk(1);
    REQUIRE(disk.make_directory("/data").has_value());
    auto sign = SignOfLife::open(disk, "/data");
    REQUIRE(sign.has_value());
    Metrics metrics;
    Keeper keeper({far_ns, "/data", 0, 0}, disk, *sign, clock, metrics);
    keeper.look();
    CHECK(metrics.keeper.signs_of_life.get() == 0);
    metrics.loop.next_deadline_ns.set(1);
    machine.wall -= hour_ns;
    keeper.look();
    CHECK(metrics.keeper.signs_of_life.get() == 1);
    CHECK(metrics.keeper.clock_alarm.get() == 1);
    CHECK(metrics.keeper.clock_behind_ns.get() == static_cast<std::uint64_t>(hour_ns));
    machine.wall += 2 * hour_ns;
    keeper.look();
    CHECK(metrics.keeper.clock_alarm.get() == 0);
    CHECK(metrics.keeper.clock_ahead_alarm.get() == 1);
    machine.wall -= hour_ns;
    keeper.look();
    CHECK(metrics.keeper.clock_ahead_alarm.get() == 0);
    const auto again = SignOfLife::open(disk, "/data");
    REQUIRE(again.has_value());
    CHECK(again->last_ns() == noon_ns);
}

TEST_CASE("a disk that fills up is told while there is room left, and told again when there is enough") {
    Machine machine;
    StampClock clock(machine);
    tests::SimulatedDisk disk(1, 1000U << 20U);
    REQUIRE(disk.make_directory("/data").has_value());
    auto sign = SignOfLife::open(disk, "/data");
    REQUIRE(sign.has_value());
    Metrics metrics;
    Keeper keeper({far_ns, "/data", 256U << 20U, 64U << 20U}, disk, *sign, clock, metrics);
    keeper.look();
    CHECK(metrics.keeper.disk_low.get() == 0);
    CHECK(metrics.keeper.disk_free_bytes.get() >> 20U >= 999);
    disk.set_capacity(200U << 20U);
    keeper.look();
    CHECK(metrics.keeper.disk_low.get() == 1);
    disk.set_capacity(260U << 20U);  // about the limit: not enough yet
    keeper.look();
    CHECK(metrics.keeper.disk_low.get() == 1);
    disk.set_capacity(1000U << 20U);
    keeper.look();
    CHECK(metrics.keeper.disk_low.get() == 0);
    keeper.note_disk_low(1U << 20U);  // as the journal says when it finds no room for a segment
    keeper.look();
    CHECK(metrics.keeper.disk_low.get() == 0);
}

}  // namespace
}  // namespace tiebreak::daemon
