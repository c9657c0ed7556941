#include "tests/journal/story.hpp"

using namespace tiebreak;
using namespace tiebreak::tests;

namespace {

constexpr int steps = 60;

std::uint64_t calls_of_a_whole_run(std::uint64_t seed) {
    SimulatedDisk disk(seed);
    Story story(disk, seed);
    REQUIRE(story.run(steps));
    return disk.calls();
}

void end_many_lives(std::uint64_t seed) {
    SimulatedDisk disk(seed);
    Story story(disk, seed);
    std::mt19937_64 random(seed);
    for (int life = 0; life < 30; ++life) {
        const bool killed = random() % 3 == 0;
        disk.fail_call(1 + random() % 400, killed ? SimulatedDisk::Fails::killed : SimulatedDisk::Fails::power);
        story.run(200);
        disk.kill_processes();
        if (killed) continue;
        disk.cut_power();
        disk.power_returns(random() % 4 == 0 ? SimulatedDisk::Unsynced::lost : SimulatedDisk::Unsynced::torn);
    }
    REQUIRE(story.run(10));
    CHECK(story.acknowledged() > 100);
}

}  // namespace

TEST_CASE("power lost at any call on the disk loses nothing acknowledged, doubles nothing, and starts again") {
    const auto unsynced = GENERATE(SimulatedDisk::Unsynced::lost, SimulatedDisk::Unsynced::kept,
                                   SimulatedDisk::Unsynced::torn);
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        const std::uint64_t calls = calls_of_a_whole_run(seed);
        REQUIRE(calls > 100);
        for (std::uint64_t n = 1; n <= calls; ++n) {
            INFO("seed " << seed << ", call " << n);
            SimulatedDisk disk(seed * 1'000'003 + n);
            Story story(disk, seed);
            disk.fail_call(n, SimulatedDisk::Fails::power);
            story.run(steps);
            REQUIRE(disk.failed_call());
            disk.power_returns(unsynced);
            const std::uint64_t acknowledged = story.acknowledged();
            REQUIRE(story.run(20));
            REQUIRE(story.acknowledged() >= acknowledged);
            // Once more on top of what the first crash has left.
            disk.fail_call(1 + (n * 7919) % 60, SimulatedDisk::Fails::power);
            story.run(steps);
            disk.cut_power();
            disk.power_returns(unsynced);
            REQUIRE(story.run(10));
        }
    }
}

TEST_CASE("a process killed at any call on the disk, and power lost soon after, loses nothing acknowledged") {
    const auto unsynced = GENERATE(SimulatedDisk::Unsynced::lost, SimulatedDisk::Unsynced::torn);
    for (std::uint64_t seed = 11; seed <= 12; ++seed) {
        const std::uint64_t calls = calls_of_a_whole_run(seed);
        for (std::uint64_t n = 1; n <= calls; ++n) {
            INFO("seed " << seed << ", call " << n);
            SimulatedDisk disk(seed * 1'000'003 + n);
            Story story(disk, seed);
            disk.fail_call(n, SimulatedDisk::Fails::killed);
            story.run(steps);
            REQUIRE(disk.failed_call());
            disk.kill_processes();
            REQUIRE(story.run(static_cast<int>(n % 5)));
            REQUIRE(story.run(static_cast<int>(n % 3)));
            disk.cut_power();
            disk.power_returns(unsynced);
            REQUIRE(story.run(5));
        }
    }
}

TEST_CASE("many lives in a row, each ended by a power cut or a kill at random, lose nothing acknowledged") {
    for (std::uint64_t seed = 100; seed < 110; ++seed) {
        INFO("seed " << seed);
        end_many_lives(seed);
    }
}

TEST_CASE("the same for ten thousand seeds", "[.long]") {
    for (std::uint64_t seed = 1000; seed < 11'000; ++seed) {
        INFO("seed " << seed);
        end_many_lives(seed);
    }
}
