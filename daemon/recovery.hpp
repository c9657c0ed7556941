// Start-up: the journal's commands go through the engine once more, and what that gives is the state.
#pragma once

#include <cstdint>

#include "daemon/feed.hpp"
#include "daemon/history.hpp"
#include "daemon/history_log.hpp"
#include "daemon/journal.hpp"
#include "matching/engine.hpp"

namespace tiebreak::daemon {

struct Recovered {
    std::uint64_t commands = 0;           // applied again
    std::uint64_t last_position = 0;
    matching::Instant first_stamp_ns = 0;  // above every stamp that was ever given out
    bool has_genesis = false;
};

// Gives every command of the journal to the engine, counts its events in the feed, and keeps the latest ones in the history.
// Deadlines after the last command are left to the loop. Must come before anything is written.
// A fault: the journal is damaged, or holds what no daemon of this version writes.
[[nodiscard]] Outcome<Recovered> recover(Journal& journal, matching::Engine& engine, Feed& feed, HistoryLog& log,
                                         History& history, std::uint64_t history_bytes_max);

}  // namespace tiebreak::daemon
