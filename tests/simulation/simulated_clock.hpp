// The machine's clocks: one that runs since it was started, and a wall clock whose error mishaps change.
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "daemon/clock.hpp"
#include "tests/simulation/schedule.hpp"

namespace tiebreak::simulation {

class SimulatedClock final : public daemon::Clock {
public:
    // The machine was started an hour ago.
    explicit SimulatedClock(Schedule& schedule) noexcept : schedule_(schedule) {}

    // Reading costs some time, as it does, so that whoever watches a clock for long sees it move. What other threads do meanwhile
    // happens in `on_read`.
    [[nodiscard]] matching::Instant wall_ns() noexcept override {
        read();
        return shown();
    }
    [[nodiscard]] matching::Instant boot_ns() noexcept override {
        read();
        return schedule_.now() - started_;
    }
    [[nodiscard]] TrueTime when_boot_is(matching::Instant boot_ns) const noexcept { return started_ + boot_ns; }
    [[nodiscard]] matching::Instant shown() const noexcept {
        return frozen_at_ ? *frozen_at_ : schedule_.now() + error_ns_;
    }
    [[nodiscard]] std::int64_t error_ns() const noexcept { return shown() - schedule_.now(); }
    [[nodiscard]] bool is_frozen() const noexcept { return frozen_at_.has_value(); }

    void step(std::int64_t by_ns) noexcept {
        if (frozen_at_) *frozen_at_ += by_ns;
        error_ns_ += by_ns;
    }
    void freeze() noexcept { frozen_at_ = shown(); }
    // Goes on from where it stood, or jumps to where it would be.
    void thaw(bool from_where_it_stood) noexcept {
        if (!frozen_at_) return;
        if (from_where_it_stood) error_ns_ = *frozen_at_ - schedule_.now();
        frozen_at_.reset();
    }

    std::function<void()> on_read;

    // For whoever watches the world: what a reading shows, which took no time and was noticed by nobody.
    template <typename Reading>
    [[nodiscard]] auto unnoticed(Reading&& reading) {
        const bool before = std::exchange(watched_, true);
        const auto shown = reading();
        watched_ = before;
        return shown;
    }

private:
    static constexpr std::int64_t read_ns = 25;

    void read() noexcept {
        if (watched_) return;
        schedule_.pass(read_ns);
        if (on_read) on_read();
    }

    Schedule& schedule_;
    const TrueTime started_ = schedule_.now() - hour;
    bool watched_ = false;
    std::int64_t error_ns_ = 0;
    std::optional<matching::Instant> frozen_at_;
};

}  // namespace tiebreak::simulation
