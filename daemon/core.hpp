// The daemon without its sockets and threads: what a start recovers, and all that a turn of the loop works on.
//
// The service gives it sockets and threads; a simulation drives the very same code on a clock, disk and network of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "daemon/archive.hpp"
#include "daemon/clock.hpp"
#include "daemon/config.hpp"
#include "daemon/disk.hpp"
#include "daemon/feed.hpp"
#include "daemon/group_commit.hpp"
#include "daemon/history.hpp"
#include "daemon/history_log.hpp"
#include "daemon/intake.hpp"
#include "daemon/journal.hpp"
#include "daemon/keeper.hpp"
#include "daemon/metrics.hpp"
#include "daemon/passage.hpp"
#include "daemon/processor.hpp"
#include "daemon/reading_ahead.hpp"
#include "daemon/sign_of_life.hpp"
#include "daemon/snapshot_keeper.hpp"
#include "daemon/stamp_clock.hpp"
#include "daemon/stamps.hpp"
#include "daemon/start_failure.hpp"
#include "daemon/turn.hpp"
#include "matching/engine.hpp"

namespace tiebreak::daemon {

// In this order: open, recover, bridge, serve; then turns, steps of the archive and commits, until finish. One thread until serve() has
// returned, but for the one that reads the journal within recover().
class Core final : private SnapshotKeeper::Listener {
public:
    // What only a simulation sets.
    struct Seams {
        std::function<std::uint64_t()> random;  // as JournalOptions
        std::function<bool()> archive_waits;    // as ArchiveOptions
        std::chrono::milliseconds between_removals{5};  // as SnapshotOptions
        ReadOn recovery_reads_on = ReadOn::own_thread;  // as recover()
    };

    // The listener gets no call before recover() and must outlive this; so must disk and clock.
    Core(const Config& config, Disk& disk, Clock& clock, CommitListener& listener);
    Core(const Config& config, Disk& disk, Clock& clock, CommitListener& listener, Seams seams);
    ~Core() override;

    // Locks the data and finds the journal's end. Nothing, or why not; then only destroying is allowed.
    [[nodiscard]] std::optional<StartFailure> open();
    // Replays the journal and gets ready to write it. The same.
    [[nodiscard]] std::optional<StartFailure> recover();
    // Sees to windows that would have closed since the last life, and sets the clock going. To be called as late as can be: where there was something
    // to see to, a start that fails after this has ended the outage. The same.
    [[nodiscard]] std::optional<StartFailure> bridge();
    // From here on there are a turn and an archive. The outlet must outlive this.
    void serve(FeedOutlet& outlet);
    // The last turn has been, and the keeper's last look: commits what is left and marks the end, so that the next start's stamps are
    // not ahead of the clock; writes down when this life ended.
    void finish();
    // Lets go of the data; the listener gets no call any more. As destroying does.
    void close();

    [[nodiscard]] const Config& config() const noexcept { return config_; }
    [[nodiscard]] StampClock& clock() noexcept { return time_; }  // what stamps and deadlines go by
    [[nodiscard]] Metrics& metrics() noexcept { return metrics_; }
    [[nodiscard]] Passage& passage() noexcept { return passage_; }
    [[nodiscard]] LoopBell& bell() noexcept { return bell_; }
    [[nodiscard]] matching::Instant first_stamp_ns() const noexcept { return first_stamp_ns_; }  // from bridge() on
    [[nodiscard]] const matching::Engine& engine() const noexcept { return engine_; }
    [[nodiscard]] Feed& feed() noexcept { return *feed_; }              // from recover() on
    [[nodiscard]] GroupCommit& journal() noexcept { return *journal_; }  // likewise
    [[nodiscard]] Turn& turn() noexcept { return *turn_; }              // from serve() on
    [[nodiscard]] Archive& archive() noexcept { return *archive_; }      // likewise
    [[nodiscard]] Keeper& keeper() noexcept { return *keeper_; }         // likewise
    [[nodiscard]] SnapshotKeeper& snapshots() noexcept { return *snapshots_; }  // likewise

private:
    void on_snapshot_news(const std::string& sentence) override;
    void on_snapshot_trouble(const std::string& sentence) override;
    void on_snapshot_fault(const Fault& fault) override;

    const Config config_;
    Disk& disk_;
    Clock& clock_;
    StampClock time_;
    CommitListener& listener_;
    const Seams seams_;
    Metrics metrics_;
    Passage passage_;
    LoopBell bell_;
    HistoryLog history_log_;
    matching::Engine engine_;
    std::uint64_t epoch_ = 0;
    matching::Instant first_stamp_ns_ = 0;
    matching::Instant standing_ceiling_ns_ = 0;
    std::uint64_t snapshot_position_ = 0, snapshot_bytes_ = 0;
    std::unique_ptr<Journal> opened_;
    std::optional<Feed> feed_;
    std::optional<History> history_;
    std::unique_ptr<GroupCommit> journal_;
    std::optional<Ceiling> ceiling_;
    std::optional<Processor> processor_;
    std::optional<EventLog> event_log_;
    std::optional<Archive> archive_;
    std::optional<Turn> turn_;
    std::optional<SignOfLife> sign_;
    std::optional<Keeper> keeper_;
    std::optional<SnapshotKeeper> snapshots_;
};

}  // namespace tiebreak::daemon
