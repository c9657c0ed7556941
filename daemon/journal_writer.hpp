#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "daemon/disk.hpp"
#include "daemon/journal_fault.hpp"
#include "daemon/journal_options.hpp"
#include "daemon/journal_reader.hpp"
#include "daemon/journal_spares.hpp"

namespace tiebreak::daemon {

// Which segments the directory holds under their final names. Thread-safe.
class SegmentList {
public:
    void set(std::vector<std::uint64_t> first_positions);
    void add(std::uint64_t first_position);
    // The oldest, if nothing in it is at or after `position` and it is not the last.
    [[nodiscard]] std::optional<std::uint64_t> oldest_before(std::uint64_t position) const;
    void remove_oldest();
    // Those that nothing is written to any more, and that hold something after `position`.
    struct Sealed {
        std::uint64_t segments = 0;
        std::uint64_t last_position = 0;  // of the newest of them, 0 if there is none
    };
    [[nodiscard]] Sealed sealed_after(std::uint64_t position) const;
    [[nodiscard]] std::size_t count() const;
    [[nodiscard]] std::uint64_t first_position() const;  // 0 if there is none

private:
    mutable std::mutex mutex_;
    std::vector<std::uint64_t> first_positions_;
};

// From the options, or the system.
[[nodiscard]] std::uint64_t random_number(const JournalOptions& options);

// Writes commits after the end of a journal. One thread. After any fault the writer must not be used again.
class JournalWriter {
public:
    // The options, spares and list must outlive the writer.
    JournalWriter(Disk& disk, path directory, const JournalOptions& options, std::uint64_t epoch, SpareSegments& spares,
                  SegmentList& segments);

    // Takes up where `tail` ends: clears what lies behind, makes sure that what lies before is on the disk and not only
    // in the memory of the machine, and marks it as proven.
    [[nodiscard]] Outcome<void> resume(const JournalTail& tail);

    struct Timings {
        std::int64_t sync_ns = 0;  // the longest of its syncs
    };
    // Whole records with drafted headers (payload_bytes, position, stamp_ns, kind), one after another, positions rising
    // by one from the last. All of them are durable when this returns without a fault; the bytes are changed.
    [[nodiscard]] Outcome<Timings> commit(std::span<std::byte> records);
    // Writes and syncs the proof that the last commit is durable. Nothing if it has one, or if the segment has no
    // room for it: then the next segment will be the proof.
    [[nodiscard]] Outcome<bool> mark();
    [[nodiscard]] bool is_marked() const noexcept { return marked_; }
    // Any thread. How often a segment had to be prepared while a commit waited.
    [[nodiscard]] std::uint64_t segments_late() const noexcept {
        return segments_late_.load(std::memory_order_relaxed);
    }

private:
    struct Active {
        std::unique_ptr<DiskFile> file;
        SegmentHeader header;
        std::uint32_t seed = 0;
        std::uint64_t offset = 0;  // where the next record goes; all before it is synced
    };

    [[nodiscard]] bool fits(std::uint64_t offset, std::uint64_t bytes) const noexcept;
    [[nodiscard]] std::size_t seal(std::span<std::byte> records);
    [[nodiscard]] Outcome<void> write_and_sync(std::uint64_t offset, std::span<const std::byte> bytes);
    [[nodiscard]] Outcome<std::size_t> begin_segment(std::span<std::byte> records);
    [[nodiscard]] Outcome<void> rewrite(std::uint64_t begin, std::uint64_t end);
    [[nodiscard]] Outcome<void> clear(std::uint64_t begin, std::uint64_t end);
    [[nodiscard]] Fault failed(const char* attempt, std::error_code error) const;

    Disk& disk_;
    path directory_;
    const JournalOptions& options_;
    std::uint64_t epoch_;
    SpareSegments& spares_;
    SegmentList& segments_;
    Active active_;  // without a file: the next record begins a segment
    std::uint64_t last_position_ = 0;
    std::uint32_t last_crc_ = 0;
    bool marked_ = true;
    std::int64_t sync_ns_ = 0;
    std::atomic<std::uint64_t> segments_late_{0};
};

}  // namespace tiebreak::daemon
