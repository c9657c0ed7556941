#include "daemon/urgency.hpp"

#include <pthread.h>
#include <sched.h>

namespace tiebreak::daemon {

bool run_at(int real_time_priority) noexcept {
    sched_param wanted{};
    wanted.sched_priority = real_time_priority;
    return ::pthread_setschedparam(::pthread_self(), real_time_priority > 0 ? SCHED_RR : SCHED_OTHER, &wanted) == 0;
}

}  // namespace tiebreak::daemon
