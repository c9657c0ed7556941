#include "daemon/journal_verify.hpp"
#include "tests/catch.hpp"
#include "tests/journal/fixture.hpp"

using namespace tiebreak;
using namespace tiebreak::daemon;
using namespace tiebreak::tests;

namespace {

std::vector<Record> numbered(std::size_t count) {
    std::vector<Record> records;
    for (std::size_t i = 0; i < count; ++i) {
        records.push_back({static_cast<std::int64_t>(1000 + i), i == 0 ? RecordKind::genesis : RecordKind::commands,
                           "payload " + std::to_string(i) + std::string(i * 7 % 90, 'x')});
    }
    return records;
}

void append_all(GroupCommit& commit, const std::vector<Record>& records) {
    for (const Record& record : records) REQUIRE(commit.append(record.kind, record.stamp_ns, bytes_of(record.payload)));
}

}  // namespace

TEST_CASE("an empty directory becomes an empty journal, and asking changes nothing in it") {
    SimulatedDisk disk(1);
    auto journal = Journal::open(disk, journal_directory, small_options());
    REQUIRE(journal.has_value());
    CHECK((*journal)->is_new());
    CHECK((*journal)->epoch() != 0);
    CHECK((*journal)->last_position() == 0);
    const auto summary = (*journal)->read_all([](const RecordView&) { return true; });
    REQUIRE(summary.has_value());
    CHECK(summary->records == 0);
    CHECK(read_everything(disk).records.empty());
    CHECK(disk.list(journal_directory)->empty());
}

TEST_CASE("what was appended and committed is there in order after a clean stop") {
    SimulatedDisk disk(1);
    Listener listener;
    const auto records = numbered(200);  // several segments
    std::uint64_t epoch = 0;
    {
        const auto commit = open_commit(disk, listener, small_options());
        REQUIRE(commit);
        epoch = commit->journal().epoch();
        for (std::size_t i = 0; i < records.size(); ++i) {
            REQUIRE(commit->append(records[i].kind, records[i].stamp_ns, bytes_of(records[i].payload)) == i + 1);
            if (i % 7 == 0) REQUIRE(commit->commit_once());
        }
        REQUIRE_FALSE(commit->flush_and_stop());
        CHECK(commit->durable_position() == records.size());
        CHECK(listener.durable == records.size());
        CHECK_FALSE(commit->append(RecordKind::commands, 0, bytes_of("late")));
        CHECK(commit->counters().journal.segments >= 3);
        CHECK(commit->counters().records == records.size());
    }
    const auto reading = read_everything(disk);
    CHECK_FALSE(reading.fault);
    CHECK(reading.records == records);
    CHECK(reading.tail.proven);
    CHECK(reading.tail.stray_bytes == 0);
    CHECK(reading.remarks.empty());

    auto journal = Journal::open(disk, journal_directory, small_options());
    REQUIRE(journal.has_value());
    CHECK_FALSE((*journal)->is_new());
    CHECK((*journal)->epoch() == epoch);
    CHECK((*journal)->last_position() == records.size());
    std::vector<Record> read;
    std::uint64_t expected = 150;
    const auto summary = (*journal)->read_all(
        [&](const RecordView& view) {
            CHECK(view.position == expected++);
            CHECK(reinterpret_cast<std::uintptr_t>(view.payload.data()) % 8 == 0);
            read.push_back(record_of(view));
            return view.position < 180;
        },
        150);
    REQUIRE(summary.has_value());
    CHECK(summary->records == 31);
    CHECK(read == std::vector<Record>(records.begin() + 149, records.begin() + 180));
}

TEST_CASE("parts are written one after another as one payload") {
    SimulatedDisk disk(1);
    Listener listener;
    const auto commit = open_commit(disk, listener, small_options());
    REQUIRE(commit);
    const std::string head = "four";
    const std::string body = "and more than eight bytes";
    REQUIRE(commit->append(RecordKind::commands, 5, {bytes_of(head), {}, bytes_of(body)}));
    REQUIRE(commit->append(RecordKind::ceiling, 6, std::span<const std::byte>{}));
    REQUIRE(commit->commit_once());
    const auto reading = read_everything(disk);
    CHECK(reading.records == std::vector<Record>{{5, RecordKind::commands, head + body}, {6, RecordKind::ceiling, ""}});
}

TEST_CASE("a full buffer is said at once, and a commit makes room") {
    SimulatedDisk disk(1);
    Listener listener;
    const auto commit = open_commit(disk, listener, small_options());
    REQUIRE(commit);
    const std::string payload(960, 'x');
    int accepted = 0;
    while (commit->append(RecordKind::commands, accepted, bytes_of(payload))) ++accepted;
    CHECK(accepted == 16);  // of 1,000 bytes each in 16,384
    CHECK(commit->counters().busy == 1);
    CHECK(commit->counters().buffer_bytes == 16000);
    CHECK(commit->durable_position() == 0);
    REQUIRE(commit->commit_once());
    CHECK(commit->durable_position() == 16);
    CHECK(commit->append(RecordKind::commands, 0, bytes_of(payload)) == 17u);
}

