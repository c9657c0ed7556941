// Windows that would have closed while the daemon was down: they are extended by as long as it was, by commands like any other.
//
// Between recovery and the first request, once nothing is left that a start may fail at (a port that another program has): who has not
// served has not ended an outage. In this order:
//   - deadlines below the recovered ceiling are applied as they stand: the dead process may have published what they led to;
//   - it went down at its last sign of life, or after the last command or deadline, whichever is later;
//   - each open stage that closes after that, and not after this start, gets an `extend` command with reason `outage`, stamped below
//     the closes that were missed and journaled in ordinary records. So export and replay give the same events;
//   - everything else that ran out meanwhile (choice windows) ended at its own instant. A stage that opened in consequence, and would
//     have closed before this start, is extended as well, by as long as it was open unattended.
//
// Where nothing ran out meanwhile, nothing is written, and a start that does not come to serve leaves no trace. Else a ceiling above the start
// is, after the commands, since what ran out will be published: a start that dies between that and serving counts as the end of the outage.
// So does one that dies in the middle of extending: the outage was noted in the file of the sign of life before the first command, so the next
// start extends what is left by the same length, and then everything by the length of the second outage.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/feed.hpp"
#include "daemon/group_commit.hpp"
#include "daemon/history.hpp"
#include "daemon/history_log.hpp"
#include "daemon/journal_fault.hpp"
#include "daemon/limits.hpp"
#include "daemon/sign_of_life.hpp"
#include "matching/engine.hpp"

namespace tiebreak::daemon {

enum class OutagePolicy : std::uint8_t {
    extend,  // by as long as it was down
    close,   // at its deadline, as if somebody had been there
};

// What has been recovered, ready to be written to and not yet seen by anybody. All of it is the caller's.
struct OutageState {
    matching::Engine& engine;
    Feed& feed;
    HistoryLog& log;
    History& history;
    GroupCommit& journal;  // not started
    SignOfLife& sign;
};

struct OutageOptions {
    OutagePolicy policy = OutagePolicy::extend;
    Limits limits;
    matching::Duration ceiling_ns = 1'000'000'000;
};

struct OutageReport {
    struct Extended {
        std::string package;
        std::string stage;
        matching::Instant closed_ns = 0;  // when it would have
        matching::Instant closes_ns = 0;  // when it does
    };
    Outage outage;                   // of this start, by the wall clock; from == until where nothing is known of one
    std::uint64_t extended = 0;
    std::vector<Extended> first;     // of them, at most lines_max
    std::uint64_t earlier_extended = 0;  // for an outage that an earlier start did not come to the end of, among them
    matching::Instant first_stamp_ns = 0;  // above every stamp and deadline so far
    matching::Instant ceiling_ns = 0;      // stands in the journal
    static constexpr std::size_t lines_max = 100;

    // For the log: what was done, and each package by name, up to lines_max of them. None where nothing was done.
    [[nodiscard]] std::vector<std::string> lines() const;
};

// `first_stamp_ns` is the recovered one, `now_ns` the clock's. What it appends is durable on return. The sign of life is left to the keeper
// (or whoever serves): until then the outage goes on.
[[nodiscard]] Outcome<OutageReport> bridge_outage(const OutageState& state, const OutageOptions& options,
                                                  matching::Instant first_stamp_ns, matching::Instant now_ns);

}  // namespace tiebreak::daemon
