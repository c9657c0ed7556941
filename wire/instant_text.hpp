// Instants and durations as text, as the contract writes them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "matching/instant.hpp"

namespace tiebreak::wire {

// A value read from text, or why it could not be read: a sentence in static storage.
template <class Value>
struct FromText {
    Value value{};
    const char* flaw = nullptr;
    [[nodiscard]] explicit operator bool() const noexcept { return flaw == nullptr; }
};

// RFC 3339 with an upper-case T, 0 to 9 fractional digits and `Z` or an offset up to 23:59; from 1970-01-01T00:00:00Z
// until matching::last_instant. No leap seconds, no 24:00.
[[nodiscard]] FromText<matching::Instant> read_instant(std::string_view text) noexcept;

// "1h30m": units d h m s ms us ns, each at most once, larger ones first, whole numbers; more than zero, below 2^63 ns.
[[nodiscard]] FromText<matching::Duration> read_duration(std::string_view text) noexcept;

inline constexpr std::size_t instant_text_bytes = 30;  // 2026-11-23T08:00:00.000000000Z

// Writes exactly instant_text_bytes characters: UTC, 9 fractional digits, `Z`. Requires: at_ns >= 0.
void write_instant(char* to, matching::Instant at_ns) noexcept;
void append_instant(std::string& to, matching::Instant at_ns);

// The shortest form that read_duration takes: 90 s is "1m30s". Requires: duration_ns > 0.
void append_duration(std::string& to, matching::Duration duration_ns);

}  // namespace tiebreak::wire
