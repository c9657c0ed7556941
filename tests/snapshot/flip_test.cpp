// Every byte of a journal and of a snapshot flipped in turn, and `tiebreak verify` run over it: each is found and its file named, none changes
// an event in silence.
#include "tests/snapshot/fixture.hpp"

using namespace tiebreak;
using namespace tiebreak::tests;
using daemon::path;

namespace {

struct Whole {
    std::string hash;
    std::vector<std::string> events;
};

Whole verify_whole(SimulatedDisk& disk) {
    EventLines events;
    const auto report = daemon::verify_data(disk, journal_directory, nullptr, &events);
    for (const auto& finding : report.findings) FAIL(finding.sentence);
    for (const auto& remark : report.remarks) FAIL(remark);
    return {daemon::text_of(report.hash), events.lines};
}

bool names(const std::string& sentence, const path& file) { return sentence.find(file.filename().string()) != std::string::npos; }

// One flipped bit of one byte, and back.
void check_flip(SimulatedDisk& disk, const path& file, std::uint64_t offset, const Whole& whole) {
    const std::byte right = disk.content(file)[offset];
    const std::byte wrong = right ^ std::byte(1U << (offset % 8));
    disk.overwrite(file, offset, std::span(&wrong, 1));
    EventLines events;
    const auto report = daemon::verify_data(disk, journal_directory, nullptr, &events);
    bool named = false;
    for (const auto& finding : report.findings) named = named || names(finding.sentence, file);
    for (const auto& remark : report.remarks) named = named || names(remark, file);
    INFO(file << ", offset " << offset);
    REQUIRE(named);
    if (report.findings.empty()) {
        REQUIRE(daemon::text_of(report.hash) == whole.hash);
        REQUIRE(events.lines == whole.events);
    }
    if (file.extension() == ".tbs") REQUIRE_FALSE(report.findings.empty());
    disk.overwrite(file, offset, std::span(&right, 1));
}

void check_flips(SimulatedDisk& disk, const path& file, std::uint64_t from, std::uint64_t stride, const Whole& whole) {
    const std::uint64_t size = disk.content(file).size();
    for (std::uint64_t offset = from; offset < size; offset += stride) check_flip(disk, file, offset, whole);
}

void live_until(SimulatedDisk& disk, int snapshots, int messages_more) {
    DataLife life(disk, OldSegments::archive, 1);
    while (life.snapshots() < snapshots) REQUIRE(life.go_on(1));
    REQUIRE(life.go_on(messages_more));
    REQUIRE_FALSE(life.commit().flush_and_stop());
    disk.kill_processes();
}

}  // namespace

TEST_CASE("every byte of a small journal and its snapshot: a flip is found and named, and none changes an event in silence") {
    SimulatedDisk disk(1);
    live_until(disk, 1, 2);
    const auto snapshots = *list_snapshots(disk, journal_directory);
    REQUIRE(snapshots.size() == 1);
    const Whole whole = verify_whole(disk);
    REQUIRE(whole.events.size() > 30);
    check_flips(disk, journal_directory / daemon::snapshot_name(snapshots[0]), 0, TIEBREAK_STRIDE, whole);
    int segments = 0;
    for (const std::string& name : *disk.list(journal_directory)) {
        if (!daemon::first_position_of(name)) continue;
        ++segments;
        check_flips(disk, journal_directory / name, 0, TIEBREAK_STRIDE, whole);
    }
    CHECK(segments == 2);
    CHECK(verify_whole(disk).hash == whole.hash);
}

TEST_CASE("bytes of a longer history, archive and both snapshots included, in steps") {
    SimulatedDisk disk(1);
    live_until(disk, 4, 3);
    const Whole whole = verify_whole(disk);
    const path archive = journal_directory / daemon::archive_name;
    REQUIRE(disk.list(archive)->size() >= 2);
    std::uint64_t files = 0;
    for (const path& directory : {journal_directory, archive}) {
        for (const std::string& name : *disk.list(directory)) {
            if (!daemon::first_position_of(name) && !daemon::snapshot_position_of(name)) continue;
            check_flips(disk, directory / name, files++, 97 * TIEBREAK_STRIDE, whole);
        }
    }
}

TEST_CASE("a start with a flipped byte anywhere is refused, or comes to the very same state") {
    SimulatedDisk disk(1);
    live_until(disk, 1, 2);
    std::optional<daemon::Fault> fault;
    const std::string state = start(disk, fault)->state();
    disk.kill_processes();
    int refused = 0, same = 0;
    for (const std::string& name : *disk.list(journal_directory)) {
        if (!daemon::first_position_of(name) && !daemon::snapshot_position_of(name)) continue;
        const path file = journal_directory / name;
        for (std::uint64_t offset = 0; offset < disk.content(file).size(); offset += 3 * TIEBREAK_STRIDE) {
            const std::byte right = disk.content(file)[offset];
            const std::byte wrong = ~right;
            disk.overwrite(file, offset, std::span(&wrong, 1));
            fault.reset();
            const auto one = start(disk, fault);
            INFO(file << ", offset " << offset);
            if (one) {
                REQUIRE(one->state() == state);
            } else {
                REQUIRE_THAT(fault->sentence, Catch::Contains(name));
            }
            ++(one ? same : refused);
            disk.kill_processes();
            disk.overwrite(file, offset, std::span(&right, 1));
        }
    }
    CHECK(refused > 0);
    CHECK(same > 0);
}
