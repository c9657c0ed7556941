#include <algorithm>
#include <map>

#include "daemon/journal_verify.hpp"
#include "tests/catch.hpp"
#include "tests/journal/fixture.hpp"

using namespace tiebreak;
using namespace tiebreak::daemon;
using namespace tiebreak::tests;

namespace {

std::string text(std::uint64_t number) { return "offer " + std::to_string(number) + std::string(number % 50, '.'); }

// Commits of 1 to 4 records until that many have been written; the journal is left as a crash would leave it.
std::vector<Record> write_some(SimulatedDisk& disk, std::uint64_t count, bool stop_cleanly) {
    Listener listener;
    const auto commit = open_commit(disk, listener, small_options());
    REQUIRE(commit);
    std::vector<Record> records;
    for (std::uint64_t i = 1; i <= count; ++i) {
        records.push_back({static_cast<std::int64_t>(i), RecordKind::commands, text(i)});
        REQUIRE(commit->append(RecordKind::commands, records.back().stamp_ns, bytes_of(records.back().payload)) == i);
        if (i % 4 == 0 || i % 3 == 0 || i == count) REQUIRE(commit->commit_once());
    }
    if (stop_cleanly) {
        REQUIRE_FALSE(commit->flush_and_stop());
    } else {
        disk.kill_processes();
    }
    return records;
}

struct Extent {
    std::string segment;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t position = 0;  // of the record, or of the one after a mark
    bool mark = false;
};

// Where each record and mark lies, found by walking along the lengths.
std::vector<Extent> extents(const SimulatedDisk& disk, const std::vector<std::string>& names) {
    std::vector<Extent> all;
    for (const std::string& name : names) {
        const auto bytes = disk.content(journal_directory / name);
        std::uint64_t at = segment_header_bytes;
        while (at + record_header_bytes <= bytes.size()) {
            const auto header = drafted_record_header(std::span(bytes).subspan(at).first<record_header_bytes>());
            if (header.position == 0) break;
            const bool mark = header.kind == RecordKind::mark;
            const std::uint64_t end = at + record_bytes(header.payload_bytes);
            all.push_back({name, at, end, header.position + (mark ? 1 : 0), mark});
            at = end;
        }
    }
    return all;
}

std::vector<std::string> segment_names(SimulatedDisk& disk) {
    std::vector<std::string> names;
    for (const std::string& name : *disk.list(journal_directory)) {
        if (first_position_of(name)) names.push_back(name);
    }
    return names;
}

void put(SimulatedDisk& disk, const std::string& name, std::uint64_t offset, std::byte value) {
    disk.overwrite(journal_directory / name, offset, std::span(&value, 1));
}

}  // namespace

TEST_CASE("a last record that is torn at any byte is cut off, and the journal goes on from before it") {
    const bool garbage = GENERATE(false, true);
    SimulatedDisk whole(1);
    const auto records = write_some(whole, 13, false);
    const auto all = extents(whole, segment_names(whole));
    const Extent last = all.back();
    REQUIRE(last.position == 13);  // a commit by itself
    const auto before = whole.content(journal_directory / last.segment);
    int cut = 0;
    for (std::uint64_t k = last.begin; k < last.end; ++k) {
        SimulatedDisk disk(1);
        write_some(disk, 13, false);
        const std::byte rest = garbage ? std::byte{0xa5} : std::byte{0};
        for (std::uint64_t at = k; at < last.end; ++at) put(disk, last.segment, at, rest);
        const bool changed = disk.content(journal_directory / last.segment) != before;
        const std::size_t expected = changed ? 12 : 13;
        cut += changed;

        auto reading = read_everything(disk);
        REQUIRE_FALSE(reading.fault);
        REQUIRE(reading.records == std::vector<Record>(records.begin(), records.begin() + expected));
        REQUIRE((reading.tail.stray_bytes > 0) == (changed && (garbage || k > last.begin)));

        Listener listener;
        const auto commit = open_commit(disk, listener, small_options(2));
        REQUIRE(commit);
        REQUIRE(commit->journal().remarks().size() == (reading.tail.stray_bytes > 0 ? 1u : 0u));
        REQUIRE(commit->append(RecordKind::ceiling, 99, bytes_of("next")) == expected + 1);
        REQUIRE_FALSE(commit->flush_and_stop());
        reading = read_everything(disk);
        REQUIRE_FALSE(reading.fault);
        REQUIRE(reading.records.size() == expected + 1);
        REQUIRE(reading.records.back() == Record{99, RecordKind::ceiling, "next"});
        REQUIRE(reading.tail.stray_bytes == 0);
    }
    CHECK(cut > 40);
}

