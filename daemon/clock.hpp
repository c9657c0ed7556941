// The wall clock behind a seam, so that tests and simulation can step it.
#pragma once

#include <time.h>

#include "matching/instant.hpp"

namespace tiebreak::daemon {

class Clock {
public:
    virtual ~Clock() = default;
    // Nanoseconds since the Unix epoch, UTC. May go back or jump: nothing but Stamper may take order from it.
    [[nodiscard]] virtual matching::Instant wall_ns() noexcept = 0;
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] matching::Instant wall_ns() noexcept override {
        timespec now{};
        ::clock_gettime(CLOCK_REALTIME, &now);
        return static_cast<matching::Instant>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
    }
};

// Never goes back; for measuring how long something took, never for order.
[[nodiscard]] inline std::int64_t steady_ns() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

}  // namespace tiebreak::daemon
