// `tiebreak verify`: what it derives, what it compares, and what it says of a history that is not all there.
#include "tests/snapshot/fixture.hpp"

using namespace tiebreak;
using namespace tiebreak::tests;
using daemon::DataFinding;
using daemon::path;

namespace {

constexpr int messages = 120;

void one_life(SimulatedDisk& disk, OldSegments old_segments) {
    DataLife life(disk, old_segments, 1);
    REQUIRE(life.go_on(messages));
    REQUIRE_FALSE(life.commit().flush_and_stop());
    disk.kill_processes();
}

// The events of everything, with those of deadlines that no command came after.
std::vector<std::string> all_events() {
    EventLines events;
    matching::Engine engine;
    for (std::uint64_t n = 0; n < messages; ++n) {
        Instant at_ns = stamp_of(n);
        for (const auto& command : message(n)) engine.apply(at_ns++, command, events);
    }
    engine.advance(noon_ns + 3600 * second_ns - 1, events);
    return events.lines;
}

}  // namespace

TEST_CASE("a whole history: every event is derived, also by deadlines up to the last ceiling, and both snapshots are compared") {
    SimulatedDisk disk(1);
    one_life(disk, OldSegments::archive);
    EventLines events;
    const auto report = daemon::verify_data(disk, journal_directory, nullptr, &events);
    CHECK(report.findings.empty());
    CHECK(report.remarks.empty());
    CHECK(report.first_position == 1);
    CHECK(report.last_position == messages + 2);
    CHECK(report.segments_archived > 0);
    CHECK(report.segments > report.segments_archived);
    CHECK(events.lines == all_events());
    CHECK(report.events == events.lines.size());
    CHECK(report.events_by_deadlines == events.lines.size() - events_after(messages).size());
    CHECK(report.events_by_deadlines > 0);
    CHECK(report.awards > 5);
    CHECK(daemon::text_of(report.hash) == state_after(messages));
    REQUIRE(report.snapshots.size() == 2);
    for (const auto& snapshot : report.snapshots) {
        CHECK(snapshot.whole);
        CHECK(snapshot.compared);
        CHECK(daemon::text_of(snapshot.hash) == state_after(snapshot.position - 2));
    }
}

TEST_CASE("a recorded feed is compared event for event") {
    SimulatedDisk disk(1);
    one_life(disk, OldSegments::archive);
    const auto lines = all_events();
    daemon::RecordedFeed feed;
    SECTION("as it was published, some of it twice") {
        for (const std::string& line : lines) CHECK_FALSE(feed.add(line));
        CHECK_FALSE(feed.add(lines[7]));
        const auto report = daemon::verify_data(disk, journal_directory, &feed);
        CHECK(report.findings.empty());
        CHECK(report.feed_events == lines.size());
    }
    SECTION("an event that says something else") {
        std::string changed = lines[20];
        changed.replace(changed.find("\"at\":\"2026"), 10, "\"at\":\"2025");
        CHECK_FALSE(feed.add(lines[19]));
        CHECK_FALSE(feed.add(changed));
        const auto report = daemon::verify_data(disk, journal_directory, &feed);
        REQUIRE(report.findings.size() == 1);
        CHECK(report.findings[0].kind == DataFinding::Kind::differs);
        CHECK_THAT(report.findings[0].sentence, Catch::Contains("event 21 ") && Catch::Contains(changed) && Catch::Contains(lines[20]));
        CHECK(report.feed_events == 1);
    }
    SECTION("an event that nothing gives") {
        CHECK_FALSE(feed.add(R"({"type":"package_cancelled","at":"2026-11-23T10:00:00.000000000Z","sequence":100000,"package":"K1"})"));
        const auto report = daemon::verify_data(disk, journal_directory, &feed);
        REQUIRE(report.findings.size() == 1);
        CHECK(report.findings[0].kind == DataFinding::Kind::differs);
        CHECK_THAT(report.findings[0].sentence, Catch::Contains("100000"));
    }
    SECTION("lines that are none") {
        CHECK(feed.add(""));
        CHECK(feed.add("nonsense"));
        CHECK(feed.add(R"({"type":"offer_accepted","at":"x"})"));
        CHECK_FALSE(feed.add(lines[3]));
        CHECK_THAT(*feed.add(lines[3] + " "), Catch::Contains("a second time"));
    }
}

