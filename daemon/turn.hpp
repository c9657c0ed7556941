// One turn of the loop, without what wakes it: takes requests in the order of their stamps, keeps time, publishes.
//
// Knows no thread, socket or timer, so that a simulation drives the very same code.
//
// A deadline is applied only when everything stamped before it has been: by the engine itself on the way to a later
// stamp, or, when the queue is empty, behind the StampFence.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "daemon/clock.hpp"
#include "daemon/feed.hpp"
#include "daemon/history_log.hpp"
#include "daemon/metrics.hpp"
#include "daemon/pace.hpp"
#include "daemon/passage.hpp"
#include "daemon/processor.hpp"
#include "matching/engine.hpp"

namespace tiebreak::daemon {

// How the archive asks the loop for the events that have gathered, and how the commit thread knows that the loop waits for it.
struct LoopBell {
    std::atomic<std::uint64_t> history_asked{0};   // the archive counts up, then wakes the loop
    std::atomic<std::uint64_t> history_given{0};   // the loop follows, then wakes the archive
    std::atomic<bool> awaits_durability{false};    // the loop sleeps while events wait for a commit
};

// Loop thread, except finish().
class Turn {
public:
    // Everything is owned by the caller and outlives the turn. `spin_ns` before a deadline it watches the clock itself.
    Turn(matching::Duration spin_ns, matching::Engine& engine, Processor& processor, Feed& feed, HistoryLog& history,
         Passage& passage, LoopBell& bell, Ceiling& ceiling, Clock& clock, Metrics& metrics) noexcept;

    // Handles what has arrived, up to a bound; applies what is due; publishes what has become durable.
    void take();

    // Whether the next turn has something to do at once.
    [[nodiscard]] bool has_work() noexcept;
    // Events wait for a commit, and one has come since the last turn.
    [[nodiscard]] bool durable_has_moved() const noexcept;
    // When the clock shows this, there is a deadline to prepare for or to apply; nothing without one. Journals the ceiling
    // when it is time to.
    [[nodiscard]] std::optional<matching::Instant> wake_at();

    // Any thread, once nothing more is pushed: deadlines are not waited for any more.
    void finish() noexcept { finish_.store(true, std::memory_order_seq_cst); }
    [[nodiscard]] bool is_finishing() const noexcept { return finish_.load(std::memory_order_seq_cst); }

private:
    [[nodiscard]] bool drain();
    [[nodiscard]] bool keep_time();
    void look_ahead();
    void handle_front();
    void apply_due(matching::Instant deadline_ns, matching::Instant now_ns);
    void note_durable();
    void serve_archive();

    const matching::Duration spin_ns_;
    matching::Engine& engine_;
    Processor& processor_;
    Feed& feed_;
    HistoryLog& history_;
    Passage& passage_;
    LoopBell& bell_;
    Ceiling& ceiling_;
    Clock& clock_;
    decltype(Metrics::loop)& metrics_;
    Histogram& lateness_;
    Histogram& turn_time_;
    Pace pace_;
    std::uint64_t handled_bytes_ = 0;
    std::uint64_t durable_seen_ = 0;
    std::int64_t spun_ns_ = 0;  // in this turn
    int spins_ = 0;             // in this turn
    int handled_ = 0;           // in this turn
    std::vector<std::span<const std::byte>> ahead_;
    std::size_t looked_at_ = 0;  // so many of the next requests have been looked at ahead
    std::atomic<bool> finish_{false};
};

}  // namespace tiebreak::daemon
