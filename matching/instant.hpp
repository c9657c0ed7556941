// Time as matching sees it: whole nanoseconds since the Unix epoch, UTC, handed in with every command.
// Nothing in matching reads a clock.
#pragma once

#include <cstdint>
#include <limits>

namespace tiebreak::matching {

using Instant = std::int64_t;   // nanoseconds since 1970-01-01T00:00:00Z; variables of this type end in _ns
using Duration = std::int64_t;  // nanoseconds, more than zero wherever a window is meant

// 2262-04-11T23:47:16.854775807Z: the last instant there is.
inline constexpr Instant last_instant = std::numeric_limits<Instant>::max();

// When a window that opens at `from_ns` and lasts `window_ns` ends; one that would end beyond the last
// instant ends there. Both arguments are not negative.
[[nodiscard]] constexpr Instant end_of_window(Instant from_ns, Duration window_ns) noexcept {
    return window_ns > last_instant - from_ns ? last_instant : from_ns + window_ns;
}

}  // namespace tiebreak::matching
