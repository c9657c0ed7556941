// When each offer of an open loop is due.
//
// Latency is counted from here, whenever the offer really left: a server that holds up the load can't hide it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bench/surge_options.hpp"

namespace tiebreak::bench {

// A constant rate for a while.
struct RateStep {
    double rate = 0;  // offers a second
    double seconds = 0;
};

// The rates are those of the whole load, all threads together.
class Schedule {
public:
    // One step after the other.
    explicit Schedule(std::vector<RateStep> steps);
    // `rate`: offers a second; of bursts, on average. Of a cliff it is not looked at.
    // `cliff_total`: offers of a cliff in all.
    Schedule(Shape shape, double rate, double seconds, std::uint64_t cliff_total);

    // From the beginning of the load to offer `number` (from 0), in ns; nothing, if the load is over by then.
    [[nodiscard]] std::optional<std::int64_t> due_ns(std::uint64_t number) const noexcept;

    static constexpr double burst_period_s = 0.1;
    static constexpr double cliff_early_share = 0.2;   // of the offers: before the last second
    static constexpr double cliff_tail_s = 0.02;       // offers go on after the cliff for so long: they must be refused

private:
    [[nodiscard]] std::optional<double> step_s(double number) const noexcept;
    [[nodiscard]] double cliff_s(double number) const noexcept;

    Shape shape_;
    double rate_;
    double seconds_;
    double cliff_total_;
    std::vector<RateStep> steps_;
};

}  // namespace tiebreak::bench
