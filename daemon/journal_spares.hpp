#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "daemon/disk.hpp"
#include "daemon/journal_fault.hpp"

namespace tiebreak::daemon {

// A file of one segment's length, all zeros, allocated and synced: writing into it changes no metadata.
struct SpareSegment {
    std::unique_ptr<DiskFile> file;
    std::string name;
};

// The files that will be segments: waiting (recycled, or left by an earlier run), then ready (zeros, synced, and its
// name synced too), then taken. Thread-safe; preparing is done by one thread at a time, whoever comes second waits.
class SpareSegments {
public:
    SpareSegments(Disk& disk, path directory, std::uint64_t segment_bytes);

    // At the start, before serving: takes over what an earlier run left, removes what does not fit or is too many.
    [[nodiscard]] Outcome<void> adopt(const std::vector<std::string>& names);
    // A name that no file has, and a file of that name: a segment that is not needed any more, its new name synced.
    [[nodiscard]] std::string new_name();
    void add(std::string name);

    // Makes one spare ready if there is none. May take as long as writing a whole segment. Stops early, without a
    // spare and without a fault, once stop() has been called.
    [[nodiscard]] Outcome<void> prepare();
    void stop() noexcept { stop_.store(true, std::memory_order_relaxed); }
    [[nodiscard]] std::optional<SpareSegment> take();
    // For who cannot go on without: waits for the one that is being made, or makes one, either way without pauses.
    [[nodiscard]] Outcome<SpareSegment> take_or_prepare();
    [[nodiscard]] std::size_t ready() const;

private:
    [[nodiscard]] std::optional<std::string> next_waiting();
    [[nodiscard]] Outcome<bool> fill_with_zeros(DiskFile& file, const std::string& name);
    [[nodiscard]] Fault failed(const char* attempt, const std::string& name, std::error_code error) const;

    Disk& disk_;
    path directory_;
    std::uint64_t segment_bytes_;
    std::mutex preparing_;  // held while a spare is being made
    mutable std::mutex lists_;
    std::deque<SpareSegment> ready_;
    std::deque<std::string> waiting_;
    std::uint64_t next_number_ = 1;
    std::atomic<bool> stop_{false};
    std::atomic<bool> hurry_{false};
};

}  // namespace tiebreak::daemon
