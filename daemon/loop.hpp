// The loop: one Asio io_context on one thread. Takes requests from the gate in the order of their stamps, keeps time, publishes.
//
// A deadline is applied only when everything stamped before it has been: by the engine itself on the way to a later
// stamp, or, when the queue is empty, by the timer behind the StampFence.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "daemon/clock.hpp"
#include "daemon/feed.hpp"
#include "daemon/gate.hpp"
#include "daemon/history_log.hpp"
#include "daemon/metrics.hpp"
#include "daemon/processor.hpp"
#include "daemon/publisher.hpp"
#include "matching/engine.hpp"

namespace tiebreak::daemon {

struct LoopOptions {
    matching::Duration spin_ns = 100'000;  // before a deadline the loop watches the clock itself; 0: the timer alone
    std::int64_t heartbeat_ms = 1'000;     // of the feed's topics
};

// How the archive asks the loop for the events that have gathered, and how the commit thread knows that the loop waits for it.
struct LoopBell {
    std::atomic<std::uint64_t> history_asked{0};   // the archive counts up, then wakes the loop
    std::atomic<std::uint64_t> history_given{0};   // the loop follows, then wakes the archive
    std::atomic<bool> awaits_durability{false};    // the loop sleeps while events wait for a commit
};

class Loop {
public:
    // Everything is owned by the caller and outlives the loop. `journal_clock` is the wall clock.
    Loop(const LoopOptions& options, matching::Engine& engine, Processor& processor, Feed& feed, Publisher& publisher,
         HistoryLog& history, Passage& passage, LoopBell& bell, Ceiling& ceiling, Clock& clock, Metrics& metrics);
    ~Loop();

    // The thread's whole life: until finish() was called and the queue is empty.
    void run();
    // Any thread, once nothing more is pushed.
    void finish() noexcept;

private:
    class Wakeups;

    void turn();
    bool drain();
    bool keep_time();
    void handle_front();
    void apply_due(matching::Instant deadline_ns, matching::Instant now_ns);
    void note_durable();
    void serve_archive();
    void end_turn(std::int64_t began_ns);
    [[nodiscard]] bool has_work() noexcept;
    void sleep();
    void wait_for_deadline();

    const LoopOptions options_;
    matching::Engine& engine_;
    Processor& processor_;
    Feed& feed_;
    Publisher& publisher_;
    HistoryLog& history_;
    Passage& passage_;
    LoopBell& bell_;
    Ceiling& ceiling_;
    Clock& clock_;
    decltype(Metrics::loop)& metrics_;
    Histogram& lateness_;
    Histogram& turn_time_;
    std::unique_ptr<Wakeups> wakeups_;
    std::uint64_t durable_seen_ = 0;
    std::int64_t spun_ns_ = 0;  // in this turn
    int handled_ = 0;           // in this turn
    std::atomic<bool> finish_{false};
};

}  // namespace tiebreak::daemon
