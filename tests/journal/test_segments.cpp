#include "tests/catch.hpp"
#include "tests/journal/fixture.hpp"

using namespace tiebreak;
using namespace tiebreak::daemon;
using namespace tiebreak::tests;

namespace {

const std::string payload(200, 'p');

void append_and_commit(GroupCommit& commit, int count) {
    for (int i = 0; i < count; ++i) {
        REQUIRE(commit.append(RecordKind::commands, i, bytes_of(payload)));
        REQUIRE(commit.commit_once());
    }
}

std::size_t count_names(SimulatedDisk& disk, bool segments) {
    std::size_t count = 0;
    for (const std::string& name : *disk.list(journal_directory)) {
        count += segments ? first_position_of(name).has_value() : spare_number(name).has_value();
    }
    return count;
}

}  // namespace

TEST_CASE("a commit may fill several segments") {
    SimulatedDisk disk(1);
    Listener listener;
    const auto commit = open_commit(disk, listener, small_options());
    REQUIRE(commit);
    std::vector<Record> records;
    while (commit->append(RecordKind::commands, 1, bytes_of(payload))) {
        records.push_back({1, RecordKind::commands, payload});
    }
    REQUIRE(commit->commit_once());
    CHECK(count_names(disk, true) >= 4);
    CHECK(commit->counters().journal.segments == count_names(disk, true));
    disk.cut_power();
    disk.power_returns(SimulatedDisk::Unsynced::lost);
    const auto reading = read_everything(disk);
    CHECK_FALSE(reading.fault);
    CHECK(reading.records == records);
}

TEST_CASE("with a spare at hand a new segment costs no more syncs than its name does") {
    SimulatedDisk disk(1);
    Listener listener;
    const auto commit = open_commit(disk, listener, small_options());
    REQUIRE(commit);
    append_and_commit(*commit, 1);
    CHECK(commit->counters().journal.segments_late == 1);  // nothing had been prepared
    for (int i = 0; i < 100; ++i) {
        commit->prepare_once();
        append_and_commit(*commit, 1);
    }
    CHECK(commit->counters().journal.segments > 5);
    CHECK(commit->counters().journal.segments_late == 1);
    CHECK_FALSE(commit->counters().faulted);
}

TEST_CASE("recycled segments become later ones, and their old records are never read again") {
    SimulatedDisk disk(1);
    Listener listener;
    const auto commit = open_commit(disk, listener, small_options());
    REQUIRE(commit);
    append_and_commit(*commit, 50);
    const std::size_t files = disk.list(journal_directory)->size();
    const auto cursor = commit->journal().cursor();
    REQUIRE(cursor->read_from(1, 1).has_value());

    for (int round = 0; round < 5; ++round) {
        const std::uint64_t durable = commit->durable_position();
        const auto recycled = commit->journal().recycle_before(durable - 5);
        REQUIRE(recycled.has_value());
        CHECK(*recycled >= 2);
        CHECK(commit->journal().first_position() > 1);
        CHECK(commit->journal().first_position() <= durable - 5);
        const auto reading = read_everything(disk);
        CHECK_FALSE(reading.fault);
        CHECK(reading.first_position == commit->journal().first_position());
        CHECK(reading.tail.last_position == durable);
        append_and_commit(*commit, 50);
        CHECK(disk.list(journal_directory)->size() <= files + 1);  // nothing unlinked, hardly anything made
    }
    const auto batch = cursor->read_from(1, 1);
    REQUIRE_FALSE(batch.has_value());
    CHECK(batch.error().kind == FaultKind::gone);
    const auto rest = cursor->read_from(commit->journal().first_position(), 1'000'000);
    REQUIRE(rest.has_value());
    CHECK(rest->last_position == 300);

    const std::uint64_t first = commit->journal().first_position();
    REQUIRE_FALSE(commit->flush_and_stop());
    const auto reading = read_everything(disk);
    CHECK_FALSE(reading.fault);
    CHECK(reading.remarks.empty());
    CHECK(reading.tail.stray_bytes == 0);  // they were filled with zeros first
    CHECK(reading.first_position == first);
    CHECK(reading.first_position + reading.records.size() - 1 == 300);
}

