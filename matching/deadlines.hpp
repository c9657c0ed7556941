// What is due when: the closes of open stages and the ends of choice windows, earliest first; equal ones in the order in
// which their packages were opened.
//
// A deadline that was moved or overtaken is not taken out but passed over: it counts only while its package still waits
// for that very instant.
#pragma once

#include <functional>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "matching/events.hpp"
#include "matching/instant.hpp"

namespace tiebreak::matching {

class Deadlines {
public:
    struct Due {
        Instant at_ns = 0;
        PackageIndex package = no_index;
        auto operator<=>(const Due&) const = default;
    };

    void add(Instant at_ns, PackageIndex package) { queue_.push({at_ns, package}); }

    // The next deadline that counts. `counts(due)` says whether its package still waits for it; the others are dropped.
    template <typename Counts>
    std::optional<Due> next(const Counts& counts) {
        while (!queue_.empty() && !counts(queue_.top())) queue_.pop();
        if (queue_.empty()) return std::nullopt;
        return queue_.top();
    }
    void pop() { queue_.pop(); }

private:
    std::priority_queue<Due, std::vector<Due>, std::greater<>> queue_;
};

}  // namespace tiebreak::matching
