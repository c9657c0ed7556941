// A dossier as an officer reads it.
#pragma once

#include <string>

#include "wire/explain_dossier.hpp"
#include "wire/explain_margin.hpp"
#include "wire/prose_table.hpp"
#include "wire/prose_time.hpp"

namespace tiebreak::wire {

// Everything: the outcome, each ranking with why every offer lost, who was asked and why the others were not, approvals,
// choices, and what happened in order. Ends with a line break.
[[nodiscard]] std::string dossier_text(const Dossier& dossier, const Look& look, Clock clock);

// The outcome in a sentence or two: "awarded to b, start ...; decided by ...".
[[nodiscard]] std::string outcome_text(const Dossier& dossier, Clock clock);

// A table of one award's ranking.
[[nodiscard]] std::string ranking_text(const Dossier& dossier, const AwardStory& award, const Look& look, Clock clock);

// Why the offer at `place` of an award's ranking (not the first) lost.
[[nodiscard]] Margin margin_of(const Dossier& dossier, const AwardStory& award, std::size_t place);

}  // namespace tiebreak::wire
