#include "bench/surge_ramp.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

#include "bench/surge_clock.hpp"

namespace tiebreak::bench {
namespace {

constexpr std::int64_t recovery_slot_ns = 10 * ms_ns;
constexpr std::size_t calm_slots = 10;

void count_answers(const Played& played, std::int64_t from_ns, std::int64_t to_ns, RampStep& step) {
    const std::size_t batch = played.plans[0].batch;
    for (const LoadResult& result : played.results) {
        const Ledger& ledger = result.ledger;
        for (std::size_t request = 0; request < ledger.requests.size(); ++request) {
            const std::int64_t at_ns = ledger.requests[request].answered_ns;
            if (at_ns < from_ns || at_ns >= to_ns) continue;
            for (std::size_t i = request * batch; i < (request + 1) * batch; ++i) {
                if (ledger.offers[i].state == OfferState::accepted) ++step.accepted_per_second;
                if (ledger.offers[i].state == OfferState::busy) ++step.busy_per_second;
            }
        }
    }
    const double seconds = static_cast<double>(to_ns - from_ns) / 1e9;
    step.accepted_per_second /= seconds;
    step.busy_per_second /= seconds;
}

}  // namespace

std::vector<RateStep> ramp_steps(double saturation, double seconds) {
    std::vector<RateStep> steps;
    for (const double factor : ramp_factors) steps.push_back({saturation * factor, seconds / static_cast<double>(std::size(ramp_factors))});
    return steps;
}

double recovery_ms_of(std::span<const LoadResult> results, std::size_t batch, std::int64_t fall_ns, std::int64_t end_ns,
                      std::int64_t calm_ns) {
    const auto count = static_cast<std::size_t>((end_ns - fall_ns) / recovery_slot_ns);
    std::vector<std::vector<std::int64_t>> latencies_ns(count);
    std::vector<bool> strained(count, false);
    for (const LoadResult& result : results) {
        const Ledger& ledger = result.ledger;
        for (std::size_t request = 0; request < ledger.requests.size(); ++request) {
            const RequestTimes& times = ledger.requests[request];
            if (times.due_ns < fall_ns) continue;
            const auto slot = static_cast<std::size_t>((times.due_ns - fall_ns) / recovery_slot_ns);
            if (slot >= count) continue;
            if (times.answered_ns == 0 || ledger.offers[request * batch].state == OfferState::busy) strained[slot] = true;
            latencies_ns[slot].push_back(times.answered_ns - times.due_ns);
        }
    }
    std::size_t calm = 0;
    for (std::size_t slot = 0; slot < count; ++slot) {
        auto& one = latencies_ns[slot];
        const auto middle = one.begin() + static_cast<std::ptrdiff_t>(one.size() / 2);
        std::nth_element(one.begin(), middle, one.end());
        const bool is_calm = !strained[slot] && (one.empty() || *middle <= calm_ns);
        calm = is_calm ? calm + 1 : 0;
        if (calm == calm_slots) return static_cast<double>((slot + 1 - calm_slots) * recovery_slot_ns) / 1e6;
    }
    return std::numeric_limits<double>::quiet_NaN();
}

Ramp ramp_figures(double saturation, std::span<const RateStep> steps, const Played& played, const Checked& awards,
                  std::span<const MemoryWatch::Sample> memory) {
    Ramp ramp;
    ramp.saturation_per_second = saturation;
    const std::size_t batch = played.plans[0].batch;
    const std::int64_t steady_to_wall_ns = wall_ns() - steady_ns();
    std::int64_t from_ns = played.plans[0].begins_steady_ns;
    for (const RateStep& planned : steps) {
        const std::int64_t to_ns = from_ns + static_cast<std::int64_t>(planned.seconds * 1e9);
        RampStep step;
        step.factor = planned.rate / saturation;
        step.due_per_second = planned.rate;
        step.outcome = outcome_between(played.results, batch, from_ns, to_ns);
        count_answers(played, from_ns, to_ns, step);
        for (const Late& late : awards.late)
            if (late.deadline_ns - steady_to_wall_ns >= from_ns && late.deadline_ns - steady_to_wall_ns < to_ns)
                step.award_lateness.record(late.by_ns);
        step.rss_peak_bytes = peak_bytes(memory, from_ns, to_ns);
        ramp.steps.push_back(std::move(step));
        if (ramp.steps.size() == steps.size())
            ramp.recovery_ms = recovery_ms_of(played.results, batch, from_ns, to_ns,
                                              static_cast<std::int64_t>(ramp.steps.front().outcome.latency.quantile_ns(0.99)));
        from_ns = to_ns;
    }
    return ramp;
}

}  // namespace tiebreak::bench
