// The time that stamps and deadlines go by: the wall clock's when the daemon starts, and from then on the pace of CLOCK_BOOTTIME.
//
// So a wall clock that is set, by an hour or by a second, forward or back, moves no deadline: windows last as long as they should, also over a
// suspended machine. To stay civil time, stamps follow the wall clock by gaining or losing at most slew_ppm_max.
#pragma once

#include <atomic>
#include <cstdint>

#include "daemon/clock.hpp"
#include "matching/instant.hpp"

namespace tiebreak::daemon {

class StampClock final : public Clock {
public:
    // A window of four hours is at most 7.2 s longer or shorter for it.
    static constexpr std::int64_t slew_ppm_max = 500;

    explicit StampClock(Clock& machine) noexcept;

    // Never shows less than this from now on: the life before has got so far, or promised not to get further. Where the wall clock is not far
    // behind that, it stands still until that has caught up; else it goes on from there. Before other threads read it.
    void begin_at(matching::Instant least_ns, matching::Duration far_ns) noexcept;

    // Its own time, which is never set. Any thread; as quick as reading CLOCK_BOOTTIME.
    [[nodiscard]] matching::Instant wall_ns() noexcept override { return at(machine_.boot_ns()); }
    [[nodiscard]] matching::Instant boot_ns() noexcept override { return machine_.boot_ns(); }

    // When CLOCK_BOOTTIME is at this, wall_ns() is not yet past `at_ns`, however it is slewed until then; and near it, for a
    // near one. For timers: who wakes early looks again.
    [[nodiscard]] matching::Instant boot_not_after(matching::Instant at_ns) noexcept;

    // About once a second, one thread: looks at the wall clock and sets the pace anew. `stand_still`: nothing can run out and the wall clock
    // is far behind, so let it catch up. Returns how far the wall clock is ahead (negative: behind).
    matching::Duration follow_wall(bool stand_still_if_behind, matching::Duration far_ns) noexcept;

    // How much faster than CLOCK_BOOTTIME it goes at the moment, parts per billion.
    [[nodiscard]] std::int64_t slew_ppb() const noexcept { return slew_ppb_.load(std::memory_order_relaxed); }

private:
    // own time = own + elapsed + elapsed * gain / 2^32, elapsed since boot.
    struct Line {
        matching::Instant boot_ns = 0;
        matching::Instant own_ns = 0;
        std::int64_t gain = 0;
        [[nodiscard]] matching::Instant at(matching::Instant boot_ns) const noexcept;
    };

    [[nodiscard]] matching::Instant at(matching::Instant boot_ns) const noexcept {
        const matching::Instant own_ns = line().at(boot_ns);
        return own_ns < least_ns_ ? least_ns_ : own_ns;
    }
    [[nodiscard]] Line line() const noexcept;
    void set_line(const Line& line) noexcept;

    Clock& machine_;
    matching::Instant least_ns_ = 0;
    // The line under a version that is odd while it changes: readers never wait long, and never for a lock.
    alignas(64) std::atomic<std::uint64_t> version_{0};
    std::atomic<matching::Instant> line_boot_ns_{0};
    std::atomic<matching::Instant> line_own_ns_{0};
    std::atomic<std::int64_t> line_gain_{0};
    std::atomic<std::int64_t> slew_ppb_{0};
};

}  // namespace tiebreak::daemon
