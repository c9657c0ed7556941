// The power, or the process, goes at every call on the disk in turn, while snapshots are written, segments cut off and archived: the next
// start has everything that was acknowledged, once, and the audit finds nothing wrong.
#include <map>
#include <set>

#include "tests/snapshot/fixture.hpp"

using namespace tiebreak;
using namespace tiebreak::tests;
using daemon::DataFinding;

namespace {

constexpr int messages = 70;

const std::string& expected_state(std::uint64_t count) {
    static std::map<std::uint64_t, std::string> known;
    auto& state = known[count];
    if (state.empty()) state = state_after(count);
    return state;
}

std::uint64_t calls_of_a_whole_life(OldSegments old_segments) {
    SimulatedDisk disk(1);
    DataLife life(disk, old_segments, 1);
    REQUIRE(life.go_on(messages));
    REQUIRE(life.snapshots() >= 3);
    const auto counters = life.commit().counters().journal;
    REQUIRE(counters.segments_archived + counters.segments_recycled > 0);
    return disk.calls();
}

// What a start must find after `acknowledged` messages.
void check(DataLife& life, std::uint64_t acknowledged) {
    if (life.fault()) FAIL(life.fault()->sentence);
    const std::uint64_t last = life.recovered().last_position;
    const std::uint64_t recovered = last < 2 ? 0 : last - 2;
    REQUIRE(recovered >= acknowledged);
    REQUIRE(recovered <= acknowledged + 1);
    REQUIRE(life.state() == expected_state(recovered));
    for (const std::string& remark : life.recovered().remarks) FAIL(remark);
}

void check_whole(SimulatedDisk& disk, OldSegments old_segments) {
    const auto report = daemon::verify_data(disk, journal_directory);
    for (const auto& finding : report.findings) FAIL(finding.sentence);
    if (old_segments == OldSegments::archive) {
        REQUIRE(report.first_position == 1);
        REQUIRE(report.replayed_from == 1);
    }
}

void end_at_every_call(OldSegments old_segments, SimulatedDisk::Fails how, SimulatedDisk::Unsynced unsynced, std::uint64_t stride) {
    const std::uint64_t calls = calls_of_a_whole_life(old_segments);
    std::set<SimulatedDisk::Call> failed;
    bool from_snapshot = false;
    for (std::uint64_t n = 1; n <= calls; n += stride) {
        INFO("call " << n << " of " << calls);
        SimulatedDisk disk(n);
        disk.fail_call(n, how);
        std::uint64_t acknowledged = 0;
        {
            DataLife life(disk, old_segments, n);
            life.go_on(messages);
            acknowledged = life.acknowledged();
            REQUIRE(disk.failed_call());
            failed.insert(*disk.failed_call());
            disk.kill_processes();
        }
        if (how == SimulatedDisk::Fails::power) disk.power_returns(unsynced);
        {
            DataLife life(disk, old_segments, n + 1000);
            check(life, acknowledged);
            from_snapshot = from_snapshot || life.recovered().snapshot_position > 0;
            REQUIRE(life.go_on(8));
            acknowledged = life.acknowledged();
            disk.kill_processes();
        }
        // Once more: what was patched up after the first time holds too.
        disk.cut_power();
        disk.power_returns(unsynced);
        DataLife life(disk, old_segments, n + 2000);
        check(life, acknowledged);
        check_whole(disk, old_segments);
        disk.kill_processes();
    }
    CHECK(from_snapshot);
    using Call = SimulatedDisk::Call;
    if (stride == 1) {
        for (const Call call : {Call::write, Call::sync, Call::rename, Call::remove, Call::sync_directory}) CHECK(failed.contains(call));
        if (old_segments == OldSegments::archive) CHECK(failed.contains(Call::link));
    }
}

}  // namespace

TEST_CASE("power lost at any call while snapshots are made and segments archived loses nothing and doubles nothing") {
    end_at_every_call(OldSegments::archive, SimulatedDisk::Fails::power, SimulatedDisk::Unsynced::torn, 1);
    end_at_every_call(OldSegments::archive, SimulatedDisk::Fails::power, SimulatedDisk::Unsynced::lost, 2);
    end_at_every_call(OldSegments::archive, SimulatedDisk::Fails::power, SimulatedDisk::Unsynced::kept, 3);
}

TEST_CASE("the same where segments are recycled instead") {
    end_at_every_call(OldSegments::recycle, SimulatedDisk::Fails::power, SimulatedDisk::Unsynced::torn, 2);
    end_at_every_call(OldSegments::recycle, SimulatedDisk::Fails::power, SimulatedDisk::Unsynced::lost, 3);
}

TEST_CASE("a process killed at any call between snapshot and cut, and power lost later, loses nothing") {
    end_at_every_call(OldSegments::archive, SimulatedDisk::Fails::killed, SimulatedDisk::Unsynced::torn, 2);
}

TEST_CASE("every call failing once costs at most a snapshot, or stops the daemon, and never an acknowledged command") {
    for (const auto how : {SimulatedDisk::Fails::with_io_error, SimulatedDisk::Fails::with_disk_full}) {
        const std::uint64_t calls = calls_of_a_whole_life(OldSegments::archive);
        bool went_on = false, stopped = false, told = false;
        for (std::uint64_t n = 1; n <= calls; n += 2) {
            INFO("call " << n << " of " << calls);
            SimulatedDisk disk(n);
            disk.fail_call(n, how);
            std::uint64_t acknowledged = 0;
            {
                DataLife life(disk, OldSegments::archive, n);
                const bool ended = life.go_on(messages);
                (ended ? went_on : stopped) = true;
                told = told || !life.trouble().sentences.empty();
                REQUIRE(life.trouble().sentences.size() <= 1);  // the reader looks twice before it gives up
                acknowledged = life.acknowledged();
                disk.kill_processes();
            }
            disk.cut_power();
            disk.power_returns(SimulatedDisk::Unsynced::lost);
            DataLife life(disk, OldSegments::archive, n + 1000);
            check(life, acknowledged);
            REQUIRE(life.go_on(10));
            check_whole(disk, OldSegments::archive);
            disk.kill_processes();
        }
        CHECK(went_on);
        CHECK(stopped);
        CHECK(told);
    }
}
