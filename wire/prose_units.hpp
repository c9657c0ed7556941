// Amounts as people read them: lengths of time, money, scores, per cents.
#pragma once

#include <cstdint>
#include <string>

#include "matching/instant.hpp"
#include "matching/procedure.hpp"

namespace tiebreak::wire {

// In words, for sentences: "four hours", "two days", "90 minutes" is "one hour and 30 minutes". Exact: every part of
// it that is not zero is said. Up to two days in hours ("24 hours"). Requires: more than zero.
[[nodiscard]] std::string duration_in_words(matching::Duration duration_ns);

// Short and exact, for tables and margins: "2 h", "1 d 3 h", "2 min 5.25 s", "1.204 318 ms", "12.5 µs", "318 ns".
// Digits behind the point stand in groups of three. Requires: not negative.
[[nodiscard]] std::string span_text(matching::Duration duration_ns);

// "£1,204.50"; in sentences whole pounds go without pence: "£500,000".
[[nodiscard]] std::string money_text(matching::Pence pence);
[[nodiscard]] std::string money_in_words(matching::Pence pence);

// "87", "82.5".
[[nodiscard]] std::string score_text(matching::Score score);

// `part` of `whole` in per cent with one decimal, never rounded up, so that "75.0%" is truly 75: "74.9%". "–" if the
// whole is nothing. Requires: part <= whole.
[[nodiscard]] std::string per_cent_text(std::uint64_t part, std::uint64_t whole);
// The same in tenths of a per cent. Requires also: whole > 0.
[[nodiscard]] std::uint64_t per_cent_tenths(std::uint64_t part, std::uint64_t whole) noexcept;

}  // namespace tiebreak::wire
