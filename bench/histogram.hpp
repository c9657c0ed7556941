// A histogram of durations with a fixed relative error, in the manner of HdrHistogram: 128 buckets to each doubling.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tiebreak::bench {

// Every figure read back is at least the recorded value and at most 1/128 above it (0.8 %), from 0 ns to 1,000 s; values
// outside count as the nearest bound. The maximum is exact. One thread at a time.
class Histogram {
public:
    static constexpr std::uint64_t highest_ns = 1'000'000'000'000;

    void record(std::int64_t value_ns, std::uint64_t times = 1) noexcept {
        const std::uint64_t value =
            value_ns < 0 ? 0 : std::min(static_cast<std::uint64_t>(value_ns), highest_ns);
        buckets_[index(value)] += times;
        count_ += times;
        if (times > 0) max_ns_ = std::max(max_ns_, value);
    }

    void merge(const Histogram& other) noexcept {
        for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
        count_ += other.count_;
        max_ns_ = std::max(max_ns_, other.max_ns_);
    }

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] std::uint64_t max_ns() const noexcept { return max_ns_; }

    // The value that a share `quantile` (0 to 1) of the records does not exceed; 0 when there are none.
    [[nodiscard]] std::uint64_t quantile_ns(double quantile) const noexcept {
        const double wanted = quantile * static_cast<double>(count_);
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            sum += buckets_[i];
            if (sum > 0 && static_cast<double>(sum) >= wanted) return std::min(highest_of(i), max_ns_);
        }
        return max_ns_;
    }

private:
    static constexpr unsigned fine_bits = 7;
    static constexpr std::uint64_t fine = 1U << fine_bits;

    // Values below `fine` have a bucket each; above, the leading bit chooses a row and the next seven bits the bucket.
    static constexpr std::size_t index(std::uint64_t value) noexcept {
        if (value < fine) return value;
        const unsigned row = static_cast<unsigned>(std::bit_width(value)) - fine_bits - 1;
        return (row + 1) * fine + ((value >> row) - fine);
    }
    static constexpr std::uint64_t highest_of(std::size_t bucket) noexcept {
        if (bucket < fine) return bucket;
        const unsigned row = static_cast<unsigned>(bucket / fine) - 1;
        return (((bucket % fine) + fine + 1) << row) - 1;
    }

    std::vector<std::uint64_t> buckets_ = std::vector<std::uint64_t>(index(highest_ns) + 1);
    std::uint64_t count_ = 0;
    std::uint64_t max_ns_ = 0;
};

}  // namespace tiebreak::bench
