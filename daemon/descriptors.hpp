// File descriptors. Each connection takes one, and whoever can reach a port can make connections until there is none left: the daemon's own
// files must not be among those that then can't be opened.
#pragma once

#include <cerrno>
#include <cstdint>

namespace tiebreak::daemon {

// Raises the limit to what the system allows, but for a reserve that only with_reserve reaches. Once, before the first connection.
// Returns how many descriptors everything else may have.
std::uint64_t raise_descriptor_limit() noexcept;

// While one lives, the full limit holds, for every thread: be quick. One at a time, others wait. Leaves errno alone.
class DescriptorReserve {
public:
    DescriptorReserve() noexcept;
    ~DescriptorReserve();
    DescriptorReserve(const DescriptorReserve&) = delete;
    DescriptorReserve& operator=(const DescriptorReserve&) = delete;
};

// Calls; where it fails for want of a descriptor, once more out of the reserve. `call` returns a negative number and sets errno when it fails.
template <class Call>
auto with_reserve(Call call) {
    auto result = call();
    if (result >= 0 || errno != EMFILE) return result;
    const DescriptorReserve reserve;
    return call();
}

// Whether so many could be had right now without the reserve.
[[nodiscard]] bool has_descriptors(int count);

}  // namespace tiebreak::daemon
