#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/disk.hpp"
#include "daemon/journal_fault.hpp"
#include "daemon/journal_options.hpp"
#include "daemon/journal_reader.hpp"

namespace tiebreak::daemon {

// Some records in a row, copied out of the journal.
struct JournalBatch {
    struct Entry {
        std::uint64_t position = 0;
        std::int64_t stamp_ns = 0;
        RecordKind kind = RecordKind::mark;
        std::size_t offset = 0;  // of its payload in bytes, divisible by eight
        std::size_t payload_bytes = 0;
    };
    std::vector<Entry> entries;
    std::vector<std::byte> bytes;
    std::uint64_t last_position = 0;  // of the last entry; with no entries, the position before the one asked for
    bool end = false;                 // nothing durable came after it when this was read

    // Copies the record.
    void add(const RecordView& record);
    [[nodiscard]] std::span<const std::byte> payload(const Entry& entry) const noexcept {
        return std::span(bytes).subspan(entry.offset, entry.payload_bytes);
    }
    // Lives until the batch is changed.
    [[nodiscard]] RecordView view(const Entry& entry) const noexcept {
        return {entry.position, entry.stamp_ns, entry.kind, payload(entry)};
    }
};

// Reads the journal that this process is writing, up to what is durable. For one thread, which may be another than the
// writer's; must not outlive the Journal.
class JournalCursor {
public:
    virtual ~JournalCursor() = default;
    // Records from `position` on until their payloads reach bytes_max, at least one if there is one. Reading on where
    // the batch before ended is cheap; going elsewhere reads a segment from its start.
    [[nodiscard]] virtual Outcome<JournalBatch> read_from(std::uint64_t position, std::size_t bytes_max) = 0;
};

struct JournalSummary {
    std::uint64_t records = 0;
    std::uint64_t first_position = 0;  // 0 if there are none
    std::uint64_t last_position = 0;
    std::uint64_t segments = 0;
    std::uint64_t payload_bytes = 0;
};

struct JournalCounters {
    std::uint64_t segments = 0;          // in use
    std::uint64_t segments_spare = 0;    // ready to become the next one
    std::uint64_t segments_recycled = 0; // since the start
    std::uint64_t segments_archived = 0; // since the start
    std::uint64_t segments_late = 0;     // how often a commit had to wait for its next segment to be prepared
    std::uint64_t disk_free_bytes = 0;   // when it was last looked at: at the start, after each prepared segment
    bool disk_low = false;               // that was less than disk_free_bytes_min
};

// The journal of one directory, held under an exclusive lock. In this order: open, read_all, then GroupCommit takes
// it over. Damage and torn tails are as JOURNAL.md says.
class Journal {
public:
    // Locks the directory and finds the end of the journal; makes both if they are missing. Changes nothing in an
    // existing journal. Faults: in_use, damaged, missing, wrong_version, disk, disk_full, bad_option.
    [[nodiscard]] static Outcome<std::unique_ptr<Journal>> open(Disk& disk, const path& directory,
                                                                JournalOptions options);
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    [[nodiscard]] std::uint64_t epoch() const noexcept;
    [[nodiscard]] bool is_new() const noexcept;  // holds no record: the daemon appends its genesis first
    [[nodiscard]] std::uint64_t first_position() const noexcept;
    [[nodiscard]] std::uint64_t last_position() const noexcept;
    // Sentences for the log about what was found at the end: bytes of a commit that was cut short, and the like.
    [[nodiscard]] const std::vector<std::string>& remarks() const noexcept;
    [[nodiscard]] const JournalOptions& options() const noexcept;
    [[nodiscard]] Disk& disk() const noexcept;
    [[nodiscard]] const path& directory() const noexcept;

    // Every record from `from_position` on, in order, each checked. Must come before writing begins: what it has not
    // passed has not been checked, the last segment apart. The callback returns false to stop reading.
    using OnRecord = std::function<bool(const RecordView&)>;
    [[nodiscard]] Outcome<JournalSummary> read_all(const OnRecord& on_record, std::uint64_t from_position = 1);

    // For the archive thread. Any number; thread-safe.
    [[nodiscard]] std::unique_ptr<JournalCursor> cursor();
    // Gives segments that hold nothing from `position` on back for use as later ones. Thread-safe; cursors that still
    // want them get the fault `gone`, at the latest when they are overwritten. Never touches the segment being written.
    // A fault is as final as one of the commit thread: stop.
    [[nodiscard]] Outcome<std::uint64_t> recycle_before(std::uint64_t position);
    // Moves segments that hold nothing from `position` on to the archive, oldest first, so that at every moment each has at least
    // one durable name. Thread-safe. Never touches the segment being written. A fault is as final as one of the commit thread: stop.
    struct Archived {
        std::uint64_t segments = 0;
        std::optional<std::string> obstacle;  // why the next one could not be moved; nothing has changed for it
    };
    [[nodiscard]] Outcome<Archived> archive_before(std::uint64_t position);
    // The segments that nothing is written to any more and that hold records after `position`. Thread-safe.
    struct Sealed {
        std::uint64_t segments = 0;
        std::uint64_t bytes = 0;          // of their files
        std::uint64_t last_position = 0;  // in the newest of them, 0 if there is none
    };
    [[nodiscard]] Sealed sealed_after(std::uint64_t position) const;
    [[nodiscard]] JournalCounters counters() const;

    class Impl;
    // For GroupCommit.
    [[nodiscard]] Impl& impl() noexcept { return *impl_; }

private:
    explicit Journal(std::unique_ptr<Impl> impl) noexcept;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tiebreak::daemon
