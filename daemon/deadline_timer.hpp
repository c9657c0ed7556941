// A timer that goes off at an instant of the wall clock, and also when that clock is set.
#pragma once

#include "matching/instant.hpp"

namespace tiebreak::daemon {

// A timerfd on CLOCK_REALTIME. Deadlines are instants of the wall clock, so a timer on the monotonic clock would be wrong after
// every step of it.
class DeadlineTimer {
public:
    DeadlineTimer();  // throws std::system_error
    ~DeadlineTimer();
    DeadlineTimer(const DeadlineTimer&) = delete;
    DeadlineTimer& operator=(const DeadlineTimer&) = delete;

    // Readable once the wall clock has reached `at_ns`, or has been set. Costs nothing if it is set for that already.
    void set(matching::Instant at_ns);
    void stop();
    // After it was readable.
    void acknowledge();

    [[nodiscard]] int fd() const noexcept { return fd_; }

private:
    int fd_ = -1;
    matching::Instant at_ns_ = 0;  // 0: stopped
};

}  // namespace tiebreak::daemon
