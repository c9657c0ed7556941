// What has to be seen to about once a second, on a thread of its own: the sign of life.
#pragma once

#include <condition_variable>
#include <mutex>

#include "daemon/clock.hpp"
#include "daemon/metrics.hpp"
#include "daemon/sign_of_life.hpp"

namespace tiebreak::daemon {

class Keeper {
public:
    // Everything is owned by the caller and outlives the keeper.
    Keeper(SignOfLife& sign, Clock& clock, Metrics& metrics);

    // The thread's whole life: until finish() was called.
    void run();
    void finish() noexcept;  // any thread

    // What run() does each second. A simulation calls it by itself.
    void look();

private:
    void give_sign();

    SignOfLife& sign_;
    Clock& clock_;
    Metrics& metrics_;
    bool sign_fails_ = false;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool finish_ = false;
};

}  // namespace tiebreak::daemon
