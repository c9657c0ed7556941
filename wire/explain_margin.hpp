// By how much an offer lost: the criteria on which it was equal to the winner, the one that decided, and the difference.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "matching/instant.hpp"
#include "matching/procedure.hpp"
#include "matching/rank_key.hpp"

namespace tiebreak::wire {

struct Margin {
    matching::CriterionKind lost_on = matching::CriterionKind::earliest_response;
    std::vector<matching::CriterionKind> equal;  // what counted before it, with no difference
    // The difference, never negative; absent where one of the two has no value, or a choice decided.
    std::optional<matching::Duration> by_ns;
    std::optional<matching::Score> by_score;
    std::optional<matching::Pence> by_pence;
    bool ranked_higher = false;  // than the winner, which the citizen chose all the same

    bool operator==(const Margin&) const = default;
};

// `criteria` as CompiledRanking::order_at gives them for the stage's close.
[[nodiscard]] Margin margin_between(const matching::RankOrder& criteria, const matching::RankFacts& winner,
                                    const matching::RankFacts& loser, matching::CriterionKind lost_on);

// "same start, same rating, answered 1.204 318 ms later", "quality 82.5 against 87", "£1.20 dearer", "the citizen chose
// another".
[[nodiscard]] std::string margin_text(const Margin& margin, const matching::RankFacts& winner,
                                      const matching::RankFacts& loser);

// The same for the provider that lost: nobody's price is in it, nor a difference of prices.
[[nodiscard]] std::string margin_text_for_loser(const Margin& margin, const matching::RankFacts& winner,
                                                const matching::RankFacts& loser);

}  // namespace tiebreak::wire
