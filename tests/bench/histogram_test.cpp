// The histogram that every figure of the load comes from.
#include "tests/catch.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "bench/histogram.hpp"

using tiebreak::bench::Histogram;

namespace {

constexpr double error_max = 0.01;

bool within_error(std::uint64_t read, std::uint64_t recorded) {
    return read >= recorded && static_cast<double>(read) <= static_cast<double>(recorded) * (1 + error_max);
}

}  // namespace

TEST_CASE("a value from 1 us to 100 s is read back within one per cent") {
    for (double value = 1'000; value <= 100e9; value *= 1.0037) {
        const auto recorded = static_cast<std::uint64_t>(value);
        Histogram histogram;
        histogram.record(static_cast<std::int64_t>(recorded));
        histogram.record(static_cast<std::int64_t>(Histogram::highest_ns));  // so that the maximum does not hide the bucket
        INFO(recorded << " ns came back as " << histogram.quantile_ns(0.5));
        REQUIRE(within_error(histogram.quantile_ns(0.5), recorded));
    }
}

TEST_CASE("percentiles agree with sorting, within one per cent") {
    std::mt19937_64 random(5);
    std::lognormal_distribution<double> latency(std::log(300'000.0), 1.5);
    std::vector<std::uint64_t> values;
    Histogram histogram;
    for (int i = 0; i < 50'000; ++i) {
        const auto value = static_cast<std::uint64_t>(latency(random)) + 1'000;
        values.push_back(value);
        histogram.record(static_cast<std::int64_t>(value));
    }
    std::sort(values.begin(), values.end());
    for (const double quantile : {0.5, 0.9, 0.99, 0.999}) {
        const auto place = static_cast<std::size_t>(std::ceil(quantile * static_cast<double>(values.size()))) - 1;
        INFO("quantile " << quantile);
        CHECK(within_error(histogram.quantile_ns(quantile), values[place]));
    }
    CHECK(histogram.max_ns() == values.back());
    CHECK(histogram.quantile_ns(1) == values.back());
    CHECK(histogram.count() == values.size());
}

TEST_CASE("values beyond the range count as its bounds, and none at all read as zero") {
    Histogram histogram;
    CHECK(histogram.quantile_ns(0.99) == 0);
    histogram.record(-5);
    CHECK(histogram.quantile_ns(1) == 0);
    histogram.record(INT64_MAX);
    CHECK(histogram.max_ns() == Histogram::highest_ns);
    CHECK(histogram.count() == 2);
}

TEST_CASE("a merged histogram is that of all the records") {
    Histogram one, other, both;
    for (std::int64_t i = 1; i <= 1'000; ++i) {
        (i % 3 == 0 ? one : other).record(i * 1'000, 2);
        both.record(i * 1'000, 2);
    }
    one.merge(other);
    CHECK(one.count() == both.count());
    CHECK(one.max_ns() == both.max_ns());
    for (const double quantile : {0.1, 0.5, 0.9, 0.999}) CHECK(one.quantile_ns(quantile) == both.quantile_ns(quantile));
}
