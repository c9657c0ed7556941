// Chance for the generators: the same seed, or the same bytes, give the same throws on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <span>
#include <vector>

namespace tiebreak::reference {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : random_{seed} {}
    // For a fuzzer: each throw is a byte, as long as there are any; then it goes on by itself. The bytes must outlive it.
    explicit Dice(std::span<const std::uint8_t> bytes) : bytes_{bytes}, random_{bytes.size()} {}

    // 0 to n-1. Requires n > 0.
    std::uint64_t below(std::uint64_t n) {
        if (bytes_.empty()) return random_() % n;
        const std::uint8_t byte = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return byte % n;
    }
    // low to high, both included.
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
    }
    bool chance(std::uint64_t per_cent) { return below(100) < per_cent; }

    template <typename Value>
    Value one_of(std::initializer_list<Value> values) {
        return values.begin()[below(values.size())];
    }
    template <typename Value>
    const Value& one_of(const std::vector<Value>& values) {
        return values[below(values.size())];
    }
    // The place of the one that came up. Requires a weight above zero.
    std::size_t weighted(std::initializer_list<std::uint64_t> weights) {
        std::uint64_t sum = 0;
        for (const std::uint64_t weight : weights) sum += weight;
        std::uint64_t throw_of = below(sum);
        std::size_t place = 0;
        for (const std::uint64_t weight : weights) {
            if (throw_of < weight) break;
            throw_of -= weight;
            ++place;
        }
        return place;
    }

private:
    std::span<const std::uint8_t> bytes_;
    std::mt19937_64 random_;
};

}  // namespace tiebreak::reference
