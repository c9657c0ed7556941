// Writes the two events that there are thousands of at once: an accepted offer and an award. The same message as EventWriter's
// builder would give, front to back and several times as fast (bench_codec, bench_loop).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "matching/events.hpp"

namespace tiebreak::wire {

// Both: `event` is the whole event and `body` what it holds. The message lies in `buffer`, valid until that changes.
[[nodiscard]] std::span<const std::byte> write_event(const matching::Event& event, const matching::event::OfferAccepted& body,
                                                     std::vector<std::byte>& buffer);
[[nodiscard]] std::span<const std::byte> write_event(const matching::Event& event, const matching::event::Awarded& body,
                                                     std::vector<std::byte>& buffer);

}  // namespace tiebreak::wire
