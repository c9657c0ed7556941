// Start-up: the newest snapshot that will do, and the journal's commands after it through the engine once more. What that gives is the
// state; a snapshot is the same, saved.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/feed.hpp"
#include "daemon/history.hpp"
#include "daemon/history_log.hpp"
#include "daemon/journal.hpp"
#include "daemon/reading_ahead.hpp"
#include "daemon/snapshot_file.hpp"
#include "matching/engine.hpp"

namespace tiebreak::daemon {

struct Recovered {
    std::uint64_t commands = 0;           // applied, those in the snapshot included
    std::uint64_t last_position = 0;
    matching::Instant first_stamp_ns = 0;  // above every stamp that was ever given out
    bool has_genesis = false;
    std::uint64_t snapshot_position = 0;   // what was loaded instead of replayed; 0: nothing
    std::uint64_t snapshot_bytes = 0;
    std::vector<std::string> remarks;      // for the log: snapshots that were of no use, and why
};

// Gives every command of the journal to the engine, counts its events in the feed, and keeps the latest ones in the history.
// Deadlines after the last command are left to the loop. Must come before anything is written. Engine, feed, log and history are new.
// A fault: the journal is damaged, or holds what no daemon of this version writes; `missing`: it begins after record 1, and neither the
// archive nor a snapshot has what was before. `thread`: which one reads the journal; all else is done on the calling one.
[[nodiscard]] Outcome<Recovered> recover(Journal& journal, matching::Engine& engine, Feed& feed, HistoryLog& log,
                                         History& history, std::uint64_t history_bytes_max,
                                         ReadOn thread = ReadOn::this_thread);

}  // namespace tiebreak::daemon
