#include "bench/surge_schedule.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tiebreak::bench {

Schedule::Schedule(Shape shape, double rate, double seconds, std::uint64_t cliff_total)
    : shape_(shape), rate_(rate), seconds_(seconds), cliff_total_(static_cast<double>(cliff_total)) {}

Schedule::Schedule(std::vector<RateStep> steps) : Schedule(Shape::ramp, 0, 0, 0) {
    steps_ = std::move(steps);
    for (const RateStep& step : steps_) seconds_ += step.seconds;
}

std::optional<std::int64_t> Schedule::due_ns(std::uint64_t number) const noexcept {
    const auto offer = static_cast<double>(number);
    double due_s = 0;
    double last_s = seconds_;
    switch (shape_) {
        case Shape::steady:
        case Shape::crowd:
        case Shape::idle: due_s = offer / rate_; break;
        case Shape::bursts: due_s = std::floor(offer / (rate_ * burst_period_s)) * burst_period_s; break;
        case Shape::ramp: due_s = step_s(offer).value_or(last_s); break;
        case Shape::cliff:
            due_s = cliff_s(offer);
            last_s = seconds_ + cliff_tail_s;
            break;
    }
    if (!(due_s < last_s)) return std::nullopt;
    return static_cast<std::int64_t>(due_s * 1e9);
}

std::optional<double> Schedule::step_s(double number) const noexcept {
    double begins_s = 0;
    for (const RateStep& step : steps_) {
        const double offers = step.rate * step.seconds;
        if (number < offers) return begins_s + number / step.rate;
        number -= offers;
        begins_s += step.seconds;
    }
    return std::nullopt;
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
