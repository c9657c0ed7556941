// A journal read in batches, on the calling thread or on one of its own: the same records either way.
#include <algorithm>

#include "daemon/reading_ahead.hpp"
#include "tests/catch.hpp"
#include "tests/journal/fixture.hpp"

using namespace tiebreak;
using namespace tiebreak::daemon;
using namespace tiebreak::tests;

namespace {

constexpr std::uint64_t count = 3000;  // three batches

std::string payload_of(std::uint64_t position) { return "payload " + std::to_string(position) + std::string(position % 50, 'x'); }

// A journal of so many records, opened again.
std::unique_ptr<Journal> filled(SimulatedDisk& disk) {
    {
        Listener listener;
        JournalOptions options = small_options();
        options.segment_bytes = 32 * segment_header_bytes;  // a few of them
        const auto commit = open_commit(disk, listener, options);
        REQUIRE(commit);
        for (std::uint64_t position = 1; position <= count; ++position) {
            REQUIRE(commit->append(RecordKind::commands, 1, bytes_of(payload_of(position))));
            if (position % 50 == 0) REQUIRE(commit->commit_once());
        }
        REQUIRE_FALSE(commit->flush_and_stop());
    }
    auto journal = Journal::open(disk, journal_directory, small_options());
    REQUIRE(journal.has_value());
    return std::move(*journal);
}

}  // namespace

TEST_CASE("a journal read in batches gives each record once, in order, on either thread") {
    const auto thread = GENERATE(ReadOn::this_thread, ReadOn::own_thread);
    const std::uint64_t from = GENERATE(std::uint64_t{1}, std::uint64_t{1500}, count);
    SimulatedDisk disk(3);
    const auto journal = filled(disk);
    std::uint64_t expected = from;
    const auto read = read_in_batches(*journal, from, thread, [&](const JournalBatch& batch) {
        for (const auto& entry : batch.entries) {
            const RecordView record = batch.view(entry);
            REQUIRE(record.position == expected);
            REQUIRE(text_of(record.payload) == payload_of(expected));
            REQUIRE(reinterpret_cast<std::uintptr_t>(record.payload.data()) % 8 == 0);
            ++expected;
        }
        return true;
    });
    REQUIRE(read.has_value());
    CHECK(expected == count + 1);
    CHECK(read->records == count + 1 - from);
}

TEST_CASE("reading in batches ends where no more is wanted, and nobody waits for anybody") {
    const auto thread = GENERATE(ReadOn::this_thread, ReadOn::own_thread);
    SimulatedDisk disk(4);
    const auto journal = filled(disk);
    int batches = 0;
    const auto read = read_in_batches(*journal, 1, thread, [&](const JournalBatch&) {
        ++batches;
        return false;
    });
    REQUIRE(read.has_value());
    CHECK(batches == 1);
}

TEST_CASE("what could be read before a fault of the disk is given before the fault is told") {
    const auto thread = GENERATE(ReadOn::this_thread, ReadOn::own_thread);
    SimulatedDisk disk(5);
    const auto journal = filled(disk);
    // Each call that reading makes fails in turn; the later ones when the first segment has been read.
    std::uint64_t most = 0;
    for (std::uint64_t call = 1;; ++call) {
        REQUIRE(call < 100);
        std::uint64_t last = 0;
        disk.fail_call(call, SimulatedDisk::Fails::with_io_error);
        const auto read = read_in_batches(*journal, 1, thread, [&](const JournalBatch& batch) {
            last = batch.last_position;
            return true;
        });
        if (read.has_value()) break;
        CHECK(read.error().kind == FaultKind::disk);
        CHECK(last < count);
        most = std::max(most, last);
    }
    CHECK(most > 1000);
}
