#include "bench/surge_report.hpp"

#include <algorithm>
#include <vector>

namespace tiebreak::bench {
namespace {

double median_of(std::vector<double> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// Over the rounds.
template <class Of>
Spread spread_of(std::span<const Round> rounds, Of of) {
    std::vector<double> values;
    for (const Round& round : rounds) values.push_back(of(round));
    if (values.empty()) return {};
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    return {median_of(values), *least, *most};
}

template <class Of>
Percentiles percentiles_of(std::span<const Round> rounds, Of histogram_of) {
    Percentiles result;
    const auto median_us = [&](double quantile) {
        std::vector<double> values;
        for (const Round& round : rounds)
            if (histogram_of(round).count() > 0) values.push_back(static_cast<double>(histogram_of(round).quantile_ns(quantile)) / 1e3);
        result.any = !values.empty();
        return median_of(std::move(values));
    };
    result.p50_us = median_us(0.5);
    result.p90_us = median_us(0.9);
    result.p99_us = median_us(0.99);
    result.p999_us = median_us(0.999);
    result.max_us = median_us(1);
    return result;
}

double ratio(double value, double to) { return to > 0 ? value / to : 0; }

double p99_us(const Histogram& histogram) { return static_cast<double>(histogram.quantile_ns(0.99)) / 1e3; }

void add_rates(Report& report, std::span<const Round> rounds) {
    report.offers_per_second = spread_of(rounds, [](const Round& r) { return r.daemon.per_second; });
    report.echo_per_second = spread_of(rounds, [](const Round& r) { return r.echo.per_second; });
    report.synced_echo_per_second = spread_of(rounds, [](const Round& r) { return r.synced_echo.per_second; });
    report.ratio_to_echo = spread_of(rounds, [](const Round& r) { return ratio(r.daemon.per_second, r.echo.per_second); });
    report.ratio_to_synced_echo =
        spread_of(rounds, [](const Round& r) { return ratio(r.daemon.per_second, r.synced_echo.per_second); });
    report.offers_per_sync = spread_of(rounds, [](const Round& r) { return r.offers_per_sync; });
}

void add_latencies(Report& report, std::span<const Round> rounds) {
    report.ack = percentiles_of(rounds, [](const Round& r) -> const Histogram& { return r.daemon.latency; });
    report.echo = percentiles_of(rounds, [](const Round& r) -> const Histogram& { return r.echo.latency; });
    report.synced_echo = percentiles_of(rounds, [](const Round& r) -> const Histogram& { return r.synced_echo.latency; });
    report.award_lateness = percentiles_of(rounds, [](const Round& r) -> const Histogram& { return r.awards.lateness; });
    report.timer_lateness = percentiles_of(rounds, [](const Round& r) -> const Histogram& { return r.timer.timer_lateness; });
    report.publish = percentiles_of(rounds, [](const Round& r) -> const Histogram& { return r.timer.publish; });
    report.ack_p99_to_synced_echo =
        spread_of(rounds, [](const Round& r) { return ratio(p99_us(r.daemon.latency), p99_us(r.synced_echo.latency)); });
    report.award_p99_to_publish = spread_of(rounds, [](const Round& r) { return ratio(p99_us(r.awards.lateness), p99_us(r.timer.publish)); });
    report.deadline_p50_us = spread_of(rounds, [](const Round& r) { return r.deadline_p50_ns / 1e3; });
    report.deadline_p99_us = spread_of(rounds, [](const Round& r) { return r.deadline_p99_ns / 1e3; });
}

void add_counts(Report& report, const Round& round) {
    report.sent += round.daemon.sent;
    report.accepted += round.daemon.accepted;
    report.closed += round.daemon.closed;
    report.busy += round.daemon.busy;
    report.refused += round.daemon.refused;
    report.lost += round.daemon.lost;
    report.duplicated += round.daemon.duplicated;
    report.wrong_answers += round.daemon.wrong_answers;
    report.awards += round.awards.awards;
    report.unawarded += round.awards.unawarded;
    report.wrong_awards += round.awards.wrong_awards;
    report.events_missed += round.events_missed;
    report.baseline_lost += round.echo.lost + round.synced_echo.lost;
    if (report.note.empty()) report.note = round.daemon.note;
    if (report.note.empty()) report.note = round.awards.note;
}

}  // namespace

Report make_report(const SurgeOptions& options, std::span<const Round> rounds) {
    Report report;
    add_rates(report, rounds);
    add_latencies(report, rounds);
    for (const Round& round : rounds) add_counts(report, round);
    report.is_cliff = options.shape == Shape::cliff;
    if (!report.is_cliff) return report;
    report.cliff_awards = UINT64_MAX;
    for (const Round& round : rounds) report.cliff_awards = std::min(report.cliff_awards, round.awards.awards);
    report.cliff_last_us = spread_of(rounds, [](const Round& r) { return static_cast<double>(r.awards.last_ns) / 1e3; });
    report.bare_cliff_last_us = spread_of(rounds, [](const Round& r) { return static_cast<double>(r.timer.last_ns) / 1e3; });
    report.cliff_last_to_bare =
        spread_of(rounds, [](const Round& r) { return ratio(static_cast<double>(r.awards.last_ns), static_cast<double>(r.timer.last_ns)); });
    return report;
}

std::string shape_name(Shape shape) {
    switch (shape) {
        case Shape::steady: return "steady";
        case Shape::ramp: return "ramp";
        case Shape::bursts: return "bursts";
        case Shape::cliff: return "cliff";
    }
    return {};
}

}  // namespace tiebreak::bench
