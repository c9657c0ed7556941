#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tiebreak::daemon {

// CRC32C (Castagnoli) of `bytes`, going on from `before`: crc32c(b, crc32c(a)) is the sum of a followed by b, and
// crc32c of nothing is `before`. Uses the processor's own instruction where there is one (chosen once, at the
// first call); crc32c_by_table is the fallback, exposed so that tests can hold the two against each other.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before = 0) noexcept;
[[nodiscard]] std::uint32_t crc32c_by_table(std::span<const std::byte> bytes, std::uint32_t before = 0) noexcept;

}  // namespace tiebreak::daemon
