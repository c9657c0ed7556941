// Makes snapshots beside the running daemon and puts away the segments that no start needs any more. It holds nothing of the live
// engine: it replays the sealed segments into an engine of its own, so that nobody waits for it, and so that a snapshot is by
// construction what replaying gives.
//
// Invariants, each with a test in tests/snapshot:
//   - a snapshot that has its final name is whole and durable;
//   - a segment leaves the journal only when two snapshots hold everything in it;
//   - at every moment each record has a durable name, in the journal or (policy `archive`) in the archive.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "daemon/journal.hpp"
#include "daemon/metrics.hpp"
#include "daemon/wake.hpp"

namespace tiebreak::daemon {

struct OwnReplay;

// What becomes of segments that lie wholly before the older of the two snapshots that are kept.
enum class OldSegments : std::uint8_t {
    archive,  // moved to DATA/archive
    recycle,  // used again for new records: the history before the older snapshot is given up
    keep,     // left where they are
};

struct SnapshotOptions {
    std::uint64_t after_bytes = 0;        // sealed since the last one; 0: none are made
    OldSegments old_segments = OldSegments::archive;
    std::uint64_t history_bytes_max = 0;  // of the recent events in it
    std::uint64_t disk_free_bytes_min = 0;
    std::chrono::milliseconds between_removals{5};  // of parts of a file that is taken away
};

class SnapshotKeeper {
public:
    class Listener {
    public:
        virtual ~Listener() = default;
        virtual void on_snapshot_news(const std::string& sentence) = 0;
        virtual void on_snapshot_trouble(const std::string& sentence) = 0;  // the daemon goes on; it is tried again
        virtual void on_snapshot_fault(const Fault& fault) = 0;             // nothing may be acknowledged any more. Once, and the last call
    };

    // `newest_position` and `newest_bytes`: of the snapshot that the start has loaded, 0 if none. Everything outlives the keeper.
    SnapshotKeeper(Journal& journal, const SnapshotOptions& options, std::uint64_t newest_position, std::uint64_t newest_bytes,
                   Listener& listener, Metrics& metrics);

    // The thread's whole life: until finish() was called.
    void run();
    void finish() noexcept;                                       // any thread
    void on_segment_sealed() noexcept { bell_.wake_if_asleep(); }  // any thread; never waits

    // One snapshot and what follows from it, if one is due; on the calling thread. True if one was made.
    bool keep_once();

private:
    [[nodiscard]] bool is_due() const;
    [[nodiscard]] Outcome<bool> make();
    [[nodiscard]] Outcome<std::uint64_t> replay_to(std::uint64_t position, OwnReplay& own);
    [[nodiscard]] Outcome<void> put_away(std::uint64_t base_position);
    [[nodiscard]] bool clear_remains();
    [[nodiscard]] Outcome<void> remove_others(std::uint64_t base_position);
    [[nodiscard]] Outcome<void> remove_if(const std::function<bool(const std::string& name)>& superfluous);
    void give_up(const Fault& fault);
    void tell(const Fault& fault, const std::string& consequence);
    void stop_for(const Fault& fault);
    [[nodiscard]] bool pause() const;
    [[nodiscard]] bool goes_on() const noexcept { return !finish_.load(std::memory_order_relaxed); }

    Journal& journal_;
    const SnapshotOptions options_;
    std::uint64_t newest_position_;
    std::uint64_t newest_bytes_;
    std::uint64_t tried_position_ = 0;  // that could not be made: the next try comes with the next segment
    Listener& listener_;
    decltype(Metrics::snapshot)& metrics_;
    Waker bell_;
    std::atomic<bool> finish_{false};
};

}  // namespace tiebreak::daemon