TEST_CASE("a cursor reads what is durable and nothing more") {
    SimulatedDisk disk(1);
    Listener listener;
    const auto records = numbered(120);
    const auto commit = open_commit(disk, listener, small_options());
    REQUIRE(commit);
    const auto cursor = commit->journal().cursor();
    auto batch = cursor->read_from(1, 1000);
    REQUIRE(batch.has_value());
    CHECK(batch->entries.empty());
    CHECK(batch->end);

    append_all(*commit, {records.begin(), records.begin() + 100});
    REQUIRE(commit->commit_once());
    append_all(*commit, {records.begin() + 100, records.end()});

    std::vector<Record> read;
    do {
        batch = cursor->read_from(read.size() + 1, 500);
        REQUIRE(batch.has_value());
        REQUIRE_FALSE(batch->entries.empty());
        for (const auto& entry : batch->entries) {
            CHECK(entry.position == read.size() + 1);
            read.push_back({entry.stamp_ns, entry.kind, text_of(batch->payload(entry))});
        }
        CHECK(batch->last_position == read.size());
    } while (!batch->end);
    CHECK(read == std::vector<Record>(records.begin(), records.begin() + 100));

    REQUIRE(commit->commit_once());
    for (const std::uint64_t position : {120u, 3u, 77u, 78u, 1u, 119u}) {
        batch = cursor->read_from(position, 1);
        REQUIRE(batch.has_value());
        REQUIRE(batch->entries.size() == 1);
        CHECK(batch->entries[0].position == position);
        CHECK(text_of(batch->payload(batch->entries[0])) == records[position - 1].payload);
        CHECK(batch->end == (position == 120));
    }
    batch = cursor->read_from(121, 1);
    REQUIRE(batch.has_value());
    CHECK(batch->end);
}

TEST_CASE("a reader without a lock follows a journal that is being written") {
    SimulatedDisk disk(1);
    Listener listener;
    const auto records = numbered(150);
    const auto commit = open_commit(disk, listener, small_options());
    REQUIRE(commit);
    auto reader = JournalReader::open(disk, journal_directory);
    REQUIRE(reader.has_value());
    std::vector<Record> read;
    for (std::size_t i = 0; i < records.size(); ++i) {
        append_all(*commit, {records[i]});
        if (i % 5 == 0) REQUIRE(commit->commit_once());
        if (i % 11 == 0) commit->mark_once();
        while (true) {
            const auto record = (*reader)->next();
            REQUIRE(record.has_value());
            if (!*record) break;
            CHECK((*record)->position == read.size() + 1);
            read.push_back(record_of(**record));
        }
        REQUIRE(read.size() == commit->durable_position());
    }
    CHECK((*reader)->epoch() == commit->journal().epoch());
    CHECK(read == std::vector<Record>(records.begin(), records.begin() + 146));
}

TEST_CASE("a mark proves the last commit, counts as no record, and is written once") {
    SimulatedDisk disk(1);
    Listener listener;
    const auto commit = open_commit(disk, listener, small_options());
    REQUIRE(commit);
    append_all(*commit, numbered(3));
    REQUIRE(commit->commit_once());
    CHECK(read_everything(disk).tail.proven);  // the first of its segment, which has its name since
    append_all(*commit, numbered(3));
    REQUIRE(commit->commit_once());
    CHECK_FALSE(read_everything(disk).tail.proven);
    CHECK(commit->mark_once());
    CHECK_FALSE(commit->mark_once());
    CHECK(read_everything(disk).tail.proven);
    append_all(*commit, numbered(1));
    REQUIRE(commit->commit_once());
    const auto reading = read_everything(disk);
    CHECK(reading.records.size() == 7);
    CHECK(reading.tail.last_position == 7);
    CHECK(verify_journal(disk, journal_directory).marks == 1);
}

TEST_CASE("options that cannot work together are refused with the figures") {
    SimulatedDisk disk(1);
    const auto refused = [&](const JournalOptions& options) {
        const auto journal = Journal::open(disk, journal_directory, options);
        REQUIRE_FALSE(journal.has_value());
        CHECK(journal.error().kind == FaultKind::bad_option);
        return journal.error().sentence;
    };
    JournalOptions options = small_options();
    options.segment_bytes = 8000;
    CHECK_THAT(refused(options), Catch::Contains("8000"));
    options.segment_bytes = 4096;
    CHECK_THAT(refused(options), Catch::Contains("4096"));
    options.segment_bytes = std::uint64_t{2} << 30;
    CHECK_THAT(refused(options), Catch::Contains("2147483648"));
    options = small_options();
    options.buffer_bytes_max = 1039;
    CHECK_THAT(refused(options), Catch::Contains("1040"));
}

TEST_CASE("segments of another length than today's are read and written on") {
    SimulatedDisk disk(1);
    Listener listener;
    const auto records = numbered(60);
    {
        const auto commit = open_commit(disk, listener, small_options());
        REQUIRE(commit);
        append_all(*commit, {records.begin(), records.begin() + 40});
        REQUIRE_FALSE(commit->flush_and_stop());
    }
    JournalOptions larger = small_options(2);
    larger.segment_bytes *= 4;
    {
        const auto commit = open_commit(disk, listener, larger);
        REQUIRE(commit);
        append_all(*commit, {records.begin() + 40, records.end()});
        REQUIRE_FALSE(commit->flush_and_stop());
    }
    const auto reading = read_everything(disk);
    CHECK_FALSE(reading.fault);
    CHECK(reading.records == records);
}
