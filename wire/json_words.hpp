// The words that JSON has for our enumerators, each list in the order of its enum. Readers and writers share them.
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>
#include <type_traits>

#include "matching/events.hpp"
#include "matching/procedure.hpp"

namespace tiebreak::wire {

template <class Enum>
inline constexpr std::string_view words_of[1] = {};

template <>
inline constexpr std::string_view words_of<matching::StageKind>[] = {"offer", "confirm"};
template <>
inline constexpr std::string_view words_of<matching::CloseRule>[] = {"deadline", "all_answered", "first_offer"};
template <>
inline constexpr std::string_view words_of<matching::CriterionKind>[] = {
    "earliest_start", "highest_quality", "highest_feedback", "lowest_price", "earliest_response", "citizen_choice"};
template <>
inline constexpr std::string_view words_of<matching::AlternativeCondition>[] = {"not_inadequate", "direct_payment",
                                                                                "on_site", "top_up"};
template <>
inline constexpr std::string_view words_of<matching::ApprovalBefore>[] = {"award", "opening"};
template <>
inline constexpr std::string_view words_of<matching::Requirement>[] = {"accommodation", "not_inadequate",
                                                                       "cqc_registered", "vacancy", "price"};
template <>
inline constexpr std::string_view words_of<matching::CloseCause>[] = {"deadline", "all_answered", "first_offer"};
template <>
inline constexpr std::string_view words_of<matching::WithdrawCause>[] = {"withdrawn", "declined", "suspended"};
template <>
inline constexpr std::string_view words_of<matching::UnawardedReason>[] = {"no_offers", "approval_refused", "refused"};
template <>
inline constexpr std::string_view words_of<matching::DecidedBy>[] = {
    "earliest_start",    "highest_quality", "highest_feedback", "lowest_price", "earliest_response",
    "citizen_choice",    "first_offer",     "refusal",          "only_offer"};

template <class Enum>
[[nodiscard]] constexpr std::string_view word_of(Enum value) noexcept {
    return words_of<Enum>[static_cast<std::size_t>(value)];
}

template <class Enum>
[[nodiscard]] constexpr std::optional<Enum> value_of(std::string_view word) noexcept {
    for (std::size_t i = 0; i < std::size(words_of<Enum>); ++i) {
        if (words_of<Enum>[i] == word) return static_cast<Enum>(i);
    }
    return std::nullopt;
}

}  // namespace tiebreak::wire