TEST_CASE("any flipped byte of a journal that was closed is found and named, and no record ever reads otherwise") {
    SimulatedDisk disk(1);
    const auto records = write_some(disk, 120, true);
    const auto names = segment_names(disk);
    REQUIRE(names.size() >= 3);
    const auto all = extents(disk, names);
    REQUIRE(all.back().mark);
    std::map<std::string, int> found;
    for (const std::string& name : names) {
        const auto before = disk.content(journal_directory / name);
        for (std::uint64_t at = 0; at < before.size(); at += TIEBREAK_STRIDE) {
            put(disk, name, at, before[at] ^ std::byte{0x10});
            const auto report = verify_journal(disk, journal_directory);
            const auto hit = std::find_if(all.begin(), all.end(), [&](const Extent& extent) {
                return extent.segment == name && at >= extent.begin && at < extent.end;
            });
            INFO(name << " offset " << at);
            if (at < segment_header_bytes) {
                REQUIRE(report.damage);
                REQUIRE(report.damage->segment == name);
                REQUIRE(report.damage->offset == 0);
                REQUIRE(report.damage->position == first_position_of(name));
                ++found["segment header"];
            } else if (hit != all.end() && !(hit->mark && &*hit == &all.back())) {
                REQUIRE(report.damage);
                REQUIRE(report.damage->kind == FaultKind::damaged);
                REQUIRE(report.damage->segment == name);
                REQUIRE(report.damage->offset == hit->begin);
                REQUIRE(report.damage->position == hit->position);
                REQUIRE_THAT(report.damage->sentence, Catch::Contains("offset " + std::to_string(hit->begin)));
                REQUIRE(report.records == hit->position - 1);
                ++found["record"];
            } else if (name == names.back()) {
                // After the last record: the closing mark, and the zeros that wait for more.
                REQUIRE_FALSE(report.damage);
                REQUIRE(report.records == records.size());
                REQUIRE(report.stray_bytes > 0);
                ++found["behind the end"];
            } else {
                REQUIRE_FALSE(report.damage);
                REQUIRE(report.records == records.size());
                REQUIRE(report.remarks.size() == 1);
                REQUIRE_THAT(report.remarks[0], Catch::Contains(name));
                ++found["unused"];
            }
            put(disk, name, at, before[at]);
        }
    }
    CHECK(found["segment header"] == static_cast<int>(names.size() * ((segment_header_bytes + TIEBREAK_STRIDE - 1) / TIEBREAK_STRIDE)));
    CHECK(found["record"] > 5000 / TIEBREAK_STRIDE);
    CHECK(found["behind the end"] > 100 / TIEBREAK_STRIDE);
    CHECK(found["unused"] > 10 / TIEBREAK_STRIDE);
    CHECK(read_everything(disk).records == records);
}

TEST_CASE("a flipped byte in a journal that was never closed is found, or lies in the one commit that nothing proves") {
    SimulatedDisk disk(1);
    const auto records = write_some(disk, 120, false);
    const auto names = segment_names(disk);
    const auto all = extents(disk, names);
    REQUIRE_FALSE(all.back().mark);
    const std::uint64_t proven = read_everything(disk).tail.proven_end;
    REQUIRE(proven < all.back().end);
    for (const Extent& extent : all) {
        const auto before = disk.content(journal_directory / extent.segment);
        for (std::uint64_t at = extent.begin; at < extent.end; at += TIEBREAK_STRIDE) {
            put(disk, extent.segment, at, before[at] ^ std::byte{0x80});
            const auto report = verify_journal(disk, journal_directory);
            INFO(extent.segment << " offset " << at);
            if (extent.segment != names.back() || extent.begin < proven) {
                REQUIRE(report.damage);
                REQUIRE(report.damage->position == extent.position);
            } else {
                REQUIRE_FALSE(report.damage);
                REQUIRE(report.records == extent.position - 1);
                REQUIRE(report.stray_bytes > 0);
            }
            put(disk, extent.segment, at, before[at]);
        }
    }
}

