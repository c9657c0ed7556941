// A vector that only grows and never moves what it holds: pointers to elements stay good, and growing costs one
// block, not a copy of everything.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace tiebreak::matching {

template <typename T, std::size_t block_size = 1024>
class StableVector {
public:
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] T& operator[](std::size_t i) noexcept { return (*blocks_[i / block_size])[i % block_size]; }
    [[nodiscard]] const T& operator[](std::size_t i) const noexcept { return (*blocks_[i / block_size])[i % block_size]; }

    template <typename Value = T>
    T& push_back(Value&& value) {
        if (size_ == blocks_.size() * block_size) blocks_.push_back(std::make_unique<std::array<T, block_size>>());
        T& place = (*this)[size_];
        place = std::forward<Value>(value);
        ++size_;
        return place;
    }

private:
    std::vector<std::unique_ptr<std::array<T, block_size>>> blocks_;
    std::size_t size_ = 0;
};

}  // namespace tiebreak::matching
