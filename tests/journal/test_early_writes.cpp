// Records that are written before anybody waits for their sync (GroupCommit::write_gathered).
#include "tests/catch.hpp"
#include "tests/journal/fixture.hpp"

using namespace tiebreak;
using namespace tiebreak::daemon;
using namespace tiebreak::tests;

namespace {

void append(GroupCommit& commit, const std::string& payload) {
    REQUIRE(commit.append(RecordKind::commands, 1, bytes_of(payload)));
}

// A journal whose first record is durable and whose second is written early.
struct WrittenEarly {
    WrittenEarly() : commit(open_commit(disk, listener, small_options())) {
        REQUIRE(commit);
        append(*commit, "durable");
        REQUIRE(commit->commit_once());
        append(*commit, "early");
        REQUIRE(commit->write_gathered());
    }

    SimulatedDisk disk{7};
    Listener listener;
    std::unique_ptr<GroupCommit> commit;
};

}  // namespace

TEST_CASE("what was written early is not called durable, and outlives a process that is killed") {
    WrittenEarly early;
    CHECK(early.listener.durable == 1);
    CHECK(early.commit->durable_position() == 1);
    CHECK(early.commit->counters().early_writes == 1);
    early.disk.kill_processes();
    const Reading reading = read_everything(early.disk);
    REQUIRE_FALSE(reading.fault);
    REQUIRE(reading.records.size() == 2);
    CHECK(reading.records[1].payload == "early");
}

TEST_CASE("what was written early may be lost with the power, what was durable may not") {
    WrittenEarly early;
    early.disk.cut_power();
    early.disk.power_returns(SimulatedDisk::Unsynced::lost);
    const Reading reading = read_everything(early.disk);
    REQUIRE_FALSE(reading.fault);
    REQUIRE(reading.records.size() == 1);
    CHECK(reading.records[0].payload == "durable");
}

TEST_CASE("the next commit makes durable what was written early, with or without more to write") {
    const bool more = GENERATE(false, true);
    WrittenEarly early;
    if (more) append(*early.commit, "more");
    REQUIRE(early.commit->commit_once());
    CHECK(early.listener.durable == (more ? 3U : 2U));
    CHECK_FALSE(early.commit->commit_once());
    early.disk.cut_power();
    early.disk.power_returns(SimulatedDisk::Unsynced::lost);
    CHECK(read_everything(early.disk).records.size() == (more ? 3U : 2U));
}

TEST_CASE("nothing is marked as proven while something is written and not synced") {
    WrittenEarly early;
    CHECK_FALSE(early.commit->mark_once());
    REQUIRE(early.commit->commit_once());
    CHECK(early.commit->mark_once());
}

TEST_CASE("with nothing gathered everything is written already") {
    WrittenEarly early;
    CHECK(early.commit->write_gathered());
    CHECK(early.commit->counters().early_writes == 1);
}

TEST_CASE("an early write begins no segment: what has no room waits for the commit") {
    WrittenEarly early;
    // Two of these are more than a segment of one block holds.
    for (int i = 0; i < 5; ++i) append(*early.commit, std::string(900, 'x'));
    const std::uint64_t calls = early.disk.calls();
    CHECK_FALSE(early.commit->write_gathered());
    CHECK(early.disk.calls() == calls);
    REQUIRE(early.commit->commit_once());
    CHECK(early.listener.durable == 7);
    CHECK(read_everything(early.disk).records.size() == 7);
}

TEST_CASE("an early write that fails is latched as any other, and what was durable stays so") {
    SimulatedDisk disk(8);
    Listener listener;
    const auto commit = open_commit(disk, listener, small_options());
    REQUIRE(commit);
    append(*commit, "durable");
    REQUIRE(commit->commit_once());
    append(*commit, "early");
    disk.fail_call(1, SimulatedDisk::Fails::with_io_error);
    CHECK_FALSE(commit->write_gathered());
    CHECK(disk.failed_call() == SimulatedDisk::Call::write);
    REQUIRE(listener.fault);
    CHECK(listener.faults == 1);
    const std::uint64_t calls = disk.calls();
    CHECK_FALSE(commit->write_gathered());
    CHECK_FALSE(commit->commit_once());
    CHECK(commit->flush_and_stop());
    CHECK(disk.calls() == calls);
    CHECK(listener.durable == 1);
}
