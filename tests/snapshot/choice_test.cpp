// Which snapshot a start begins with, and what it says about those that are of no use.
#include "tests/snapshot/fixture.hpp"

using namespace tiebreak;
using namespace tiebreak::tests;
using daemon::FaultKind;
using daemon::path;

namespace {

constexpr int messages = 120;
constexpr std::uint64_t large_history = 1 << 20;

// A life with snapshots that has ended; how many messages it has acknowledged.
std::uint64_t one_life(SimulatedDisk& disk, OldSegments old_segments, std::uint64_t history_bytes = small_history) {
    DataLife life(disk, old_segments, 1, history_bytes);
    REQUIRE(life.go_on(messages));
    REQUIRE_FALSE(life.commit().flush_and_stop());
    const std::uint64_t acknowledged = life.acknowledged();
    disk.kill_processes();
    return acknowledged;
}

void flip(SimulatedDisk& disk, const path& file, std::uint64_t offset) {
    const std::byte changed = disk.content(file)[offset] ^ std::byte{0x40};
    disk.overwrite(file, offset, std::span(&changed, 1));
}

std::unique_ptr<Start> start_well(SimulatedDisk& disk, std::uint64_t history_bytes = small_history) {
    std::optional<daemon::Fault> fault;
    auto one = start(disk, fault, 1, history_bytes);
    if (fault) FAIL(fault->sentence);
    REQUIRE(one);
    return one;
}

daemon::Fault start_badly(SimulatedDisk& disk) {
    std::optional<daemon::Fault> fault;
    const auto one = start(disk, fault);
    REQUIRE_FALSE(one);
    REQUIRE(fault);
    return *fault;
}

void remove_named(SimulatedDisk& disk, const path& directory, const std::string& ending) {
    for (const std::string& name : *disk.list(directory)) {
        if (name.ends_with(ending)) REQUIRE_FALSE(disk.remove(directory / name));
    }
}

}  // namespace

TEST_CASE("a start loads the newest snapshot and replays what came after: the same state as from the whole history") {
    SimulatedDisk disk(1);
    const std::uint64_t acknowledged = one_life(disk, OldSegments::archive);
    const auto snapshots = *list_snapshots(disk, journal_directory);
    REQUIRE(snapshots.size() == 2);
    const auto from_snapshot = start_well(disk);
    CHECK(from_snapshot->recovered.snapshot_position == snapshots[0]);
    CHECK(from_snapshot->state() == state_after(acknowledged));
    CHECK(from_snapshot->journal->first_position() > 1);
    CHECK(from_snapshot->journal->first_position() <= snapshots[1] + 1);
    disk.kill_processes();

    remove_named(disk, journal_directory, ".tbs");
    const auto from_archive = start_well(disk);
    CHECK(from_archive->recovered.snapshot_position == 0);
    CHECK(from_archive->state() == from_snapshot->state());
    CHECK(from_archive->recovered.commands == from_snapshot->recovered.commands);
    CHECK(from_archive->recovered.first_stamp_ns == from_snapshot->recovered.first_stamp_ns);
    CHECK(from_archive->feed->last_sequence() == from_snapshot->feed->last_sequence());
}

TEST_CASE("what subscribers can catch up on is as much after a start from a snapshot as after one from the whole history") {
    SimulatedDisk disk(1);
    (void)one_life(disk, OldSegments::archive, large_history);
    const auto from_snapshot = start_well(disk, large_history);
    disk.kill_processes();
    remove_named(disk, journal_directory, ".tbs");
    const auto from_archive = start_well(disk, large_history);
    REQUIRE(from_snapshot->recovered.snapshot_position > 0);
    for (const char* topic : {"all/", "award/", "provider/A/", "zone/north/", "package/K9/"}) {
        INFO(topic);
        // From as far back as either can answer.
        for (std::uint64_t after = 0; after <= from_archive->history->last_sequence(); ++after) {
            wire::answer::History a, b;
            const wire::query::History query{topic, after, 0};
            const auto found = from_snapshot->history->find(query, UINT64_MAX, 1 << 20, a);
            REQUIRE(found == from_archive->history->find(query, UINT64_MAX, 1 << 20, b));
            REQUIRE(a.events.size() == b.events.size());
            REQUIRE(a.last_topic_sequence == b.last_topic_sequence);
            for (std::size_t i = 0; i < a.events.size(); ++i) {
                REQUIRE(a.events[i].sequence == b.events[i].sequence);
                REQUIRE(a.events[i].topic_sequence == b.events[i].topic_sequence);
                REQUIRE(std::ranges::equal(a.events[i].body, b.events[i].body));
            }
        }
    }
    CHECK(from_snapshot->history->events() > 10);
}

