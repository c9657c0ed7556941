// What happened, as sentences.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "wire/explain_dossier.hpp"
#include "wire/prose_table.hpp"
#include "wire/prose_time.hpp"

namespace tiebreak::wire {

// One sentence, ending in a full stop. In the second person the happening's own provider is "you".
[[nodiscard]] std::string happening_text(const Happening& happening, Person person, Clock clock);

// "the earliest start", "the citizen's choice", "being the only offer": what an award was decided by.
[[nodiscard]] std::string decided_by_text(matching::DecidedBy decided_by);

// "no offers", "1 offer", "2 confirmations"
[[nodiscard]] std::string answers_text(std::uint64_t answers, bool confirming);

// "at its deadline", "because everyone asked had answered", "by its first offer"
[[nodiscard]] std::string close_cause_text(matching::CloseCause cause);

// "no offer was left", "an approval was refused", ...
[[nodiscard]] std::string unawarded_text(matching::UnawardedReason reason);

// A line of a timeline: `whose` stands before the sentence where several packages are told of at once.
struct TimelineLine {
    matching::Instant at_ns = 0;
    std::string whose;
    std::string text;
};

// The lines under a heading for each day, times aligned, sentences wrapped. In order.
[[nodiscard]] std::string timeline_text(std::span<const TimelineLine> lines, const Look& look, Clock clock);

}  // namespace tiebreak::wire