TEST_CASE("a daemon does not start on a journal that is damaged in the middle, and says where") {
    SimulatedDisk disk(1);
    write_some(disk, 120, true);
    const auto names = segment_names(disk);
    const auto all = extents(disk, names);
    const Extent& early = all[3];
    put(disk, early.segment, early.begin + 41, std::byte{0});
    auto journal = Journal::open(disk, journal_directory, small_options());
    REQUIRE(journal.has_value());
    const auto summary = (*journal)->read_all([](const RecordView&) { return true; });
    REQUIRE_FALSE(summary.has_value());
    CHECK(summary.error().kind == FaultKind::damaged);
    CHECK(summary.error().position == early.position);
    CHECK_THAT(summary.error().sentence, Catch::Contains(early.segment) && Catch::Contains("position 4"));
    journal->reset();

    // In the last segment it is found even without reading from the start.
    const auto in_last = [&](const Extent& extent) { return extent.segment == names.back(); };
    const Extent& late = *std::find_if(all.begin(), all.end(), in_last);
    put(disk, late.segment, late.begin + 41, std::byte{0});
    journal = Journal::open(disk, journal_directory, small_options());
    REQUIRE_FALSE(journal.has_value());
    CHECK(journal.error().kind == FaultKind::damaged);
    CHECK(journal.error().segment == late.segment);
}

TEST_CASE("a commit whose later part reached the disk without its beginning is no damage, and never comes back") {
    SimulatedDisk disk(1);
    write_some(disk, 12, true);
    Listener listener;
    {
        const auto commit = open_commit(disk, listener, small_options(2));
        REQUIRE(commit);
        for (int i = 0; i < 3; ++i) REQUIRE(commit->append(RecordKind::commands, 100 + i, bytes_of("same length")));
        REQUIRE(commit->commit_once());
        disk.kill_processes();
    }
    const auto all = extents(disk, segment_names(disk));
    const Extent& first = all[all.size() - 3];
    REQUIRE(first.position == 13);
    for (std::uint64_t at = first.begin; at < first.end; ++at) put(disk, first.segment, at, std::byte{0});

    auto reading = read_everything(disk);
    CHECK_FALSE(reading.fault);
    CHECK(reading.records.size() == 12);
    CHECK(reading.tail.stray_bytes > 0);

    // A new record of the same length in its place must not lead on to what was left behind it.
    const auto commit = open_commit(disk, listener, small_options(3));
    REQUIRE(commit);
    CHECK(commit->journal().remarks().size() == 1);
    REQUIRE(commit->append(RecordKind::commands, 200, bytes_of("SAME LENGTH")) == 13u);
    REQUIRE(commit->commit_once());
    reading = read_everything(disk);
    CHECK_FALSE(reading.fault);
    CHECK(reading.records.size() == 13);
    CHECK(reading.tail.stray_bytes == 0);
}

TEST_CASE("a commit that grows out of a journal's proven part may be torn, what is before it may not") {
    SimulatedDisk disk(1);
    write_some(disk, 12, false);
    const auto all = extents(disk, segment_names(disk));
    const Extent& last_but_one = all[all.size() - 4];  // the commits end at 9 and 12
    REQUIRE(last_but_one.position == 9);
    put(disk, last_but_one.segment, last_but_one.begin, std::byte{0});
    const auto reading = read_everything(disk);
    REQUIRE(reading.fault);
    CHECK(reading.fault->position == 9);
}

