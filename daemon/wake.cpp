#include "daemon/wake.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace tiebreak::daemon {

Waker::Waker() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Waker::~Waker() { ::close(fd_); }

void Waker::awake() noexcept {
    // Whoever finds the flag down writes nothing, so the count is there only if someone took the flag from us.
    if (asleep_.exchange(false, std::memory_order_seq_cst)) return;
    std::uint64_t count = 0;
    // The signal may still be on its way: it then makes the next sleep return at once, which does no harm.
    [[maybe_unused]] const auto read = ::read(fd_, &count, sizeof count);
}

void Waker::signal() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
}

}  // namespace tiebreak::daemon
