// Figures for people: percentiles, and durations in the unit that suits them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tiebreak::demo {

struct Percentiles {
    std::int64_t p50 = 0;
    std::int64_t p90 = 0;
    std::int64_t p99 = 0;
    std::int64_t max = 0;
    std::size_t count = 0;
};

// Exact, by the nearest rank; all 0 if there are none.
[[nodiscard]] Percentiles percentiles_of(std::vector<std::int64_t> values);

// "2 h 30 min", "1.250 s", "3.204 ms", "12.345 us", "817 ns". Requires: duration_ns >= 0.
[[nodiscard]] std::string duration_for_people(std::int64_t duration_ns);

// "12.3": microseconds with one decimal.
[[nodiscard]] std::string microseconds(std::int64_t duration_ns);

}  // namespace tiebreak::demo
