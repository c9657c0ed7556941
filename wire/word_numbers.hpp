// The listed words as numbers: matching counts them from 0, the schema from 1, with 0 for "not given".
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "matching/events.hpp"
#include "matching/procedure.hpp"
#include "wire/schema/words_generated.h"

namespace tiebreak::wire {

// The schema's enum for one of matching's, and its names.
template <class Word>
struct WordNumbers;

#define TIEBREAK_WORD_NUMBERS(Word, last)                                                          \
    template <>                                                                                    \
    struct WordNumbers<matching::Word> {                                                           \
        using Number = fb::Word;                                                                   \
        static const char* const* names() { return fb::EnumNames##Word(); }                        \
    };                                                                                             \
    static_assert(static_cast<int>(fb::Word::MAX) == static_cast<int>(matching::Word::last) + 1 && \
                  fb::Word::MAX == fb::Word::last)

TIEBREAK_WORD_NUMBERS(StageKind, confirm);
TIEBREAK_WORD_NUMBERS(CloseRule, first_offer);
TIEBREAK_WORD_NUMBERS(CriterionKind, citizen_choice);
TIEBREAK_WORD_NUMBERS(AlternativeCondition, top_up);
TIEBREAK_WORD_NUMBERS(Requirement, price);
TIEBREAK_WORD_NUMBERS(ApprovalBefore, opening);
TIEBREAK_WORD_NUMBERS(CloseCause, first_offer);
TIEBREAK_WORD_NUMBERS(WithdrawCause, suspended);
TIEBREAK_WORD_NUMBERS(UnawardedReason, refused);
TIEBREAK_WORD_NUMBERS(DecidedBy, only_offer);

#undef TIEBREAK_WORD_NUMBERS

template <class Word>
[[nodiscard]] constexpr typename WordNumbers<Word>::Number to_number(Word word) noexcept {
    return static_cast<typename WordNumbers<Word>::Number>(static_cast<std::uint8_t>(word) + 1);
}

// Nothing for 0 and for numbers that this build does not know.
template <class Word>
[[nodiscard]] constexpr std::optional<Word> from_number(std::uint8_t number) noexcept {
    if (number == 0 || number > static_cast<std::uint8_t>(WordNumbers<Word>::Number::MAX)) return std::nullopt;
    return static_cast<Word>(number - 1);
}

// "offer, confirm": what there is to choose from, for a sentence.
template <class Word>
[[nodiscard]] std::string list_of_words() {
    std::string list;
    for (const char* const* name = WordNumbers<Word>::names() + 1; *name != nullptr; ++name) {
        if (!list.empty()) list += ", ";
        list += *name;
    }
    return list;
}

}  // namespace tiebreak::wire
