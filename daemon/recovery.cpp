#include "daemon/recovery.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "daemon/replay_state.hpp"
#include "daemon/snapshot_choice.hpp"

namespace tiebreak::daemon {

namespace {

// A journal without a record may be that of a daemon that starts for the first time, or what is left when its segments have been taken away.
Outcome<void> check_that_it_is_new(Journal& journal) {
    if (!journal.is_new()) return {};
    const path& directory = journal.directory();
    const auto snapshots = list_snapshots(journal.disk(), directory);
    if (!snapshots) return snapshots.error();
    const auto reader = JournalReader::open(journal.disk(), directory);
    if (!reader) return reader.error();
    if (snapshots->empty() && (*reader)->first_position() == 0) return {};
    return Fault{FaultKind::missing, directory.string() + " holds " + (snapshots->empty() ? "an archive" : "snapshots") +
                                         " of a journal, but no segment of it: put them back, or use an empty directory", {}, 0, 1};
}

// Takes a batch in groups that the replay can expect. The first flaw.
std::optional<Fault> take_all(Replay& replay, const JournalBatch& batch) {
    std::vector<RecordView> group;
    for (std::span entries(batch.entries); !entries.empty(); entries = entries.subspan(group.size())) {
        group.clear();
        for (const auto& entry : entries.first(std::min(entries.size(), Expecting::at_once_max))) group.push_back(batch.view(entry));
        replay.expect(group);
        for (const RecordView& record : group) {
            if (const auto flaw = replay.take(record))
                return Fault{FaultKind::damaged, "record " + std::to_string(record.position) + " of the journal " + *flaw, {}, 0, record.position};
        }
    }
    return std::nullopt;
}

}  // namespace

Outcome<Recovered> recover(Journal& journal, matching::Engine& engine, Feed& feed, HistoryLog& log, History& history,
                           std::uint64_t history_bytes_max, ReadOn thread) {
    const std::uint64_t last = journal.last_position();
    Recovered recovered;
    if (auto whole = check_that_it_is_new(journal); !whole) return whole.error();
    Replay replay({engine, feed, log, history}, history_begins(last, history_bytes_max));
    const auto snapshot =
        begin_with_newest(journal.disk(), journal.directory(), journal.epoch(), last, replay, recovered.remarks);
    if (!snapshot) return snapshot.error();
    if (*snapshot) {
        recovered.snapshot_position = (*snapshot)->position;
        recovered.snapshot_bytes = snapshot_file_bytes(**snapshot).value_or(0);
    }
    std::optional<Fault> flaw;
    const auto read = read_in_batches(journal, recovered.snapshot_position + 1, thread, [&](const JournalBatch& batch) {
        flaw = take_all(replay, batch);
        return !flaw;
    });
    // It lies before whatever could not be read.
    if (flaw) return *flaw;
    if (!read && read.error().kind == FaultKind::gone) {
        return beginning_missing(journal.directory(), journal.first_position(), recovered.remarks);
    }
    if (!read) return read.error();
    if (last == 0) feed.keep_in(&log);
    replay.finish();
    recovered.commands = replay.commands();
    recovered.last_position = replay.last_position();
    recovered.has_genesis = replay.has_genesis();
    // Also above what was stamped without ever reaching its ceiling's record, or after a ceiling was taken back.
    recovered.first_stamp_ns = std::max(replay.ceiling_ns(), engine.now() + 1);
    return recovered;
}

}  // namespace tiebreak::daemon
