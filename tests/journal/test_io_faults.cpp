#include "tests/journal/story.hpp"

using namespace tiebreak;
using namespace tiebreak::daemon;
using namespace tiebreak::tests;

namespace {

constexpr int steps = 60;

bool of_the_disk(FaultKind kind) { return kind == FaultKind::disk || kind == FaultKind::names_lost; }

std::uint64_t calls_of_a_whole_run(std::uint64_t seed) {
    SimulatedDisk disk(seed);
    Story story(disk, seed);
    REQUIRE(story.run(steps));
    return disk.calls();
}

}  // namespace

TEST_CASE("every call on the disk failing once stops the journal with a sentence and loses nothing acknowledged") {
    const auto how = GENERATE(SimulatedDisk::Fails::with_io_error, SimulatedDisk::Fails::with_disk_full);
    std::map<SimulatedDisk::Call, int> failed;
    for (std::uint64_t seed = 21; seed <= 23; ++seed) {
        const std::uint64_t calls = calls_of_a_whole_run(seed);
        for (std::uint64_t n = 1; n <= calls; ++n) {
            INFO("seed " << seed << ", call " << n);
            SimulatedDisk disk(seed * 1'000'003 + n);
            Story story(disk, seed);
            disk.fail_call(n, how);
            const bool ended = story.run(steps);
            REQUIRE(disk.failed_call());
            ++failed[*disk.failed_call()];
            if (how == SimulatedDisk::Fails::with_io_error) {
                REQUIRE_FALSE(ended);
                REQUIRE(story.faults() == 1);
                REQUIRE(of_the_disk(story.last_fault()->kind));
            }
            // Started again, at once or after a power cut: a sync that failed has saved nothing, whatever can be read.
            if (n % 2 == 0) {
                disk.cut_power();
                disk.power_returns(SimulatedDisk::Unsynced::torn);
            }
            REQUIRE(story.run(20));
            disk.cut_power();
            disk.power_returns(SimulatedDisk::Unsynced::lost);
            REQUIRE(story.run(10));
        }
    }
    using Call = SimulatedDisk::Call;
    for (const Call call : {Call::open, Call::write, Call::sync, Call::allocate, Call::make_directory, Call::list,
                            Call::rename, Call::sync_directory, Call::free_bytes, Call::lock}) {
        CHECK(failed[call] > 0);
    }
}

TEST_CASE("every call failing while an old journal is opened is a fault with a sentence, and the next start succeeds") {
    SimulatedDisk disk(31);
    Story story(disk, 31);
    for (int life = 0; life < 3; ++life) {
        disk.fail_call(150, SimulatedDisk::Fails::power);
        story.run(200);
        disk.cut_power();
        disk.power_returns(SimulatedDisk::Unsynced::torn);
    }
    std::map<SimulatedDisk::Call, int> failed;
    for (std::uint64_t n = 1;; ++n) {
        disk.fail_call(n, SimulatedDisk::Fails::with_io_error);
        if (story.run(0)) break;
        REQUIRE(disk.failed_call());
        ++failed[*disk.failed_call()];
        REQUIRE(of_the_disk(story.last_fault()->kind));
        REQUIRE_THAT(story.last_fault()->sentence, Catch::Contains("/data"));
        REQUIRE(n < 1000);
    }
    CHECK(failed[SimulatedDisk::Call::read] > 3);
    CHECK(failed[SimulatedDisk::Call::size] > 0);
    REQUIRE(story.run(10));
}

TEST_CASE("writes that take only half of what they are given are gone on with") {
    for (std::uint64_t seed = 41; seed <= 42; ++seed) {
        const std::uint64_t calls = calls_of_a_whole_run(seed);
        for (std::uint64_t n = 1; n <= calls; ++n) {
            INFO("seed " << seed << ", call " << n);
            SimulatedDisk disk(seed * 1'000'003 + n);
            Story story(disk, seed);
            disk.fail_call(n, SimulatedDisk::Fails::by_half);
            REQUIRE(story.run(steps));
            disk.cut_power();
            disk.power_returns(SimulatedDisk::Unsynced::lost);
            REQUIRE(story.run(5));
        }
    }
}

TEST_CASE("a failed sync is latched: told once, nothing written or acknowledged afterwards") {
    SimulatedDisk disk(51);
    Listener listener;
    const auto commit = open_commit(disk, listener, small_options());
    REQUIRE(commit);
    REQUIRE(commit->append(RecordKind::commands, 1, bytes_of("first")));
    REQUIRE(commit->commit_once());
    REQUIRE(commit->append(RecordKind::commands, 2, bytes_of("second")));
    disk.fail_call(2, SimulatedDisk::Fails::with_io_error);  // the write, then the sync
    CHECK_FALSE(commit->commit_once());
    CHECK(disk.failed_call() == SimulatedDisk::Call::sync);
    REQUIRE(listener.fault);
    CHECK(listener.faults == 1);
    CHECK(listener.fault->kind == FaultKind::disk);
    CHECK_THAT(listener.fault->sentence, Catch::Contains("cannot sync") && Catch::Contains(".tbj"));
    CHECK(listener.durable == 1);
    CHECK(commit->durable_position() == 1);
    CHECK(commit->counters().faulted);

    const std::uint64_t calls = disk.calls();
    CHECK_FALSE(commit->append(RecordKind::commands, 3, bytes_of("third")));
    CHECK_FALSE(commit->commit_once());
    CHECK_FALSE(commit->mark_once());
    const auto fault = commit->flush_and_stop();
    REQUIRE(fault);
    CHECK(fault->sentence == listener.fault->sentence);
    CHECK(disk.calls() == calls);
    CHECK(listener.faults == 1);
}
