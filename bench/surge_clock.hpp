// The two clocks: one to measure durations with, one to compare with the daemon's stamps.
#pragma once

#include <ctime>

#include <cstdint>

namespace tiebreak::bench {

[[nodiscard]] inline std::int64_t read_clock_ns(clockid_t clock) noexcept {
    timespec now{};
    ::clock_gettime(clock, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}
[[nodiscard]] inline std::int64_t steady_ns() noexcept { return read_clock_ns(CLOCK_MONOTONIC); }
[[nodiscard]] inline std::int64_t wall_ns() noexcept { return read_clock_ns(CLOCK_REALTIME); }

inline constexpr std::int64_t us_ns = 1'000;
inline constexpr std::int64_t ms_ns = 1'000'000;
inline constexpr std::int64_t s_ns = 1'000'000'000;

inline void sleep_ns(std::int64_t length_ns) noexcept {
    const timespec length{length_ns / s_ns, length_ns % s_ns};
    ::nanosleep(&length, nullptr);
}

}  // namespace tiebreak::bench
