// A run's figures: tables for people, the same as JSON for programs, and a page with plots.
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/surge_options.hpp"
#include "bench/surge_round.hpp"

namespace tiebreak::bench {

// Each figure is the median over the rounds; percentiles are medians of the rounds' percentiles.
struct Percentiles {
    bool any = false;
    double p50_us = 0, p90_us = 0, p99_us = 0, p999_us = 0, max_us = 0;
};

// Not a number where it is unknown.
struct Spread {
    double median = std::numeric_limits<double>::quiet_NaN();
    double least = median, most = median;
    [[nodiscard]] bool is_known() const { return median == median; }
};

struct StepReport {
    double factor = 0;
    Spread due_per_second, accepted_per_second, busy_per_second, rss_peak_mb;
    Percentiles accepted, busy, award_lateness;
};

struct RampReport {
    Spread saturation_per_second, recovery_ms;
    std::uint64_t not_recovered = 0;  // rounds
    std::vector<StepReport> steps;
};

struct CrowdReport {
    std::uint64_t packages = 0, live_offers = 0;  // of the last round
    Spread register_seconds, fill_per_second, bytes_per_offer;
    Spread ack_p50_ratio, ack_p99_ratio, award_p50_ratio, award_p99_ratio;  // to few packages
    Percentiles few_ack, few_award_lateness;
};

struct CompanyReport {
    std::uint64_t peers = 0, peer_offers = 0;
    Spread ack_p50_ratio, ack_p99_ratio, award_p50_ratio, award_p99_ratio;  // to polite peers
    Spread rss_peak_mb, polite_rss_peak_mb, subscribers_full, replies_dropped, polite_replies_dropped;
    Percentiles polite_ack, polite_award_lateness;
};

struct Report {
    Spread offers_per_second, echo_per_second, synced_echo_per_second;
    Spread ratio_to_echo, ratio_to_synced_echo;  // of the rates; within a round, then the median over them
    Spread ack_p99_to_synced_echo, ack_p50_to_synced_echo;
    Spread award_p50_above_publish_us, award_p99_above_publish_us, award_p99_to_publish, cliff_last_to_bare;
    Percentiles ack, busy_ack, echo, synced_echo, award_lateness, timer_lateness, publish;
    Percentiles lag, to_stamp, from_stamp, echo_lag;
    bool is_cliff = false;
    std::uint64_t cliff_awards = 0;          // of the round with the fewest
    Spread cliff_last_us, bare_cliff_last_us;
    Spread offers_per_sync;
    // Processor time of the server and of the load for each offer: what decides the rate where the two share the cores.
    Spread daemon_cpu_ns, echo_cpu_ns, synced_echo_cpu_ns;
    Spread load_cpu_ns, echo_load_cpu_ns, synced_echo_load_cpu_ns;  // while it drives the one or the other
    Spread deadline_p50_us, deadline_p99_us;
    Spread rss_peak_mb;
    std::uint64_t sent = 0, accepted = 0, closed = 0, busy = 0;  // by the daemon, all rounds
    std::uint64_t awards = 0, unawarded = 0;
    Wrongs wrongs;  // all rounds
    std::optional<RampReport> ramp;
    std::optional<CrowdReport> crowd;
    std::optional<CompanyReport> company;

    // Every offer answered exactly once, every answer and every award right.
    [[nodiscard]] bool is_right() const noexcept {
        return wrongs.lost + wrongs.duplicated + wrongs.wrong_answers + wrongs.wrong_awards + wrongs.events_missed + wrongs.refused == 0;
    }
};

[[nodiscard]] Report make_report(const SurgeOptions& options, std::span<const Round> rounds);

[[nodiscard]] std::string shape_name(Shape shape);
// What was done, in one line.
[[nodiscard]] std::string title_of(const SurgeOptions& options);
[[nodiscard]] std::string write_json(const SurgeOptions& options, const Report& report);
[[nodiscard]] std::string write_tables(const SurgeOptions& options, const Report& report, bool html);  // else Markdown
[[nodiscard]] std::string write_html(const SurgeOptions& options, const Report& report, std::span<const Round> rounds);

}  // namespace tiebreak::bench
