#include "daemon/snapshot_keeper.hpp"

#include <poll.h>

#include <chrono>
#include <memory>
#include <new>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/clock.hpp"
#include "daemon/journal_reader.hpp"
#include "daemon/journal_segment.hpp"
#include "daemon/replay_state.hpp"
#include "daemon/snapshot_choice.hpp"

namespace tiebreak::daemon {

SnapshotKeeper::SnapshotKeeper(Journal& journal, const SnapshotOptions& options, std::uint64_t newest_position,
                               std::uint64_t newest_bytes, Listener& listener, Metrics& metrics)
    : journal_(journal),
      options_(options),
      newest_position_(newest_position),
      newest_bytes_(newest_bytes),
      listener_(listener),
      metrics_(metrics.snapshot) {
    metrics_.snapshot_position.set(newest_position_);
    metrics_.snapshot_bytes.set(newest_bytes_);
}

void SnapshotKeeper::finish() noexcept {
    finish_.store(true, std::memory_order_seq_cst);
    bell_.wake_if_asleep();
}

void SnapshotKeeper::run() {
    while (goes_on()) {
        if (keep_once()) continue;
        bell_.going_to_sleep();
        if (!is_due() && finish_.load(std::memory_order_seq_cst) == false) {
            pollfd bell{bell_.fd(), POLLIN, 0};
            ::poll(&bell, 1, -1);
        }
        bell_.awake();
    }
}

// As much as a snapshot writes has been written to the journal since the last one: so snapshots never cost the disk more than the
// journal does, and a start never replays much more than it loads.
bool SnapshotKeeper::is_due() const {
    if (options_.after_bytes == 0) return false;
    const Journal::Sealed sealed = journal_.sealed_after(newest_position_);
    metrics_.snapshot_due_bytes.set(sealed.bytes);
    return sealed.last_position > tried_position_ && sealed.bytes >= options_.after_bytes && sealed.bytes >= newest_bytes_;
}

bool SnapshotKeeper::keep_once() {
    if (!is_due()) return false;
    metrics_.snapshot_running.set(1);
    bool made = false;
    try {
        const auto outcome = make();
        if (!outcome) give_up(outcome.error());
        made = outcome && *outcome;
    } catch (const std::bad_alloc&) {
        metrics_.snapshots_failed.add();
        listener_.on_snapshot_trouble("no snapshot was made: there is not enough memory for a second copy of the state");
    }
    metrics_.snapshot_running.set(0);
    return made;
}

void SnapshotKeeper::give_up(const Fault& fault) {
    metrics_.snapshots_failed.add();
    tell(fault, "no snapshot was made: ");
    (void)clear_remains();  // the room that a draft takes is the journal's
}

void SnapshotKeeper::tell(const Fault& fault, const std::string& consequence) {
    if (fault.kind == FaultKind::names_lost) return stop_for(fault);
    listener_.on_snapshot_trouble(consequence + fault.sentence);
}

void SnapshotKeeper::stop_for(const Fault& fault) {
    finish_.store(true, std::memory_order_seq_cst);
    listener_.on_snapshot_fault(fault);
}

Outcome<bool> SnapshotKeeper::make() {
    const std::int64_t began_ns = steady_ns();
    const std::uint64_t position = tried_position_ = journal_.sealed_after(newest_position_).last_position;
    // They would count against the room for this one.
    if (!clear_remains()) return false;
    Snapshot snapshot;
    std::uint64_t base_position = 0;
    {
        const auto own = std::make_unique<OwnReplay>(journal_.epoch(), options_.history_bytes_max,
                                                     history_begins(position, options_.history_bytes_max));
        const auto base = replay_to(position, *own);
        if (!base) return base.error();
        if (!goes_on()) return false;
        base_position = *base;
        snapshot = own->replay.save(journal_.epoch());
    }
    const auto next = SegmentReader::open(journal_.disk(), journal_.directory(), position + 1);
    if (!next) return next.error();
    snapshot.header.record_crc = next->header().previous_crc;
    const auto written = write_snapshot(journal_.disk(), journal_.directory(), snapshot, options_.disk_free_bytes_min,
                                        [this] { return goes_on(); });
    if (!written || !*written) return written;

    newest_position_ = position;
    newest_bytes_ = snapshot.engine.size() + snapshot.topics.size() + snapshot.history.size();
    metrics_.snapshots.add();
    metrics_.snapshot_position.set(position);
    metrics_.snapshot_bytes.set(newest_bytes_);
    metrics_.snapshot_time_ns.set(static_cast<std::uint64_t>(steady_ns() - began_ns));
    listener_.on_snapshot_news("snapshot of everything up to record " + std::to_string(position) + ": " +
                               std::to_string(newest_bytes_ >> 10U) + " KiB, state " + text_of(snapshot.header.hash));
    if (const auto put = put_away(base_position); !put) {
        stop_for(put.error());
    } else if (const auto removed = remove_others(base_position); !removed) {
        tell(removed.error(), {});
    }
    return true;
}

// The position of the snapshot that the replay began with, 0 if it began with record 1.
Outcome<std::uint64_t> SnapshotKeeper::replay_to(std::uint64_t position, OwnReplay& own) {
    std::vector<std::string> remarks;
    const auto base = begin_with_newest(journal_.disk(), journal_.directory(), journal_.epoch(), journal_.last_position(),
                                        own.replay, remarks);
    for (const std::string& remark : remarks) listener_.on_snapshot_trouble(remark);
    if (!base) return base.error();
    const std::uint64_t base_position = *base ? (*base)->position : 0;
    auto reader = JournalReader::open(journal_.disk(), journal_.directory());
    if (!reader) return reader.error();
    (*reader)->limit_to(position);
    if (auto sought = (*reader)->seek(base_position + 1); !sought) return sought.error();
    while (goes_on()) {
        const auto record = (*reader)->next();
        if (!record) return record.error();
        if (!*record) break;
        if (const auto flaw = own.replay.take(**record)) {
            return Fault{FaultKind::damaged, "record " + std::to_string((*record)->position) + " of the journal " + *flaw, {}, 0,
                         (*record)->position};
        }
    }
    own.replay.finish();
    return base_position;
}

// Only what is in two snapshots goes: should one of them be damaged, the other and the journal after it are enough.
Outcome<void> SnapshotKeeper::put_away(std::uint64_t base_position) {
    if (base_position == 0 || options_.old_segments == OldSegments::keep) return {};
    if (options_.old_segments == OldSegments::recycle) {
        const auto recycled = journal_.recycle_before(base_position + 1);
        if (!recycled) return recycled.error();
        return {};
    }
    const auto archived = journal_.archive_before(base_position + 1);
    if (!archived) return archived.error();
    if (archived->obstacle) listener_.on_snapshot_trouble(*archived->obstacle);
    return {};
}

// What a crash, a stop or a failure has left: drafts, and files on their way out. One that can't be taken away is told of, and stays. Whether to
// go on.
bool SnapshotKeeper::clear_remains() {
    if (!goes_on()) return false;
    const auto removed = remove_if([](const std::string& name) { return is_snapshot_remains(name); });
    if (!removed) tell(removed.error(), {});
    return goes_on();
}

// All but the newest and the one it was made from.
Outcome<void> SnapshotKeeper::remove_others(std::uint64_t base_position) {
    if (base_position == 0) return {};
    return remove_if([&](const std::string& name) {
        const auto position = snapshot_position_of(name);
        return position && *position != newest_position_ && *position != base_position;
    });
}

Outcome<void> SnapshotKeeper::remove_if(const std::function<bool(const std::string& name)>& superfluous) {
    Disk& disk = journal_.disk();
    const path& directory = journal_.directory();
    const auto names = disk.list(directory);
    if (!names) return disk_fault("read", directory.string(), names.error());
    Outcome<void> first_failure;
    for (const std::string& name : *names) {
        if (!goes_on()) break;
        if (!superfluous(name)) continue;
        auto removed = remove_in_steps(disk, directory, name, [this] { return pause(); });
        if (removed) continue;
        if (first_failure) first_failure = removed;
        if (removed.error().kind == FaultKind::names_lost) return removed;
    }
    return first_failure;
}

bool SnapshotKeeper::pause() const {
    std::this_thread::sleep_for(options_.between_removals);
    return goes_on();
}

}  // namespace tiebreak::daemon
