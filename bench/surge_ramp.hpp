// The ramp: from half of what the daemon can take to three times as much, and back.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bench/histogram.hpp"
#include "bench/surge_check.hpp"
#include "bench/surge_phase.hpp"
#include "bench/surge_play.hpp"
#include "bench/surge_process.hpp"
#include "bench/surge_schedule.hpp"

namespace tiebreak::bench {

struct RampStep {
    double factor = 0;            // of the saturation
    double due_per_second = 0;
    double accepted_per_second = 0, busy_per_second = 0;  // answers that came during the step
    Outcome outcome;              // of the offers that were due during the step
    Histogram award_lateness;     // of the deadlines during the step
    std::uint64_t rss_peak_bytes = 0;  // 0: unknown
};

struct Ramp {
    double saturation_per_second = 0;  // what a closed loop reaches, or a third of the rate that was asked for
    std::vector<RampStep> steps;
    double recovery_ms = 0;            // see recovery_ms_of; not a number if it did not
};

inline constexpr double ramp_factors[] = {0.5, 1, 1.5, 2, 3, 2, 1, 0.5};

// The steps, each as long as the others.
[[nodiscard]] std::vector<RateStep> ramp_steps(double saturation, double seconds);

// From the last fall of the rate (`fall_ns`, steady clock, to `end_ns`) until everything is as it was at this rate before: the first
// of ten consecutive slots of 10 ms without a busy answer and with a median latency of at most `calm_ns`.
[[nodiscard]] double recovery_ms_of(std::span<const LoadResult> results, std::size_t batch, std::int64_t fall_ns, std::int64_t end_ns,
                                    std::int64_t calm_ns);

[[nodiscard]] Ramp ramp_figures(double saturation, std::span<const RateStep> steps, const Played& played, const Checked& awards,
                                std::span<const MemoryWatch::Sample> memory);

}  // namespace tiebreak::bench
