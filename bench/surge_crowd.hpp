// The crowd: very many open packages with live offers, held against the same load with few.
#pragma once

#include <cstdint>

#include "bench/histogram.hpp"

namespace tiebreak::bench {

inline constexpr std::size_t crowd_few_packages = 1'000;

struct Crowd {
    std::uint64_t packages = 0;
    std::uint64_t live_offers = 0;
    double register_seconds = 0;      // of the packages
    double fill_per_second = 0;       // live offers
    std::uint64_t rss_before_bytes = 0, rss_after_bytes = 0;  // around the filling, the packages being there already; 0: unknown
    double bytes_per_offer = 0;       // not a number if unknown
    Histogram few_latency;            // the same load with crowd_few_packages
    Histogram few_award_lateness;
};

}  // namespace tiebreak::bench
