#include "bench/surge_schedule.hpp"

#include <algorithm>
#include <cmath>

namespace tiebreak::bench {

Schedule::Schedule(Shape shape, double rate, double seconds, std::uint64_t cliff_total) noexcept
    : shape_(shape), rate_(rate), seconds_(seconds), cliff_total_(static_cast<double>(cliff_total)) {}

std::optional<std::int64_t> Schedule::due_ns(std::uint64_t number) const noexcept {
    const auto offer = static_cast<double>(number);
    double due_s = 0;
    double last_s = seconds_;
    switch (shape_) {
        case Shape::steady: due_s = offer / rate_; break;
        case Shape::bursts: due_s = std::floor(offer / (rate_ * burst_period_s)) * burst_period_s; break;
        case Shape::ramp: due_s = ramp_s(offer); break;
        case Shape::cliff:
            due_s = cliff_s(offer);
            last_s = seconds_ + cliff_tail_s;
            break;
    }
    if (!(due_s < last_s)) return std::nullopt;
    return static_cast<std::int64_t>(due_s * 1e9);
}

// The rate grows evenly from 0 to the peak in the middle and falls again: half way, n = peak t² / seconds.
double Schedule::ramp_s(double number) const noexcept {
    const double total = rate_ * seconds_ / 2;
    if (number >= total) return seconds_;
    if (number < total / 2) return std::sqrt(number * seconds_ / rate_);
    return seconds_ - std::sqrt((total - number) * seconds_ / rate_);
}

// Most offers come in the last second, and the same stream runs on past the cliff.
double Schedule::cliff_s(double number) const noexcept {
    const double rush_s = std::min(1.0, seconds_ / 2);
    const double calm_s = seconds_ - rush_s;
    const double early = cliff_total_ * cliff_early_share;
    if (number < early) return number / early * calm_s;
    return calm_s + (number - early) / (cliff_total_ - early) * rush_s;
}

}  // namespace tiebreak::bench
