// The machine's clocks behind a seam, so that tests and simulation can step them.
#pragma once

#include <time.h>

#include "matching/instant.hpp"

namespace tiebreak::daemon {

class Clock {
public:
    virtual ~Clock() = default;
    // Nanoseconds since the Unix epoch, UTC. May go back or jump: nothing but Stamper may take order from it.
    [[nodiscard]] virtual matching::Instant wall_ns() noexcept = 0;
    // Nanoseconds since the machine was started, suspended or not. Goes forward, at the pace of time. A clock that has none of its own
    // goes by the wall clock.
    [[nodiscard]] virtual matching::Instant boot_ns() noexcept { return wall_ns(); }
};

[[nodiscard]] inline matching::Instant read_clock_ns(clockid_t clock) noexcept {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<matching::Instant>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

class SystemClock final : public Clock {
public:
    [[nodiscard]] matching::Instant wall_ns() noexcept override { return read_clock_ns(CLOCK_REALTIME); }
    [[nodiscard]] matching::Instant boot_ns() noexcept override { return read_clock_ns(CLOCK_BOOTTIME); }
};

// Never goes back; for measuring how long something took, never for order.
[[nodiscard]] inline std::int64_t steady_ns() noexcept { return read_clock_ns(CLOCK_MONOTONIC); }

}  // namespace tiebreak::daemon
