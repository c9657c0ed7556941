// What a snapshot that did not come to its end has left: it must not keep the next ones from being made.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/journal/hooked_disk.hpp"
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

std::uint64_t first_call_that_leaves_a_draft() {
    for (std::uint64_t n = 1; n < 1000; ++n) {
        SimulatedDisk disk(1);
        begin_snapshot_and_die(disk, n);
        const auto left = drafts(disk);
        if (!left.empty() && !disk.content(journal_directory / left.front()).empty()) return n;
    }
    FAIL("no snapshot is ever begun");
    return 0;
}

}  // namespace

TEST_CASE("a snapshot that a killed process has left half made does not take the room of the next one") {
    const int more = GENERATE(0, 10);  // messages before the next: it is of the same position, or of a later one
    SimulatedDisk disk(1);
    begin_snapshot_and_die(disk, first_call_that_leaves_a_draft());
    const std::uint64_t draft_bytes = disk.content(journal_directory / drafts(disk).front()).size();
    DataLife life(disk, OldSegments::archive, 2);
    REQUIRE(life.go_on(more, Keeps::nothing));
    leave_free(disk, draft_bytes / 2);
    life.keep();
    for (const std::string& sentence : life.trouble().sentences) FAIL_CHECK(sentence);
    CHECK(life.snapshots() == 1);
    CHECK(drafts(disk).empty());
    disk.kill_processes();
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

TEST_CASE("remains that can't be taken away are told of once a segment, and keep no snapshot from being made") {
    using Call = HookedDisk::Call;
    const auto refused = GENERATE(Call::list, Call::remove);
    SimulatedDisk disk(1);
    begin_snapshot_and_die(disk, first_call_that_leaves_a_draft());
    HookedDisk hooked(disk);
    DataLife life(hooked, OldSegments::keep, 2);
    REQUIRE(life.go_on(20, Keeps::nothing));
    const auto left = drafts(disk);
    REQUIRE(left.size() == 1);
    hooked.refusal = [&](Call call, const daemon::path& of) {
        const bool is_it = call == refused && (call == Call::list || of.filename() == left.front());
        return is_it ? std::make_error_code(std::errc::operation_not_permitted) : std::error_code{};
    };
    life.keep();
    CHECK(life.alive());
    CHECK(life.snapshots() == (refused == Call::remove ? 1 : 0));  // without a list nothing is known of other snapshots
    CHECK(life.trouble().sentences.size() <= 3);
    const auto told = life.trouble().sentences.size();
    life.keep();
    CHECK(life.trouble().sentences.size() == told);
    hooked.refusal = nullptr;
    REQUIRE(life.go_on(20));
    CHECK(drafts(disk).empty());
}
