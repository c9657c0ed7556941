// What is due when: the closes of open stages and the ends of choice windows, earliest first; equal ones in the order in
// which their packages were opened. Thousands may fall on one instant, so those of an instant lie together.
//
// A deadline that was moved or overtaken is not taken out but passed over: it counts only while its package still waits
// for that very instant.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "matching/events.hpp"
#include "matching/instant.hpp"

namespace tiebreak::matching {

class Deadlines {
public:
    struct Due {
        Instant at_ns = 0;
        PackageIndex package = no_index;
    };

    void add(Instant at_ns, PackageIndex package) {
        Group& group = groups_[at_ns];
        const auto left = group.packages.begin() + static_cast<std::ptrdiff_t>(group.first);
        group.packages.insert(std::upper_bound(left, group.packages.end(), package), package);
    }

    // The next deadline that counts. `counts(due)` says whether its package still waits for it; the others are dropped.
    template <typename Counts>
    std::optional<Due> next(const Counts& counts) {
        while (!groups_.empty()) {
            const auto& [at_ns, group] = *groups_.begin();
            const Due due{at_ns, group.packages[group.first]};
            if (counts(due)) return due;
            pop();
        }
        return std::nullopt;
    }
    void pop() {
        Group& group = groups_.begin()->second;
        if (++group.first == group.packages.size()) groups_.erase(groups_.begin());
    }

    // The package so many places behind the next one, if it is due at the same instant; for a look ahead.
    [[nodiscard]] PackageIndex ahead(std::size_t places) const noexcept {
        if (groups_.empty()) return no_index;
        const Group& group = groups_.begin()->second;
        return group.first + places < group.packages.size() ? group.packages[group.first + places] : no_index;
    }

private:
    struct Group {
        std::vector<PackageIndex> packages;  // in order; those before `first` are done with
        std::size_t first = 0;
    };
    std::map<Instant, Group> groups_;
};

}  // namespace tiebreak::matching