TEST_CASE("the segment being written is never recycled, nor one that still holds a wanted record") {
    SimulatedDisk disk(1);
    Listener listener;
    const auto commit = open_commit(disk, listener, small_options());
    REQUIRE(commit);
    append_and_commit(*commit, 50);
    const std::size_t segments = commit->counters().journal.segments;
    REQUIRE(*commit->journal().recycle_before(1'000'000) == segments - 1);
    CHECK(count_names(disk, true) == 1);
    const std::uint64_t first = commit->journal().first_position();
    append_and_commit(*commit, 50);
    CHECK(*commit->journal().recycle_before(first + 1) == 0);
    CHECK(commit->journal().first_position() == first);
}

TEST_CASE("spares that an earlier run left are used, whatever is in them; too many and wrong ones go") {
    SimulatedDisk disk(1);
    Listener listener;
    {
        const auto commit = open_commit(disk, listener, small_options());
        REQUIRE(commit);
        append_and_commit(*commit, 150);
        REQUIRE(*commit->journal().recycle_before(1'000'000) > 6);
        disk.kill_processes();
    }
    CHECK(count_names(disk, false) > 6);
    const auto before = read_everything(disk);
    JournalOptions options = small_options(2);
    options.first_position_needed = before.first_position;
    const auto commit = open_commit(disk, listener, options);
    REQUIRE(commit);
    CHECK(count_names(disk, false) == 4);
    append_and_commit(*commit, 60);
    CHECK(count_names(disk, false) == 0);
    REQUIRE_FALSE(commit->flush_and_stop());
    const auto reading = read_everything(disk);
    CHECK_FALSE(reading.fault);
    CHECK(reading.records.size() == before.records.size() + 60);
}

TEST_CASE("a full disk is seen coming: a warning while the journal still has room, a fault only when it has none") {
    SimulatedDisk disk(1, 5 * 8192);
    Listener listener;
    JournalOptions options = small_options();
    options.disk_free_bytes_min = 2 * 8192;
    const auto commit = open_commit(disk, listener, options);
    REQUIRE(commit);
    std::uint64_t warned_at = 0;
    while (!commit->fault()) {
        commit->prepare_once();
        if (listener.disk_low > 0 && warned_at == 0) warned_at = commit->durable_position();
        if (!commit->append(RecordKind::commands, 0, bytes_of(payload))) break;
        commit->commit_once();
    }
    REQUIRE(listener.fault);
    CHECK(listener.fault->kind == FaultKind::disk_full);
    CHECK(listener.faults == 1);
    CHECK(warned_at > 0);
    CHECK(listener.durable > warned_at + 15);  // a segment and more after the first warning
    CHECK(commit->counters().journal.disk_low);
    CHECK_FALSE(commit->append(RecordKind::commands, 0, bytes_of(payload)));
    const auto reading = read_everything(disk);
    CHECK_FALSE(reading.fault);
    CHECK(reading.records.size() == listener.durable);
}

TEST_CASE("room that is made in time lets the journal go on") {
    SimulatedDisk disk(1, 2 * 8192);
    Listener listener;
    const auto commit = open_commit(disk, listener, small_options());
    REQUIRE(commit);
    append_and_commit(*commit, 1);
    CHECK(commit->prepare_once());
    append_and_commit(*commit, 20);
    CHECK_FALSE(commit->prepare_once());
    CHECK(listener.disk_low > 0);
    CHECK_FALSE(commit->fault());
    disk.set_capacity(1 << 20);
    CHECK(commit->prepare_once());
    append_and_commit(*commit, 50);
    CHECK_FALSE(commit->counters().journal.disk_low);
}
