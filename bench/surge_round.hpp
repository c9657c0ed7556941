// One round: the load on the daemon, then the same load on each baseline.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bench/histogram.hpp"
#include "bench/surge_check.hpp"
#include "bench/surge_company.hpp"
#include "bench/surge_crowd.hpp"
#include "bench/surge_phase.hpp"
#include "bench/surge_play.hpp"
#include "bench/surge_ramp.hpp"

namespace tiebreak::bench {

struct TimerFigures {
    Histogram timer_lateness;  // a bare timerfd, while the echo has the same load
    Histogram publish;         // a bare PUB's message of an award's size, from its send to the subscriber
    std::int64_t last_ns = 0;  // from a deadline to the last of its messages: the bare cliff
};

// What may not be, over all loads of a round on the daemon.
struct Wrongs {
    std::uint64_t lost = 0, duplicated = 0, refused = 0, wrong_answers = 0, wrong_awards = 0, events_missed = 0;
    std::string note;  // about the first
    void add(const Phase& phase);
    void add(const Checked& checked);
};

struct Round {
    Phase daemon, echo, synced_echo;
    Checked awards;
    Wrongs wrongs;
    TimerFigures timer;
    double offers_per_sync = 0;  // of the daemon
    double deadline_p50_ns = 0, deadline_p99_ns = 0;  // the daemon's own: from the deadline to its being applied, since its start
    std::uint64_t rss_peak_bytes = 0;  // of the daemon, while the load ran; 0: unknown
    std::optional<Ramp> ramp;
    std::optional<Crowd> crowd;
    std::optional<Company> company;
};

// Throws std::runtime_error if the round can't be played.
[[nodiscard]] Round play_round(const Setting& setting);

}  // namespace tiebreak::bench
