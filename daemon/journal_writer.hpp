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

// Writes commits after the end of a journal, in two steps: what is written outlives the process, what is synced the machine too. After
// any fault the writer must not be used again.
//
// One thread at a time, except sync(): what more is written while it waits for the disk is not covered by it.
class JournalWriter {
public:
    // The options, spares and list must outlive the writer.
    JournalWriter(Disk& disk, path directory, const JournalOptions& options, std::uint64_t epoch, SpareSegments& spares,
                  SegmentList& segments);

    // Takes up where `tail` ends: clears what lies behind, makes sure that what lies before is on the disk and not only
    // in the memory of the machine, and marks it as proven.
    [[nodiscard]] Outcome<void> resume(const JournalTail& tail);

    // How far the active segment is written, and the last record there.
    struct Written {
        std::uint64_t offset = 0;
        std::uint64_t position = 0;
    };
    // Whole records with drafted headers (payload_bytes, position, stamp_ns, kind), one after another, positions rising
    // by one from the last; the bytes are changed. How far that came. Where they go beyond the active segment, all but the last segment's
    // are durable.
    [[nodiscard]] Outcome<Written> write(std::span<std::byte> records);
    // Whether write() would neither begin a segment nor wait for the disk.
    [[nodiscard]] bool has_room_for(std::uint64_t bytes) const noexcept { return active_.file && fits(active_.offset, bytes); }
    // All that has been written so far is durable when this returns without a fault: how long the disk took, in ns. Only on the thread
    // that begins segments.
    [[nodiscard]] Outcome<std::int64_t> sync(const Written& written);
    // Writes and syncs the proof that the last commit is durable. Nothing if it has one, if something is written and not synced, or if
    // the segment has no room for it: then the next segment will be the proof.
    [[nodiscard]] Outcome<bool> mark();
    // Any thread.
    [[nodiscard]] bool is_marked() const noexcept { return marked_.load(std::memory_order_relaxed); }
    // Any thread. How often a segment had to be prepared while a commit waited.
    [[nodiscard]] std::uint64_t segments_late() const noexcept {
        return segments_late_.load(std::memory_order_relaxed);
    }

private:
    struct Active {
        std::unique_ptr<DiskFile> file;
        SegmentHeader header;
        std::uint32_t seed = 0;
        std::uint64_t offset = 0;  // where the next record goes
    };

    [[nodiscard]] Written written() const noexcept { return {active_.offset, last_position_}; }
    [[nodiscard]] bool fits(std::uint64_t offset, std::uint64_t bytes) const noexcept;
    [[nodiscard]] std::size_t seal(std::span<std::byte> records);
    [[nodiscard]] Outcome<void> write_sealed(std::span<const std::byte> bytes);
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
    std::atomic<bool> marked_{true};
    std::atomic<std::uint64_t> synced_offset_{0};  // of the active segment: all before it is on the disk
    std::atomic<std::uint64_t> segments_late_{0};
};

}  // namespace tiebreak::daemon
