// The awards held against the rule: what the stamps in the receipts say about who has to win, worked out the slow way.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bench/histogram.hpp"
#include "bench/surge_feed.hpp"
#include "bench/surge_ledger.hpp"
#include "bench/surge_scene.hpp"

namespace tiebreak::bench {

struct Late {
    std::int64_t deadline_ns = 0;  // by the wall clock
    std::int64_t by_ns = 0;
};

struct Checked {
    std::uint64_t awards = 0;
    std::uint64_t unawarded = 0;     // packages that nobody offered for in time, rightly or not
    std::uint64_t wrong_awards = 0;  // packages whose outcome is not what the rule says, is missing or came twice
    std::uint64_t body_bytes = 0;    // of all awards
    std::uint64_t foreign = 0;       // events about packages that are not of this round
    std::string note;                // about the first wrong one, for people
    Histogram lateness;              // from the deadline to the subscriber's hands, of deadlines while the load ran
    std::vector<Late> late;          // each of them
    std::int64_t last_ns = 0;        // the same of the last award of all
};

// `ledgers`: one of each thread of each load of the round.
[[nodiscard]] Checked check_awards(const Scene& scene, std::span<const Ledger> ledgers, std::span<const FeedMessage> events);

}  // namespace tiebreak::bench