TEST_CASE("a segment that is missing, cut, exchanged or foreign is said") {
    SimulatedDisk disk(1);
    write_some(disk, 200, true);
    const auto names = segment_names(disk);
    REQUIRE(names.size() >= 4);

    SECTION("one in the middle is missing") {
        REQUIRE_FALSE(disk.remove(journal_directory / names[1]));
        const auto reading = read_everything(disk);
        REQUIRE(reading.fault);
        CHECK(reading.fault->kind == FaultKind::missing);
        CHECK(reading.fault->position == first_position_of(names[1]));
        CHECK(reading.fault->segment == names[0]);
        CHECK_THAT(reading.fault->sentence, Catch::Contains(std::to_string(*first_position_of(names[2]) - 1)));
    }
    SECTION("the first is missing") {
        REQUIRE_FALSE(disk.remove(journal_directory / names[0]));
        const auto journal = Journal::open(disk, journal_directory, small_options());
        REQUIRE_FALSE(journal.has_value());
        CHECK(journal.error().kind == FaultKind::missing);
        CHECK_THAT(journal.error().sentence, Catch::Contains("begins at record"));
        JournalOptions options = small_options();
        options.first_position_needed = *first_position_of(names[1]);
        CHECK(Journal::open(disk, journal_directory, options).has_value());
    }
    SECTION("all are missing though a snapshot says that there were some") {
        for (const auto& name : names) REQUIRE_FALSE(disk.remove(journal_directory / name));
        JournalOptions options = small_options();
        options.first_position_needed = 5;
        const auto journal = Journal::open(disk, journal_directory, options);
        REQUIRE_FALSE(journal.has_value());
        CHECK(journal.error().kind == FaultKind::missing);
    }
    SECTION("one is cut short") {
        disk.truncate(journal_directory / names[1], 6000);
        const auto reading = read_everything(disk);
        REQUIRE(reading.fault);
        CHECK(reading.fault->kind == FaultKind::damaged);
        CHECK(reading.fault->segment == names[1]);
        CHECK_THAT(reading.fault->sentence, Catch::Contains("6000"));
    }
    SECTION("one is empty") {
        disk.truncate(journal_directory / names[1], 0);
        const auto reading = read_everything(disk);
        REQUIRE(reading.fault);
        CHECK(reading.fault->segment == names[1]);
    }
    SECTION("one holds what belongs into another") {
        disk.overwrite(journal_directory / names[1], 0, disk.content(journal_directory / names[2]));
        const auto reading = read_everything(disk);
        REQUIRE(reading.fault);
        CHECK(reading.fault->kind == FaultKind::damaged);
        CHECK(reading.fault->segment == names[1]);
    }
    SECTION("one comes from another journal, with the same positions") {
        SimulatedDisk other(2);
        Listener listener;
        const auto commit = open_commit(other, listener, small_options(77));
        REQUIRE(commit);
        for (std::uint64_t i = 1; i <= 200; ++i) {
            REQUIRE(commit->append(RecordKind::commands, static_cast<std::int64_t>(i), bytes_of(text(i))));
            if (i % 4 == 0 || i % 3 == 0) REQUIRE(commit->commit_once());
        }
        disk.overwrite(journal_directory / names[1], 0, other.content(journal_directory / names[1]));
        const auto reading = read_everything(disk);
        REQUIRE(reading.fault);
        CHECK(reading.fault->segment == names[1]);
        CHECK_THAT(reading.fault->sentence, Catch::Contains("another journal"));
    }
    SECTION("records of another segment lie behind the last one") {
        const auto from = disk.content(journal_directory / names[0]);
        const auto tail = read_everything(disk).tail;
        const auto room = std::min<std::size_t>(2000, from.size() - static_cast<std::size_t>(tail.offset));
        disk.overwrite(journal_directory / tail.segment, tail.offset,
                       std::span(from).subspan(segment_header_bytes, room));
        const auto reading = read_everything(disk);
        CHECK_FALSE(reading.fault);
        CHECK(reading.records.size() == 200);
    }
}

TEST_CASE("what comes from another past of the same journal is not taken for part of this one") {
    // Two journals with one beginning: the same epoch, the same salts, positions and lengths; other words from 11 on.
    SimulatedDisk disk(1);
    SimulatedDisk other(1);
    for (SimulatedDisk* each : {&disk, &other}) {
        Listener listener;
        const auto commit = open_commit(*each, listener, small_options());
        REQUIRE(commit);
        for (int i = 1; i <= 120; ++i) {
            const char* word = i > 10 && each == &other ? "past" : "this";
            REQUIRE(commit->append(RecordKind::commands, i, bytes_of(word + std::string(60, '.'))));
            REQUIRE(commit->commit_once());
        }
        REQUIRE_FALSE(commit->flush_and_stop());
    }
    const auto names = segment_names(disk);
    REQUIRE(names.size() >= 3);
    SECTION("a record") {
        const auto all = extents(disk, names);
        const Extent& extent = all[14];
        const auto from = other.content(journal_directory / extent.segment);
        disk.overwrite(journal_directory / extent.segment, extent.begin,
                       std::span(from).subspan(extent.begin, extent.end - extent.begin));
        const auto reading = read_everything(disk);
        REQUIRE(reading.fault);
        CHECK(reading.fault->position == 15);
    }
    SECTION("a segment") {
        disk.overwrite(journal_directory / names[1], 0, other.content(journal_directory / names[1]));
        const auto reading = read_everything(disk);
        REQUIRE(reading.fault);
        CHECK(reading.fault->segment == names[1]);
        CHECK_THAT(reading.fault->sentence, Catch::Contains("does not follow"));
    }
}

TEST_CASE("verify reports what is there") {
    SimulatedDisk disk(1);
    const auto records = write_some(disk, 120, true);
    const auto report = verify_journal(disk, journal_directory);
    CHECK_FALSE(report.damage);
    CHECK(report.records == 120);
    CHECK(report.first_position == 1);
    CHECK(report.last_position == 120);
    CHECK(report.segments == segment_names(disk).size());
    CHECK(report.epoch != 0);
    CHECK(report.end_proven);
    CHECK(report.marks == 1);
    CHECK(report.stray_bytes == 0);
    std::uint64_t bytes = 0;
    for (const Record& record : records) bytes += record.payload.size();
    CHECK(report.payload_bytes == bytes);
}
