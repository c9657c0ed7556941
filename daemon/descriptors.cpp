#include "daemon/descriptors.hpp"

#include <algorithm>
#include <mutex>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace tiebreak::daemon {
namespace {

// The journal, a snapshot, an export and a list of a directory at the same time take a dozen. What slips in while the reserve is open is
// what the I/O thread can accept in the time of one open(), and ends with its handshake.
constexpr rlim_t reserve_most = 64;
// No more than systems allow without being asked, where "unlimited" is said.
constexpr rlim_t descriptors_most = rlim_t{1} << 20U;

std::mutex mutex;
rlim_t before = 0;  // the soft limit while a DescriptorReserve lives

rlim_t all_of(const rlimit& limit) noexcept { return std::min(limit.rlim_max, std::max(limit.rlim_cur, descriptors_most)); }

// Returns what it was.
rlim_t set_limit(rlim_t (*wanted)(const rlimit&)) noexcept {
    const int kept = errno;
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const rlim_t was = limit.rlim_cur;
    limit.rlim_cur = wanted(limit);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    errno = kept;
    return was;
}

}  // namespace

std::uint64_t raise_descriptor_limit() noexcept {
    set_limit([](const rlimit& limit) { return all_of(limit) - std::min(reserve_most, all_of(limit) / 4); });
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

DescriptorReserve::DescriptorReserve() noexcept {
    mutex.lock();
    before = set_limit(all_of);
}

DescriptorReserve::~DescriptorReserve() {
    set_limit([](const rlimit&) { return before; });
    mutex.unlock();
}

bool has_descriptors(int count) {
    std::vector<int> taken;
    while (static_cast<int>(taken.size()) < count) {
        const int number = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (number < 0) break;
        taken.push_back(number);
    }
    for (const int number : taken) ::close(number);
    return static_cast<int>(taken.size()) == count;
}

}  // namespace tiebreak::daemon
