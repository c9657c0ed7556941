// The lengths that texts about time are made of.
#pragma once

#include "matching/instant.hpp"

namespace tiebreak::wire {

inline constexpr matching::Duration microsecond_ns = 1'000;
inline constexpr matching::Duration millisecond_ns = 1'000'000;
inline constexpr matching::Duration second_ns = 1'000'000'000;
inline constexpr matching::Duration minute_ns = 60 * second_ns;
inline constexpr matching::Duration hour_ns = 60 * minute_ns;
inline constexpr matching::Duration day_ns = 24 * hour_ns;

}  // namespace tiebreak::wire
