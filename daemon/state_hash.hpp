// One number for a whole state: two states that say the same have the same one, however they came about.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace tiebreak::daemon {

using StateHash = std::array<std::byte, 32>;

// SHA-256 over: the length of the engine's saved state (8 bytes, little-endian) and that state; the length of the feed's saved topics
// and those.
[[nodiscard]] StateHash state_hash(std::string_view engine, std::string_view topics);

// In hexadecimal.
[[nodiscard]] std::string text_of(const StateHash& hash);

}  // namespace tiebreak::daemon
