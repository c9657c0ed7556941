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
    // Only who takes the flag from us writes, once, though perhaps a little later than we come here. A count that were left
    // standing would end every sleep to come.
    const bool taken = !asleep_.exchange(false, std::memory_order_seq_cst);
    if (!taken && !signal_on_its_way_) return;
    std::uint64_t count = 0;
    signal_on_its_way_ = ::read(fd_, &count, sizeof count) < 0;
}

void Waker::signal() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
}

}  // namespace tiebreak::daemon
