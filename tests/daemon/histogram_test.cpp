#include "daemon/histogram.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "tests/catch.hpp"

namespace tiebreak::daemon {
namespace {

TEST_CASE("an empty histogram says nothing but zero") {
    Histogram histogram;
    CHECK(histogram.count() == 0);
    CHECK(histogram.quantile_ns(500) == 0);
    CHECK(histogram.max_ns() == 0);
}

TEST_CASE("quantiles are never too low and at most 1.6 per cent too high") {
    Histogram histogram;
    std::mt19937_64 random(11);
    std::vector<std::int64_t> values;
    for (int i = 0; i < 20'000; ++i) {
        const std::int64_t value = static_cast<std::int64_t>(random() >> (20 + random() % 43));
        values.push_back(value);
        histogram.record(value);
    }
    std::sort(values.begin(), values.end());
    REQUIRE(histogram.count() == values.size());
    for (const unsigned per_mille : {1U, 10U, 250U, 500U, 900U, 990U, 999U, 1000U}) {
        const auto exact = static_cast<std::uint64_t>(values[(values.size() * per_mille + 999) / 1000 - 1]);
        const std::uint64_t estimate = histogram.quantile_ns(per_mille);
        CHECK(estimate >= exact);
        CHECK(estimate <= exact + exact / 60);
    }
    CHECK(histogram.max_ns() == static_cast<std::uint64_t>(values.back()));
}

TEST_CASE("the ends of the range have a bucket") {
    Histogram histogram;
    histogram.record(-5);
    histogram.record(0);
    histogram.record(INT64_MAX);
    CHECK(histogram.count() == 3);
    CHECK(histogram.quantile_ns(1) == 0);
    CHECK(histogram.quantile_ns(1000) == static_cast<std::uint64_t>(INT64_MAX));
}

}  // namespace
}  // namespace tiebreak::daemon
