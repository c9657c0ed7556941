// What one load met, worked out of its ledgers once it is over.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bench/histogram.hpp"
#include "bench/surge_load.hpp"

namespace tiebreak::bench {

inline constexpr std::int64_t slot_ns = 100'000'000;  // of the figures over time

// What became of some of the offers.
struct Outcome {
    std::uint64_t sent = 0, accepted = 0, closed = 0, busy = 0, refused = 0;
    std::uint64_t lost = 0;  // without an answer
    Histogram latency;       // of each receipt, from the moment its offer was due; a busy answer is none
    Histogram busy_latency;  // likewise, of each busy answer
};

// The load over time, in slots of slot_ns from its beginning.
struct Slots {
    std::vector<std::uint32_t> due, answered, busy;  // offers
    std::vector<double> p50_us, p99_us;              // of the answers whose offers were due in the slot; 0: there are none
};

struct Phase {
    bool ran = false;
    double per_second = 0;  // offers accepted, or echoed
    double server_cpu_ns_per_offer = 0, load_cpu_ns_per_offer = 0;  // of all threads while the load ran, by what was answered
    Outcome all;
    std::uint64_t duplicated = 0;
    std::uint64_t wrong_answers = 0;
    std::string note;
    Histogram lag;         // of each answered offer: from due to handed to the load's socket; the load's own lateness
    Histogram to_stamp;    // of each receipt of a daemon: from the load's socket to its stamp
    Histogram from_stamp;  // from its stamp to the load's hands
    Slots slots;
    std::int64_t begins_steady_ns = 0;
};

// `plans` and `results`: one of each thread. The results keep their ledgers.
[[nodiscard]] Phase sum_up(std::span<const LoadPlan> plans, std::span<const LoadResult> results);

// Of the offers that were due in [from_ns, to_ns), by the steady clock.
[[nodiscard]] Outcome outcome_between(std::span<const LoadResult> results, std::size_t batch, std::int64_t from_ns, std::int64_t to_ns);

}  // namespace tiebreak::bench
