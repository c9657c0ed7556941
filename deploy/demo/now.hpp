// The wall clock, as the demo's people and programs see it.
#pragma once

#include <ctime>

#include "matching/instant.hpp"

namespace tiebreak::demo {

[[nodiscard]] inline matching::Instant now_ns() noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

}  // namespace tiebreak::demo
