// The loop: one Asio io_context on one thread, which sleeps until there is something for a turn (turn.hpp) to do.
#pragma once

#include <cstdint>
#include <memory>

#include "daemon/feed.hpp"
#include "daemon/passage.hpp"
#include "daemon/publisher.hpp"
#include "daemon/stamp_clock.hpp"
#include "daemon/turn.hpp"

namespace tiebreak::daemon {

struct LoopOptions {
    std::int64_t heartbeat_ms = 1'000;  // of the feed's topics
};

class Loop {
public:
    // Everything is owned by the caller and outlives the loop.
    Loop(const LoopOptions& options, Turn& turn, Feed& feed, Publisher& publisher, Passage& passage, LoopBell& bell,
         StampClock& clock);
    ~Loop();

    // The thread's whole life: until finish() was called and the queue is empty.
    void run();
    // Any thread, once nothing more is pushed.
    void finish() noexcept;

private:
    class Wakeups;

    void turn();
    void sleep();

    const LoopOptions options_;
    Feed& feed_;
    Publisher& publisher_;
    Passage& passage_;
    LoopBell& bell_;
    StampClock& clock_;
    Turn& turn_;
    std::unique_ptr<Wakeups> wakeups_;
};

}  // namespace tiebreak::daemon
