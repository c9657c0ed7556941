// The packages with an open stage, in the order in which they were opened: one bit for each package there ever was.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "matching/events.hpp"

namespace tiebreak::matching {

class OpenPackages {
public:
    void insert(PackageIndex package) {
        if (words_.size() <= package / 64) words_.resize(package / 64 + 1);
        count_ += (words_[package / 64] & bit(package)) == 0 ? 1 : 0;
        words_[package / 64] |= bit(package);
    }
    void erase(PackageIndex package) noexcept {
        count_ -= (words_[package / 64] & bit(package)) == 0 ? 0 : 1;
        words_[package / 64] &= ~bit(package);
    }
    [[nodiscard]] std::size_t size() const noexcept { return count_; }

    // Visits them in order. `visit` must not change which are open.
    template <typename Visit>
    void each(const Visit& visit) const {
        for (std::size_t i = 0; i < words_.size(); ++i)
            for (std::uint64_t left = words_[i]; left != 0; left &= left - 1)
                visit(static_cast<PackageIndex>(i * 64 + static_cast<std::size_t>(std::countr_zero(left))));
    }

private:
    static std::uint64_t bit(PackageIndex package) noexcept { return std::uint64_t{1} << (package % 64); }

    std::vector<std::uint64_t> words_;
    std::size_t count_ = 0;
};

}  // namespace tiebreak::matching