TEST_CASE("a snapshot that is whole in itself and yet not what the journal gives is found") {
    SimulatedDisk disk(1);
    one_life(disk, OldSegments::archive);
    const auto position = list_snapshots(disk, journal_directory)->front();
    auto snapshot = *read_snapshot(disk, journal_directory, position);
    // The state of a moment earlier, under the later one's position.
    daemon::OwnReplay own(snapshot.header.epoch, small_history, UINT64_MAX);
    for (std::uint64_t n = 0; n + 3 < position; ++n) {
        Instant at_ns = stamp_of(n);
        for (const auto& command : message(n)) own.engine.apply(at_ns++, command, own.feed);
    }
    const auto earlier = own.replay.save(snapshot.header.epoch);
    snapshot.engine = earlier.engine;
    snapshot.topics = earlier.topics;
    snapshot.header.hash = earlier.header.hash;
    snapshot.header.last_sequence = earlier.header.last_sequence;
    REQUIRE_FALSE(disk.remove(journal_directory / daemon::snapshot_name(position)));
    REQUIRE(*write_snapshot(disk, journal_directory, snapshot, 0, [] { return true; }));
    const auto report = daemon::verify_data(disk, journal_directory);
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].kind == DataFinding::Kind::differs);
    CHECK_THAT(report.findings[0].sentence, Catch::Contains(daemon::snapshot_name(position)));

    // A hash that is not that of the content is damage, though every checksum holds.
    snapshot.header.hash[5] ^= std::byte{1};
    REQUIRE_FALSE(disk.remove(journal_directory / daemon::snapshot_name(position)));
    REQUIRE(*write_snapshot(disk, journal_directory, snapshot, 0, [] { return true; }));
    const auto again = daemon::verify_data(disk, journal_directory);
    REQUIRE(again.findings.size() == 1);
    CHECK(again.findings[0].kind == DataFinding::Kind::damaged);
}

TEST_CASE("with a recycled history events are derived from the oldest snapshot on, and that is said") {
    SimulatedDisk disk(1);
    one_life(disk, OldSegments::recycle);
    const auto snapshots = *list_snapshots(disk, journal_directory);
    EventLines events;
    const auto report = daemon::verify_data(disk, journal_directory, nullptr, &events);
    CHECK(report.findings.empty());
    CHECK(report.first_position > 1);
    CHECK(report.replayed_from == snapshots[1] + 1);
    REQUIRE(report.remarks.size() == 1);
    CHECK_THAT(report.remarks[0], Catch::Contains("from record " + std::to_string(report.replayed_from)));
    CHECK(daemon::text_of(report.hash) == state_after(messages));
    const auto whole = all_events();
    REQUIRE(events.lines.size() < whole.size());
    CHECK(std::equal(events.lines.rbegin(), events.lines.rend(), whole.rbegin()));
    CHECK_FALSE(report.snapshots[0].compared);
    CHECK(report.snapshots[1].compared);

    for (const std::uint64_t position : snapshots) REQUIRE_FALSE(disk.remove(journal_directory / daemon::snapshot_name(position)));
    const auto without = daemon::verify_data(disk, journal_directory);
    REQUIRE(without.findings.size() == 1);
    CHECK(without.findings[0].kind == DataFinding::Kind::damaged);
    CHECK_THAT(without.findings[0].sentence, Catch::Contains("begins at record " + std::to_string(without.first_position)));
}

TEST_CASE("a directory that can't be read is no damage") {
    SimulatedDisk disk(1);
    one_life(disk, OldSegments::archive);
    disk.fail_call(1, SimulatedDisk::Fails::with_io_error);
    const auto report = daemon::verify_data(disk, journal_directory);
    REQUIRE_FALSE(report.findings.empty());
    CHECK(report.findings[0].kind == DataFinding::Kind::unreadable);
}

TEST_CASE("where the history is damaged, what came before the damage is told: commands, events and the state after them") {
    SimulatedDisk disk(1);
    one_life(disk, OldSegments::archive);
    const path archive = journal_directory / daemon::archive_name;
    auto names = *disk.list(archive);
    std::ranges::sort(names);
    REQUIRE(names.size() > 1);
    const path damaged = archive / names[1];
    const std::uint64_t middle = disk.content(damaged).size() / 2;
    const std::byte wrong = disk.content(damaged)[middle] ^ std::byte{1};
    disk.overwrite(damaged, middle, std::span(&wrong, 1));

    const auto report = daemon::verify_data(disk, journal_directory);
    REQUIRE_FALSE(report.findings.empty());
    CHECK(report.findings[0].kind == DataFinding::Kind::damaged);
    REQUIRE(report.last_position > 3);
    REQUIRE(report.last_position < messages + 2);
    std::uint64_t commands = 0;
    for (std::uint64_t n = 0; n + 2 < report.last_position; ++n) commands += message(n).size();
    CHECK(report.commands == commands);
    CHECK(report.hash_known);
    CHECK(daemon::text_of(report.hash) == state_after(report.last_position - 2));
    CHECK(report.events == events_after(report.last_position - 2).size());
}
