// The small change of plain English: lists, numbers, names that come as ids.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tiebreak::wire {

// "a", "a and b", "a, b and c"; with another word than "and" where it is given. Empty for an empty list.
[[nodiscard]] std::string listed(const std::vector<std::string>& words, std::string_view last_word = "and");

// An id as people say it: "care_home" is "care home", "hospital-discharge" is "hospital discharge", "shadow-1" stays,
// abbreviations that everybody in care knows are in capitals ("cqc", "nhs", "apl", "dps").
[[nodiscard]] std::string said(std::string_view id);

// "one" to "ten", then digits with a comma at each thousand: "1,204".
[[nodiscard]] std::string number_in_words(std::uint64_t number);
// Digits alone: "1,204".
[[nodiscard]] std::string number_in_digits(std::uint64_t number);
// "1 offer", "2 offers".
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view one, std::string_view many);
// "1st", "2nd", "3rd", "11th".
[[nodiscard]] std::string ordinal(std::uint64_t number);

// The text with its first letter (of ASCII) in upper case.
[[nodiscard]] std::string capitalised(std::string text);

// The one of `known` that somebody who wrote `word` will have meant: the nearest by single letters added, left out,
// changed or swapped; empty if none is near. Upper and lower case, '-' and '_' count as the same.
[[nodiscard]] std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& known);

// How many such steps lead from one to the other; at most `steps_max` + 1 is said.
[[nodiscard]] std::size_t steps_between(std::string_view a, std::string_view b, std::size_t steps_max);

// Breaks a text into lines of at most `width` characters (code points) at its spaces, each with `indent` before it. A
// longer word gets a line of its own. Ends without a line break.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::string_view indent = {});

// How many columns a terminal needs for it: its code points.
[[nodiscard]] std::size_t width_of(std::string_view text) noexcept;

}  // namespace tiebreak::wire
