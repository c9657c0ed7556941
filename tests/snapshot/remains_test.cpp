// What a snapshot that did not come to its end has left: it must not keep the next ones from being made.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/snapshot/fixture.hpp"

using namespace tiebreak;
using namespace tiebreak::tests;
using Keeps = DataLife::Keeps;

namespace {

std::vector<std::string> drafts(SimulatedDisk& disk) {
    auto names = *disk.list(journal_directory);
    std::erase_if(names, [](const std::string& name) { return !name.ends_with(".tbs.new"); });
    return names;
}

// Puts bytes of free room on the disk, no more.
void leave_free(SimulatedDisk& disk, std::uint64_t bytes) {
    constexpr std::uint64_t huge = std::uint64_t{1} << 40;
    disk.set_capacity(huge);
    disk.set_capacity(huge - *disk.free_bytes(journal_directory) + bytes);
}

// Messages without a snapshot, then one during which the process is killed at its n-th call on the disk.
void begin_snapshot_and_die(SimulatedDisk& disk, std::uint64_t n) {
    DataLife life(disk, OldSegments::archive, 1);
    REQUIRE(life.go_on(40, Keeps::nothing));
    disk.fail_call(n, SimulatedDisk::Fails::killed);
    life.keep();
    disk.kill_processes();
}

}  // namespace

TEST_CASE("a snapshot that a killed process has left half made does not take the room of the next one") {
    bool left = false;
    for (std::uint64_t n = 1; !left; ++n) {
        REQUIRE(n < 1000);
        SimulatedDisk disk(1);
        begin_snapshot_and_die(disk, n);
        const auto found = drafts(disk);
        if (found.empty()) continue;
        const std::uint64_t draft_bytes = disk.content(journal_directory / found.front()).size();
        if (draft_bytes == 0) continue;  // made, and no room taken yet
        left = true;
        for (const int more : {0, 10}) {  // a snapshot of the same position, and of a later one
            INFO(more << " messages more");
            SimulatedDisk same(1);
            begin_snapshot_and_die(same, n);
            DataLife life(same, OldSegments::archive, 2);
            REQUIRE(life.go_on(more, Keeps::nothing));
            leave_free(same, draft_bytes / 2);
            life.keep();
            for (const std::string& sentence : life.trouble().sentences) FAIL_CHECK(sentence);
            CHECK(life.snapshots() == 1);
            CHECK(drafts(same).empty());
            same.kill_processes();
        }
    }
}

TEST_CASE("a snapshot that fails half way leaves no draft in the journal's room") {
    std::vector<SimulatedDisk::Call> failed;
    for (std::uint64_t n = 1;; ++n) {
        SimulatedDisk disk(1);
        DataLife life(disk, OldSegments::archive, 1);
        REQUIRE(life.go_on(40, Keeps::nothing));
        disk.fail_call(n, SimulatedDisk::Fails::with_io_error);
        life.keep();
        if (!disk.failed_call()) break;
        INFO("call " << n);
        CHECK(drafts(disk).empty());
        failed.push_back(*disk.failed_call());
        disk.kill_processes();
    }
    for (const auto call : {SimulatedDisk::Call::write, SimulatedDisk::Call::sync, SimulatedDisk::Call::rename}) {
        CHECK(std::ranges::find(failed, call) != failed.end());
    }
}
