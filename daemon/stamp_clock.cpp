#include "daemon/stamp_clock.hpp"

#include <algorithm>

namespace tiebreak::daemon {

using matching::Duration;
using matching::Instant;

namespace {

constexpr std::int64_t slew_ppb_max = StampClock::slew_ppm_max * 1000;
constexpr std::int64_t standing_ppb = -1'000'000'000;

// What the wall clock is off by is made up for over this many seconds, where the limit allows it.
constexpr std::int64_t follow_seconds = 100;

__extension__ using Wide = __int128;

constexpr std::int64_t gain_of(std::int64_t ppb) noexcept {
    return static_cast<std::int64_t>(Wide{ppb} * (std::int64_t{1} << 32) / 1'000'000'000);
}

}  // namespace

StampClock::StampClock(Clock& machine) noexcept : machine_(machine) {
    set_line({machine.boot_ns(), machine.wall_ns(), 0});
}

void StampClock::begin_at(Instant least_ns, Duration far_ns) noexcept {
    const Line now = line();
    const Instant boot_ns = machine_.boot_ns();
    least_ns_ = std::max(least_ns_, least_ns);
    if (least_ns - now.at(boot_ns) > far_ns) set_line({boot_ns, least_ns, now.gain});
}

Instant StampClock::Line::at(Instant boot) const noexcept {
    const Duration elapsed_ns = boot - boot_ns;
    return own_ns + elapsed_ns + static_cast<Duration>((Wide{elapsed_ns} * gain) >> 32);
}

// Each field is read with acquire and written with release, so whoever has seen a new one sees the version odd or moved on.
StampClock::Line StampClock::line() const noexcept {
    while (true) {
        const std::uint64_t version = version_.load(std::memory_order_acquire);
        const Line line{line_boot_ns_.load(std::memory_order_acquire), line_own_ns_.load(std::memory_order_acquire),
                        line_gain_.load(std::memory_order_acquire)};
        if (version % 2 == 0 && version_.load(std::memory_order_relaxed) == version) return line;
    }
}

void StampClock::set_line(const Line& line) noexcept {
    const std::uint64_t version = version_.load(std::memory_order_relaxed);
    version_.store(version + 1, std::memory_order_relaxed);
    line_boot_ns_.store(line.boot_ns, std::memory_order_release);
    line_own_ns_.store(line.own_ns, std::memory_order_release);
    line_gain_.store(line.gain, std::memory_order_release);
    version_.store(version + 2, std::memory_order_release);
}

Instant StampClock::boot_not_after(Instant at_ns) noexcept {
    const Instant boot_ns = machine_.boot_ns();
    if (at_ns <= least_ns_) return boot_ns;
    const Duration left_ns = at_ns - line().at(boot_ns);
    return left_ns <= 0 ? boot_ns : boot_ns + left_ns - left_ns / (1'000'000 / slew_ppm_max);
}

Duration StampClock::follow_wall(bool stand_still_if_behind, Duration far_ns) noexcept {
    const Instant boot_ns = machine_.boot_ns();
    const Instant own_ns = line().at(boot_ns);
    const Duration ahead_ns = machine_.wall_ns() - own_ns;
    std::int64_t ppb = std::clamp(ahead_ns / follow_seconds, -slew_ppb_max, slew_ppb_max);
    if (stand_still_if_behind && ahead_ns < -far_ns) ppb = standing_ppb;
    set_line({boot_ns, own_ns, gain_of(ppb)});
    slew_ppb_.store(ppb, std::memory_order_relaxed);
    return ahead_ns;
}

}  // namespace tiebreak::daemon
