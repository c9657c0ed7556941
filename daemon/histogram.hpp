// A histogram of durations with a fixed relative error: 64 buckets to each doubling, so a figure is at most 1.6 % too high.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace tiebreak::daemon {

// One thread records, any thread reads; a reader may see a record or two less than there are.
class Histogram {
public:
    void record(std::int64_t value_ns) noexcept {
        const std::uint64_t value = value_ns < 0 ? 0 : static_cast<std::uint64_t>(value_ns);
        std::atomic<std::uint64_t>& bucket = buckets_[index(value)];
        bucket.store(bucket.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        if (value > max_.load(std::memory_order_relaxed)) max_.store(value, std::memory_order_relaxed);
    }

    [[nodiscard]] std::uint64_t max_ns() const noexcept { return max_.load(std::memory_order_relaxed); }

    [[nodiscard]] std::uint64_t count() const noexcept {
        std::uint64_t sum = 0;
        for (const auto& bucket : buckets_) sum += bucket.load(std::memory_order_relaxed);
        return sum;
    }

    // The value that at least `per_mille` thousandths of the records do not exceed; 0 when there are none.
    [[nodiscard]] std::uint64_t quantile_ns(unsigned per_mille) const noexcept {
        const std::uint64_t all = count();
        if (all == 0) return 0;
        const std::uint64_t wanted = (all * per_mille + 999) / 1000;
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            sum += buckets_[i].load(std::memory_order_relaxed);
            if (sum >= wanted && sum > 0) return highest_of(i) < max_ns() ? highest_of(i) : max_ns();
        }
        return max_ns();
    }

private:
    static constexpr unsigned fine_bits = 6;
    static constexpr std::uint64_t fine = 1U << fine_bits;

    // Values below `fine` have a bucket each; above, the leading bit chooses a row and the next six bits the bucket.
    static std::size_t index(std::uint64_t value) noexcept {
        if (value < fine) return value;
        const unsigned row = static_cast<unsigned>(std::bit_width(value)) - fine_bits - 1;
        return (row + 1) * fine + ((value >> row) - fine);
    }
    static std::uint64_t highest_of(std::size_t bucket) noexcept {
        if (bucket < fine) return bucket;
        const unsigned row = static_cast<unsigned>(bucket / fine) - 1;
        return (((bucket % fine) + fine + 1) << row) - 1;
    }

    std::array<std::atomic<std::uint64_t>, fine*(64 - fine_bits + 1)> buckets_{};
    std::atomic<std::uint64_t> max_{0};
};

}  // namespace tiebreak::daemon
