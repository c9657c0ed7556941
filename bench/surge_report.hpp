// A run's figures: one table for people, the same as JSON for programs, and a page with plots.
#pragma once

#include <span>
#include <string>

#include "bench/surge_options.hpp"
#include "bench/surge_round.hpp"

namespace tiebreak::bench {

// Each figure is the median over the rounds; percentiles are medians of the rounds' percentiles.
struct Percentiles {
    bool any = false;
    double p50_us = 0, p90_us = 0, p99_us = 0, p999_us = 0, max_us = 0;
};

struct Spread {
    double median = 0, least = 0, most = 0;
};

struct Report {
    Spread offers_per_second, echo_per_second, synced_echo_per_second;
    Spread ratio_to_echo, ratio_to_synced_echo;  // of the rates; within a round, then the median over them
    Spread ack_p99_to_synced_echo;  // of the acknowledgements' p99; likewise the awards' p99 and the cliff's end
    Spread award_p99_to_publish, cliff_last_to_bare;
    Percentiles ack, echo, synced_echo, award_lateness, timer_lateness, publish;
    bool is_cliff = false;
    std::uint64_t cliff_awards = 0;          // of the round with the fewest
    Spread cliff_last_us, bare_cliff_last_us;
    Spread offers_per_sync;
    Spread deadline_p50_us, deadline_p99_us;
    std::uint64_t sent = 0, accepted = 0, closed = 0, busy = 0, refused = 0;  // by the daemon, all rounds
    std::uint64_t awards = 0, unawarded = 0;
    std::uint64_t lost = 0, duplicated = 0, wrong_answers = 0, wrong_awards = 0, events_missed = 0;
    std::uint64_t baseline_lost = 0;
    std::string note;  // about the first thing that is wrong

    // Every offer answered exactly once, every answer and every award right.
    [[nodiscard]] bool is_right() const noexcept {
        return lost + duplicated + wrong_answers + wrong_awards + events_missed + refused == 0;
    }
};

[[nodiscard]] Report make_report(const SurgeOptions& options, std::span<const Round> rounds);

[[nodiscard]] std::string shape_name(Shape shape);
[[nodiscard]] std::string write_json(const SurgeOptions& options, const Report& report);
[[nodiscard]] std::string write_table(const SurgeOptions& options, const Report& report);  // Markdown
[[nodiscard]] std::string write_html(const SurgeOptions& options, const Report& report, std::span<const Round> rounds);

}  // namespace tiebreak::bench
