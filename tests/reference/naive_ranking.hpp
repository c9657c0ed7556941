// Ranking as the contract words it: criterion by criterion, between two offers at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "matching/commands.hpp"
#include "tests/reference/naive_state.hpp"

namespace tiebreak::reference {

// The criteria that count for a stage that closed at `closed_ns`, in order. The last is always earliest_response.
[[nodiscard]] std::vector<matching::Criterion> criteria_that_count(const matching::command::Procedure& procedure,
                                                                   matching::Instant closed_ns);

// The citizen's choice among these criteria, by its place; the number of criteria if it is not among them.
[[nodiscard]] std::size_t place_of_choice(const std::vector<matching::Criterion>& criteria);

// Whether `a` is better than `b` on that one criterion. On citizen_choice nothing is better than anything.
[[nodiscard]] bool better_on(matching::CriterionKind criterion, const NaiveOffer& a, const NaiveOffer& b);

// The place of the first criterion on which the two differ; the number of criteria if there is none.
[[nodiscard]] std::size_t first_difference(const std::vector<matching::Criterion>& criteria, const NaiveOffer& a,
                                           const NaiveOffer& b);

// The offers still in the ranking, best first, by the ranking without any choice. Places in stage.offers.
[[nodiscard]] std::vector<std::size_t> ranked(const std::vector<matching::Criterion>& criteria,
                                              const NaiveStage& stage);

// Why `loser` stands behind `winner`, which the citizen chose or not.
[[nodiscard]] matching::CriterionKind lost_on(const std::vector<matching::Criterion>& criteria,
                                              const NaiveOffer& winner, const NaiveOffer& loser,
                                              bool winner_was_chosen);

// The provider's quality at that stamp under that procedure, which may have a rating rule.
[[nodiscard]] std::optional<matching::Score> quality_at(const matching::command::Procedure& procedure,
                                                        const matching::command::Provider& provider,
                                                        matching::Instant at_ns);

}  // namespace tiebreak::reference
