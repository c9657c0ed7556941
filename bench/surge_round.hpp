// One round: the load on the daemon, then the same load on each baseline.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/histogram.hpp"
#include "bench/surge_check.hpp"
#include "bench/surge_load.hpp"
#include "bench/surge_options.hpp"
#include "bench/surge_server.hpp"

namespace tiebreak::bench {

// The load's threads taken together.
struct Phase {
    bool ran = false;
    double per_second = 0;   // offers accepted, or echoed
    std::uint64_t sent = 0, accepted = 0, closed = 0, busy = 0, refused = 0;
    std::uint64_t lost = 0;  // without an answer
    std::uint64_t duplicated = 0;
    std::uint64_t wrong_answers = 0;
    std::string note;
    Histogram latency;
    std::vector<std::uint32_t> answered, due;  // offers, by slots of slot_ns
};

struct TimerFigures {
    Histogram timer_lateness;  // a bare timerfd, while the echo has the same load
    Histogram publish;         // a bare PUB's message of an award's size, from its send to the subscriber
    std::int64_t last_ns = 0;  // from a deadline to the last of its messages: the bare cliff
};

struct Round {
    Phase daemon, echo, synced_echo;
    Checked awards;
    std::uint64_t events_missed = 0;
    TimerFigures timer;
    double offers_per_sync = 0;  // of the daemon
    double deadline_p50_ns = 0, deadline_p99_ns = 0;  // the daemon's own: from the deadline to its being applied, since its start
};

// Called now and then while a phase runs.
using OnProgress = std::function<void(const std::string& phase, const LiveCounts& live)>;

// Throws std::runtime_error if the round can't be played.
[[nodiscard]] Round play_round(const SurgeOptions& options, const Endpoints& daemon, FeedListener& feed, zmq::context_t& context,
                               const std::string& tag, std::uint32_t number, const std::string& scratch,
                               const OnProgress& on_progress);

}  // namespace tiebreak::bench
