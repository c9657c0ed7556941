#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "daemon/journal.hpp"
#include "daemon/journal_spares.hpp"
#include "daemon/journal_writer.hpp"
#include "daemon/latched_disk.hpp"

namespace tiebreak::daemon {

// What Journal and GroupCommit share. The writer belongs to the commit thread; everything else is thread-safe or does
// not change once open() has returned.
class Journal::Impl {
public:
    Impl(Disk& disk, path directory, JournalOptions options);

    [[nodiscard]] Outcome<void> open();
    // What GroupCommit does first: the writer is at the end of the journal afterwards, and all before it is durable.
    [[nodiscard]] Outcome<void> begin_writing();
    // Makes a spare ready and looks how much room that leaves.
    [[nodiscard]] Outcome<void> prepare_spare();
    [[nodiscard]] Outcome<std::uint64_t> recycle_before(std::uint64_t position);
    [[nodiscard]] Outcome<Journal::Archived> archive_before(std::uint64_t position);
    [[nodiscard]] JournalCounters counters() const;

    LatchedDisk disk_;
    path directory_;
    JournalOptions options_;
    std::unique_ptr<DiskLock> lock_;
    std::uint64_t epoch_ = 0;
    JournalTail tail_;
    std::vector<std::string> remarks_;
    std::vector<std::string> names_;  // as found at the start
    SegmentList segments_;
    SpareSegments spares_;
    std::unique_ptr<JournalWriter> writer_;
    std::atomic<std::uint64_t> durable_position_{0};
    std::atomic<std::uint64_t> disk_free_bytes_{0};
    std::atomic<bool> disk_low_{false};

private:
    [[nodiscard]] Outcome<void> lock();
    [[nodiscard]] Outcome<void> find_end();
    [[nodiscard]] Outcome<void> look_for_room(bool known_full);
    [[nodiscard]] Outcome<std::optional<std::string>> archive(std::uint64_t first_position);
    [[nodiscard]] Outcome<bool> same_segment(const path& one, const path& other);

    std::mutex recycling_;
    bool archive_is_durable_ = false;  // its name has been synced; whoever holds recycling_
    std::atomic<std::uint64_t> segments_recycled_{0};
    std::atomic<std::uint64_t> segments_archived_{0};
};

}  // namespace tiebreak::daemon