TEST_CASE("a damaged snapshot is named and the older one used; with both damaged, archive and journal are enough") {
    SimulatedDisk disk(1);
    const std::uint64_t acknowledged = one_life(disk, OldSegments::archive);
    const auto snapshots = *list_snapshots(disk, journal_directory);
    const std::string newest = daemon::snapshot_name(snapshots[0]), older = daemon::snapshot_name(snapshots[1]);
    flip(disk, journal_directory / newest, 300);
    {
        const auto one = start_well(disk);
        CHECK(one->recovered.snapshot_position == snapshots[1]);
        CHECK(one->state() == state_after(acknowledged));
        REQUIRE(one->recovered.remarks.size() == 1);
        CHECK_THAT(one->recovered.remarks[0], Catch::Contains(newest) && Catch::Contains("offset"));
        disk.kill_processes();
    }
    flip(disk, journal_directory / older, 20);
    {
        const auto one = start_well(disk);
        CHECK(one->recovered.snapshot_position == 0);
        CHECK(one->state() == state_after(acknowledged));
        CHECK(one->recovered.remarks.size() == 2);
        disk.kill_processes();
    }
    // The next snapshot takes their place.
    DataLife life(disk, OldSegments::archive, 5);
    REQUIRE(life.go_on(150));
    REQUIRE(life.snapshots() >= 2);
    for (const std::uint64_t position : *list_snapshots(disk, journal_directory)) {
        CHECK(read_snapshot(disk, journal_directory, position).has_value());
    }
}

TEST_CASE("with the history recycled and no snapshot that reads back, the start is refused and says what to put back") {
    SimulatedDisk disk(1);
    (void)one_life(disk, OldSegments::recycle);
    CHECK(start_well(disk)->recovered.snapshot_position > 0);
    disk.kill_processes();
    for (const std::uint64_t position : *list_snapshots(disk, journal_directory)) {
        flip(disk, journal_directory / daemon::snapshot_name(position), 200);
    }
    const auto fault = start_badly(disk);
    CHECK(fault.kind == FaultKind::missing);
    CHECK_THAT(fault.sentence, Catch::Contains("begins at record") && Catch::Contains("put back") && Catch::Contains("is damaged"));
}

TEST_CASE("a snapshot of another journal, or of another past of this one, is named and not used") {
    SimulatedDisk disk(1), other(2);
    const std::uint64_t acknowledged = one_life(disk, OldSegments::archive);
    const auto position = list_snapshots(disk, journal_directory)->front();
    auto snapshot = *read_snapshot(disk, journal_directory, position);
    remove_named(disk, journal_directory, ".tbs");
    const auto write = [&] {
        remove_named(disk, journal_directory, ".tbs");
        REQUIRE(*write_snapshot(disk, journal_directory, snapshot, 0, [] { return true; }));
    };
    ++snapshot.header.record_crc;
    write();
    auto one = start_well(disk);
    CHECK(one->recovered.snapshot_position == 0);
    REQUIRE(one->recovered.remarks.size() == 1);
    CHECK_THAT(one->recovered.remarks[0], Catch::Contains("another past"));
    CHECK(one->state() == state_after(acknowledged));
    disk.kill_processes();

    --snapshot.header.record_crc;
    ++snapshot.header.epoch;
    write();
    one = start_well(disk);
    REQUIRE(one->recovered.remarks.size() == 1);
    CHECK_THAT(one->recovered.remarks[0], Catch::Contains("another journal"));
    disk.kill_processes();

    --snapshot.header.epoch;
    ++snapshot.header.position;
    write();
    one = start_well(disk);
    REQUIRE(one->recovered.remarks.size() == 1);
    CHECK_THAT(one->recovered.remarks[0], Catch::Contains("no segment"));
    disk.kill_processes();

    --snapshot.header.position;
    write();
    CHECK(start_well(disk)->recovered.snapshot_position == position);
}

TEST_CASE("a snapshot whose state can't be read is left aside, and nothing of it remains in the state") {
    SimulatedDisk disk(1);
    const std::uint64_t acknowledged = one_life(disk, OldSegments::archive, large_history);
    const auto position = list_snapshots(disk, journal_directory)->front();
    const auto whole = *read_snapshot(disk, journal_directory, position);
    for (const auto part : {&daemon::Snapshot::engine, &daemon::Snapshot::topics, &daemon::Snapshot::history}) {
        remove_named(disk, journal_directory, ".tbs");
        auto broken = whole;
        (broken.*part).pop_back();
        REQUIRE(*write_snapshot(disk, journal_directory, broken, 0, [] { return true; }));
        const auto one = start_well(disk, large_history);
        CHECK(one->recovered.snapshot_position == 0);
        REQUIRE(one->recovered.remarks.size() == 1);
        CHECK_THAT(one->recovered.remarks[0], Catch::Contains("can't be read by this version"));
        CHECK(one->state() == state_after(acknowledged));
        disk.kill_processes();
    }
}

