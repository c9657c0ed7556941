#include "daemon/deadline_timer.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace tiebreak::daemon {

DeadlineTimer::DeadlineTimer() : fd_(::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC)) {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "timerfd_create");
}

DeadlineTimer::~DeadlineTimer() { ::close(fd_); }

void DeadlineTimer::set(matching::Instant at_ns, matching::Instant boot_ns) {
    at_ns = std::max<matching::Instant>(at_ns, 1);
    if (at_ns == at_ns_) return;
    at_ns_ = at_ns;
    boot_ns = std::max<matching::Instant>(boot_ns, 1);  // zero would stop it
    itimerspec when{};
    when.it_value.tv_sec = boot_ns / 1'000'000'000;
    when.it_value.tv_nsec = boot_ns % 1'000'000'000;
    if (::timerfd_settime(fd_, TFD_TIMER_ABSTIME, &when, nullptr) != 0) {
        throw std::system_error(errno, std::generic_category(), "timerfd_settime");
    }
}

void DeadlineTimer::stop() {
    if (at_ns_ == 0) return;
    at_ns_ = 0;
    const itimerspec never{};
    ::timerfd_settime(fd_, 0, &never, nullptr);
}

void DeadlineTimer::acknowledge() {
    std::uint64_t times = 0;
    [[maybe_unused]] const auto bytes = ::read(fd_, &times, sizeof times);
    at_ns_ = 0;
}

}  // namespace tiebreak::daemon
