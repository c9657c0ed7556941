// What has to be seen to about once a second, on a thread of its own: the pace of the stamps' clock, its alarm, the sign of life.
#pragma once

#include <condition_variable>
#include <mutex>

#include "daemon/metrics.hpp"
#include "daemon/sign_of_life.hpp"
#include "daemon/stamp_clock.hpp"

namespace tiebreak::daemon {

class Keeper {
public:
    // Everything is owned by the caller and outlives the keeper. The wall clock is in doubt when it is further than `clock_far_ns` from
    // the stamps.
    Keeper(SignOfLife& sign, StampClock& clock, matching::Duration clock_far_ns, Metrics& metrics);

    // The thread's whole life: until finish() was called.
    void run();
    void finish() noexcept;  // any thread

    // What run() does each second. A simulation calls it by itself.
    void look();

private:
    void look_at_clock(bool deadline_to_come);
    void give_sign();

    SignOfLife& sign_;
    StampClock& clock_;
    const matching::Duration clock_far_ns_;
    decltype(Metrics::keeper)& metrics_;
    const Figure& next_deadline_ns_;
    bool behind_ = false;
    bool ahead_ = false;
    bool sign_fails_ = false;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool finish_ = false;
};

}  // namespace tiebreak::daemon
