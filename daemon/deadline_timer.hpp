// A timer that goes off in time for an instant that stamps may have.
#pragma once

#include "matching/instant.hpp"

namespace tiebreak::daemon {

// A timerfd on CLOCK_BOOTTIME, which the stamps' clock goes by: a wall clock that is set does not move it, a machine that was suspended does not
// make it late.
class DeadlineTimer {
public:
    DeadlineTimer();  // throws std::system_error
    ~DeadlineTimer();
    DeadlineTimer(const DeadlineTimer&) = delete;
    DeadlineTimer& operator=(const DeadlineTimer&) = delete;

    // Readable shortly before the stamps' clock reaches `at_ns`: when CLOCK_BOOTTIME is at `boot_ns` (StampClock::boot_not_after). Costs nothing
    // if it is set for that already.
    void set(matching::Instant at_ns, matching::Instant boot_ns);
    void stop();
    // After it was readable.
    void acknowledge();

    [[nodiscard]] int fd() const noexcept { return fd_; }

private:
    int fd_ = -1;
    matching::Instant at_ns_ = 0;  // 0: stopped
};

}  // namespace tiebreak::daemon