TEST_CASE("segments that have been taken away are missed: the newest, all of them, or some of the archive") {
    SimulatedDisk disk(1);
    (void)one_life(disk, OldSegments::archive);
    const auto snapshots = *list_snapshots(disk, journal_directory);
    const path archive = journal_directory / daemon::archive_name;
    SECTION("the newest: a snapshot tells") {
        for (const std::string& name : *disk.list(journal_directory)) {
            const auto first = daemon::first_position_of(name);
            if (first && *first > snapshots[1] + 1) REQUIRE_FALSE(disk.remove(journal_directory / name));
        }
        const auto fault = start_badly(disk);
        CHECK(fault.kind == FaultKind::missing);
        CHECK_THAT(fault.sentence, Catch::Contains("newest segments are missing"));
    }
    SECTION("all of them: this is no new journal") {
        remove_named(disk, journal_directory, ".tbj");
        CHECK(start_badly(disk).kind == FaultKind::missing);
        remove_named(disk, journal_directory, ".tbs");
        CHECK_THAT(start_badly(disk).sentence, Catch::Contains("archive"));
    }
    SECTION("the archive: the snapshots are enough for a start, and no more") {
        remove_named(disk, archive, ".tbj");
        CHECK(start_well(disk)->recovered.snapshot_position == snapshots[0]);
        disk.kill_processes();
        remove_named(disk, journal_directory, ".tbs");
        CHECK_THAT(start_badly(disk).sentence, Catch::Contains("put back"));
    }
    SECTION("one segment in the middle of the archive") {
        REQUIRE_FALSE(disk.remove(archive / disk.list(archive)->at(1)));
        CHECK(start_well(disk)->recovered.snapshot_position == snapshots[0]);
        disk.kill_processes();
        remove_named(disk, journal_directory, ".tbs");
        const auto fault = start_badly(disk);
        CHECK(fault.kind == FaultKind::missing);
    }
}

TEST_CASE("where a segment can't be archived it stays, that is told, and the daemon goes on") {
    SimulatedDisk disk(1);
    DataLife life(disk, OldSegments::archive, 1);
    REQUIRE(life.go_on(5));
    // A file that somebody has put where the first segment should go.
    const path in_the_way = journal_directory / daemon::archive_name / daemon::segment_name(1);
    REQUIRE(disk.open(in_the_way, daemon::Disk::Open::create).has_value());
    REQUIRE(life.go_on(messages));
    CHECK(life.snapshots() >= 3);
    REQUIRE_FALSE(life.trouble().sentences.empty());
    CHECK_THAT(life.trouble().sentences[0], Catch::Contains("another file has that name"));
    CHECK(life.commit().counters().journal.segments_archived == 0);
    CHECK(life.commit().journal().first_position() == 1);
}

TEST_CASE("with the policy `keep` nothing is cut off, and there are still only two snapshots") {
    SimulatedDisk disk(1);
    DataLife life(disk, OldSegments::keep, 1);
    REQUIRE(life.go_on(messages));
    CHECK(life.snapshots() >= 3);
    CHECK(life.commit().journal().first_position() == 1);
    CHECK(list_snapshots(disk, journal_directory)->size() == 2);
    CHECK(disk.list(journal_directory / daemon::archive_name)->empty());
}

TEST_CASE("a replay that begins to keep events late knows where every topic stands, however many there are") {
    constexpr std::uint64_t keep_from = 400, last = 500;
    daemon::Metrics metrics;
    matching::Engine engine;
    daemon::Feed feed(1, metrics, daemon::DeadlineEventsWaitFor::everything_before);
    daemon::HistoryLog log(512, 8);  // the names of the topics alone are more than it has room for
    daemon::History history(1, large_history);
    daemon::Replay replay({engine, feed, log, history}, keep_from);
    wire::RequestWriter writer;
    for (std::uint64_t n = 0; n < last; ++n) {
        writer.begin(1);
        for (const auto& command : message(n)) writer.add(command);
        std::vector<std::byte> payload(4);
        const auto request = writer.finish();
        payload.insert(payload.end(), request.begin(), request.end());
        REQUIRE_FALSE(replay.take({n + 1, stamp_of(n), daemon::RecordKind::commands, payload}));
    }
    replay.finish();
    CHECK(log.chunks_dropped() == 0);
    CHECK(history.events() > last - keep_from);
    CHECK(history.last_sequence() == feed.last_sequence());
    wire::answer::History answer;
    CHECK(history.find({"package/K1/", 0, 0}, UINT64_MAX, 1 << 20, answer) == daemon::History::Found::gone);
    CHECK(history.find({"package/K95/", 0, 0}, UINT64_MAX, 1 << 20, answer) == daemon::History::Found::yes);
    CHECK(answer.events.size() > 3);
}
