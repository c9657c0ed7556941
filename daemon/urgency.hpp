// How soon a thread runs once it has something to do.
#pragma once

namespace tiebreak::daemon {

// The calling thread, and every thread that it starts from now on, runs before all ordinary ones of the machine (SCHED_RR), as soon as it
// has something to do and for as long as it has. `real_time_priority` 1 to 99; 0: as an ordinary thread again. False, and nothing changes,
// where the system does not allow it: it takes root, CAP_SYS_NICE or a limit for it (RLIMIT_RTPRIO, systemd's LimitRTPRIO=).
bool run_at(int real_time_priority) noexcept;

}  // namespace tiebreak::daemon
