#include "daemon/stamps.hpp"

#include <sched.h>

#include <algorithm>

#include "daemon/pause.hpp"
#include "matching/invariant.hpp"

namespace tiebreak::daemon {

void StampFence::raise_floor(matching::Instant floor_ns) noexcept {
    floor_ns_.store(floor_ns, std::memory_order_seq_cst);
    const std::uint64_t seen = crossings_.load(std::memory_order_seq_cst);
    if (seen % 2 == 0) return;
    // The gate is inside for some hundred nanoseconds, unless the scheduler has taken its core: then give it ours.
    for (int spins = 0; crossings_.load(std::memory_order_acquire) == seen; ++spins) {
        if (spins < 1000) {
            pause_briefly();
        } else {
            ::sched_yield();
        }
    }
}

matching::Instant Stamper::take(std::size_t size_bytes) noexcept {
    const matching::Instant stamp_ns = std::max({next_ns_, fence_.floor_ns(), clock_.wall_ns()});
    TIEBREAK_INVARIANT(stamp_ns <= matching::last_instant - room(size_bytes), "stamps end in the year 2262");
    next_ns_ = stamp_ns + room(size_bytes);
    return stamp_ns;
}

std::optional<matching::Instant> Ceiling::extend_for(matching::Instant instant_ns) noexcept {
    const matching::Instant with_lead_ns = matching::end_of_window(instant_ns, lead_ns());
    if (with_lead_ns < standing_ns_) return std::nullopt;
    standing_ns_ = matching::end_of_window(instant_ns, horizon_ns_);
    return standing_ns_;
}

}  // namespace tiebreak::daemon
