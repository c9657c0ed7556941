#include "bench/surge_report.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace tiebreak::bench {
namespace {

double median_of(std::vector<double> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// Over the rounds in which it is known.
template <class Of>
Spread spread_of(std::span<const Round> rounds, Of of) {
    std::vector<double> values;
    for (const Round& round : rounds)
        if (const double value = of(round); std::isfinite(value)) values.push_back(value);
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

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

double ratio(double value, double to) { return to > 0 ? value / to : unknown; }

double quantile_us(const Histogram& histogram, double quantile) {
    return histogram.count() == 0 ? unknown : static_cast<double>(histogram.quantile_ns(quantile)) / 1e3;
}
double ratio_at(double quantile, const Histogram& value, const Histogram& to) {
    return ratio(quantile_us(value, quantile), quantile_us(to, quantile));
}
double mb(std::uint64_t bytes) { return bytes == 0 ? unknown : static_cast<double>(bytes) / 1e6; }

void add_rates(Report& report, std::span<const Round> rounds) {
    report.offers_per_second = spread_of(rounds, [](const Round& r) { return r.daemon.per_second; });
    report.echo_per_second = spread_of(rounds, [](const Round& r) { return r.echo.ran ? r.echo.per_second : unknown; });
    report.synced_echo_per_second = spread_of(rounds, [](const Round& r) { return r.synced_echo.ran ? r.synced_echo.per_second : unknown; });
    report.ratio_to_echo = spread_of(rounds, [](const Round& r) { return ratio(r.daemon.per_second, r.echo.per_second); });
    report.ratio_to_synced_echo = spread_of(rounds, [](const Round& r) { return ratio(r.daemon.per_second, r.synced_echo.per_second); });
    report.offers_per_sync = spread_of(rounds, [](const Round& r) { return r.offers_per_sync; });
    report.rss_peak_mb = spread_of(rounds, [](const Round& r) { return mb(r.rss_peak_bytes); });
}

void add_cpu(Report& report, std::span<const Round> rounds) {
    const auto server = [&](Phase Round::*phase) {
        return spread_of(rounds, [=](const Round& r) { return (r.*phase).ran ? (r.*phase).server_cpu_ns_per_offer : unknown; });
    };
    const auto load = [&](Phase Round::*phase) {
        return spread_of(rounds, [=](const Round& r) { return (r.*phase).ran ? (r.*phase).load_cpu_ns_per_offer : unknown; });
    };
    report.daemon_cpu_ns = server(&Round::daemon);
    report.echo_cpu_ns = server(&Round::echo);
    report.synced_echo_cpu_ns = server(&Round::synced_echo);
    report.load_cpu_ns = load(&Round::daemon);
    report.echo_load_cpu_ns = load(&Round::echo);
    report.synced_echo_load_cpu_ns = load(&Round::synced_echo);
}

void add_latencies(Report& report, std::span<const Round> rounds) {
    using H = const Histogram&;
    report.ack = percentiles_of(rounds, [](const Round& r) -> H { return r.daemon.all.latency; });
    report.busy_ack = percentiles_of(rounds, [](const Round& r) -> H { return r.daemon.all.busy_latency; });
    report.echo = percentiles_of(rounds, [](const Round& r) -> H { return r.echo.all.latency; });
    report.synced_echo = percentiles_of(rounds, [](const Round& r) -> H { return r.synced_echo.all.latency; });
    report.award_lateness = percentiles_of(rounds, [](const Round& r) -> H { return r.awards.lateness; });
    report.timer_lateness = percentiles_of(rounds, [](const Round& r) -> H { return r.timer.timer_lateness; });
    report.publish = percentiles_of(rounds, [](const Round& r) -> H { return r.timer.publish; });
    report.lag = percentiles_of(rounds, [](const Round& r) -> H { return r.daemon.lag; });
    report.to_stamp = percentiles_of(rounds, [](const Round& r) -> H { return r.daemon.to_stamp; });
    report.from_stamp = percentiles_of(rounds, [](const Round& r) -> H { return r.daemon.from_stamp; });
    report.echo_lag = percentiles_of(rounds, [](const Round& r) -> H { return r.echo.lag; });
    for (const auto& [quantile, spread] : {std::pair{0.5, &report.ack_p50_to_synced_echo}, std::pair{0.99, &report.ack_p99_to_synced_echo}})
        *spread = spread_of(rounds, [&, at = quantile](const Round& r) { return ratio_at(at, r.daemon.all.latency, r.synced_echo.all.latency); });
    for (const auto& [quantile, spread] : {std::pair{0.5, &report.award_p50_above_publish_us}, std::pair{0.99, &report.award_p99_above_publish_us}})
        *spread = spread_of(rounds, [&, at = quantile](const Round& r) { return quantile_us(r.awards.lateness, at) - quantile_us(r.timer.publish, at); });
    report.award_p99_to_publish = spread_of(rounds, [](const Round& r) { return ratio_at(0.99, r.awards.lateness, r.timer.publish); });
    report.deadline_p50_us = spread_of(rounds, [](const Round& r) { return r.deadline_p50_ns / 1e3; });
    report.deadline_p99_us = spread_of(rounds, [](const Round& r) { return r.deadline_p99_ns / 1e3; });
}

void add_counts(Report& report, const Round& round) {
    report.sent += round.daemon.all.sent;
    report.accepted += round.daemon.all.accepted;
    report.closed += round.daemon.all.closed;
    report.busy += round.daemon.all.busy;
    report.awards += round.awards.awards;
    report.unawarded += round.awards.unawarded;
    Wrongs& wrongs = report.wrongs;
    wrongs.lost += round.wrongs.lost;
    wrongs.duplicated += round.wrongs.duplicated;
    wrongs.refused += round.wrongs.refused;
    wrongs.wrong_answers += round.wrongs.wrong_answers;
    wrongs.wrong_awards += round.wrongs.wrong_awards;
    wrongs.events_missed += round.wrongs.events_missed;
    if (wrongs.note.empty()) wrongs.note = round.wrongs.note;
}

void add_cliff(Report& report, std::span<const Round> rounds) {
    report.is_cliff = true;
    report.cliff_awards = UINT64_MAX;
    for (const Round& round : rounds) report.cliff_awards = std::min(report.cliff_awards, round.awards.awards);
    report.cliff_last_us = spread_of(rounds, [](const Round& r) { return static_cast<double>(r.awards.last_ns) / 1e3; });
    report.bare_cliff_last_us = spread_of(rounds, [](const Round& r) { return r.echo.ran ? static_cast<double>(r.timer.last_ns) / 1e3 : unknown; });
    report.cliff_last_to_bare =
        spread_of(rounds, [](const Round& r) { return ratio(static_cast<double>(r.awards.last_ns), static_cast<double>(r.timer.last_ns)); });
}

RampReport ramp_report(std::span<const Round> rounds) {
    RampReport report;
    report.saturation_per_second = spread_of(rounds, [](const Round& r) { return r.ramp->saturation_per_second; });
    report.recovery_ms = spread_of(rounds, [](const Round& r) { return r.ramp->recovery_ms; });
    for (const Round& round : rounds) report.not_recovered += std::isfinite(round.ramp->recovery_ms) ? 0 : 1;
    for (std::size_t i = 0; i < rounds[0].ramp->steps.size(); ++i) {
        const auto step_of = [i](const Round& r) -> const RampStep& { return r.ramp->steps[i]; };
        StepReport step;
        step.factor = step_of(rounds[0]).factor;
        step.due_per_second = spread_of(rounds, [&](const Round& r) { return step_of(r).due_per_second; });
        step.accepted_per_second = spread_of(rounds, [&](const Round& r) { return step_of(r).accepted_per_second; });
        step.busy_per_second = spread_of(rounds, [&](const Round& r) { return step_of(r).busy_per_second; });
        step.rss_peak_mb = spread_of(rounds, [&](const Round& r) { return mb(step_of(r).rss_peak_bytes); });
        step.accepted = percentiles_of(rounds, [&](const Round& r) -> const Histogram& { return step_of(r).outcome.latency; });
        step.busy = percentiles_of(rounds, [&](const Round& r) -> const Histogram& { return step_of(r).outcome.busy_latency; });
        step.award_lateness = percentiles_of(rounds, [&](const Round& r) -> const Histogram& { return step_of(r).award_lateness; });
        report.steps.push_back(step);
    }
    return report;
}

CrowdReport crowd_report(std::span<const Round> rounds) {
    CrowdReport report;
    report.packages = rounds.back().crowd->packages;
    report.live_offers = rounds.back().crowd->live_offers;
    report.register_seconds = spread_of(rounds, [](const Round& r) { return r.crowd->register_seconds; });
    report.fill_per_second = spread_of(rounds, [](const Round& r) { return r.crowd->fill_per_second; });
    report.bytes_per_offer = spread_of(rounds, [](const Round& r) { return r.crowd->bytes_per_offer; });
    const auto to_few = [&](double quantile, bool award) {
        return spread_of(rounds, [&](const Round& r) {
            return award ? ratio_at(quantile, r.awards.lateness, r.crowd->few_award_lateness)
                         : ratio_at(quantile, r.daemon.all.latency, r.crowd->few_latency);
        });
    };
    report.ack_p50_ratio = to_few(0.5, false);
    report.ack_p99_ratio = to_few(0.99, false);
    report.award_p50_ratio = to_few(0.5, true);
    report.award_p99_ratio = to_few(0.99, true);
    report.few_ack = percentiles_of(rounds, [](const Round& r) -> const Histogram& { return r.crowd->few_latency; });
    report.few_award_lateness = percentiles_of(rounds, [](const Round& r) -> const Histogram& { return r.crowd->few_award_lateness; });
    return report;
}

CompanyReport company_report(std::span<const Round> rounds) {
    CompanyReport report;
    for (const Round& round : rounds) report.peer_offers += round.company->peer_offers;
    report.peers = rounds.back().company->peers;
    const auto to_polite = [&](double quantile, bool award) {
        return spread_of(rounds, [&](const Round& r) {
            return award ? ratio_at(quantile, r.awards.lateness, r.company->polite_award_lateness)
                         : ratio_at(quantile, r.daemon.all.latency, r.company->polite_latency);
        });
    };
    report.ack_p50_ratio = to_polite(0.5, false);
    report.ack_p99_ratio = to_polite(0.99, false);
    report.award_p50_ratio = to_polite(0.5, true);
    report.award_p99_ratio = to_polite(0.99, true);
    report.rss_peak_mb = spread_of(rounds, [](const Round& r) { return mb(r.company->deaf_rss_peak_bytes); });
    report.polite_rss_peak_mb = spread_of(rounds, [](const Round& r) { return mb(r.company->polite_rss_peak_bytes); });
    report.replies_dropped = spread_of(rounds, [](const Round& r) { return r.company->replies_dropped; });
    report.subscribers_full = spread_of(rounds, [](const Round& r) { return r.company->subscribers_full; });
    report.polite_replies_dropped = spread_of(rounds, [](const Round& r) { return r.company->polite_replies_dropped; });
    report.polite_ack = percentiles_of(rounds, [](const Round& r) -> const Histogram& { return r.company->polite_latency; });
    report.polite_award_lateness = percentiles_of(rounds, [](const Round& r) -> const Histogram& { return r.company->polite_award_lateness; });
    return report;
}

}  // namespace

Report make_report(const SurgeOptions& options, std::span<const Round> rounds) {
    Report report;
    add_rates(report, rounds);
    add_cpu(report, rounds);
    add_latencies(report, rounds);
    for (const Round& round : rounds) add_counts(report, round);
    if (options.shape == Shape::cliff) add_cliff(report, rounds);
    if (rounds[0].ramp) report.ramp = ramp_report(rounds);
    if (rounds[0].crowd) report.crowd = crowd_report(rounds);
    if (rounds[0].company) report.company = company_report(rounds);
    return report;
}

std::string shape_name(Shape shape) {
    switch (shape) {
        case Shape::steady: return "steady";
        case Shape::ramp: return "ramp";
        case Shape::bursts: return "bursts";
        case Shape::cliff: return "cliff";
        case Shape::crowd: return "crowd";
        case Shape::idle: return "idle";
    }
    return {};
}

}  // namespace tiebreak::bench
