// A snapshot as a file: written whole or not at all, and read with every check.
#include "tests/snapshot/fixture.hpp"

using namespace tiebreak;
using namespace tiebreak::tests;
using daemon::FaultKind;

namespace {

daemon::Snapshot some_snapshot(std::size_t engine_bytes) {
    daemon::Snapshot snapshot;
    snapshot.header = {.epoch = 7, .position = 42, .ceiling_ns = 5, .commands = 3, .last_sequence = 9, .record_crc = 11};
    snapshot.engine.resize(engine_bytes);
    for (std::size_t i = 0; i < engine_bytes; ++i) snapshot.engine[i] = static_cast<char>(i * 31);
    snapshot.topics = "topics";
    snapshot.history = std::string(1000, 'h');
    return snapshot;
}

const auto always = [] { return true; };

}  // namespace

TEST_CASE("a snapshot reads back as it was written, whatever its parts' lengths") {
    for (const std::size_t bytes : {0, 1, 1'000'000, 1'048'576 - 1006, 1'048'576, 3'000'000}) {
        SimulatedDisk disk(1);
        const auto snapshot = some_snapshot(bytes);
        REQUIRE(*write_snapshot(disk, journal_directory, snapshot, 0, always));
        const auto read = read_snapshot(disk, journal_directory, 42);
        REQUIRE(read.has_value());
        CHECK(read->engine == snapshot.engine);
        CHECK(read->topics == snapshot.topics);
        CHECK(read->history == snapshot.history);
        CHECK(read->header.record_crc == 11);
        CHECK(read->header.ceiling_ns == 5);
        CHECK(disk.content(journal_directory / daemon::snapshot_name(42)).size() == daemon::snapshot_file_bytes(read->header));
    }
}

TEST_CASE("a snapshot cut short anywhere, or lengthened, is damaged") {
    SimulatedDisk disk(1);
    REQUIRE(*write_snapshot(disk, journal_directory, some_snapshot(500), 0, always));
    const daemon::path file = journal_directory / daemon::snapshot_name(42);
    const auto whole = disk.content(file);
    const std::byte more{1};
    disk.overwrite(file, whole.size(), std::span(&more, 1));
    CHECK(read_snapshot(disk, journal_directory, 42).error().kind == FaultKind::damaged);
    for (std::size_t bytes = whole.size(); bytes-- > 0;) {
        disk.truncate(file, bytes);
        const auto read = read_snapshot(disk, journal_directory, 42);
        REQUIRE_FALSE(read.has_value());
        REQUIRE(read.error().kind == FaultKind::damaged);
        REQUIRE_THAT(read.error().sentence, Catch::Contains(file.string()));
    }
}

TEST_CASE("names: only those of whole snapshots count") {
    CHECK(daemon::snapshot_name(42) == "snapshot-00000000000000000042.tbs");
    CHECK(daemon::snapshot_position_of("snapshot-00000000000000000042.tbs") == 42);
    CHECK_FALSE(daemon::snapshot_position_of("snapshot-42.tbs"));
    CHECK_FALSE(daemon::snapshot_position_of("snapshot-00000000000000000042.tbs.new"));
    CHECK(daemon::is_snapshot_remains("snapshot-00000000000000000042.tbs.new"));
    CHECK(daemon::is_snapshot_remains("snapshot-00000000000000000042.tbs.old"));
    CHECK_FALSE(daemon::is_snapshot_remains("snapshot-00000000000000000042.tbs"));
    CHECK_FALSE(daemon::is_snapshot_remains("mine.new"));
}

TEST_CASE("a snapshot is not made where it would take the journal's last room, and what was begun is gone") {
    SimulatedDisk disk(1, 100'000);
    const auto refused = write_snapshot(disk, journal_directory, some_snapshot(50'000), 60'000, always);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind == FaultKind::disk_full);
    CHECK(disk.list(journal_directory)->empty());
    CHECK(*write_snapshot(disk, journal_directory, some_snapshot(50'000), 40'000, always));
}

TEST_CASE("a snapshot that is given up half way leaves a draft, over which the next is written") {
    SimulatedDisk disk(1);
    int blocks = 0;
    CHECK_FALSE(*write_snapshot(disk, journal_directory, some_snapshot(3'000'000), 0, [&] { return ++blocks < 2; }));
    CHECK(list_snapshots(disk, journal_directory)->empty());
    CHECK(disk.list(journal_directory)->size() == 1);
    CHECK(*write_snapshot(disk, journal_directory, some_snapshot(3'000'000), 0, always));
    CHECK(disk.list(journal_directory)->size() == 1);
    CHECK(read_snapshot(disk, journal_directory, 42).has_value());
}

TEST_CASE("a large snapshot goes in steps, with pauses") {
    SimulatedDisk disk(1);
    REQUIRE(*write_snapshot(disk, journal_directory, some_snapshot(20'000'000), 0, always));
    int pauses = 0;
    CHECK(remove_in_steps(disk, journal_directory, daemon::snapshot_name(42), [&] { return ++pauses > 0; }).has_value());
    CHECK(pauses == 2);
    CHECK(disk.list(journal_directory)->empty());
}
