// A provider's quality at an instant.
#pragma once

#include <optional>

#include "matching/commands.hpp"
#include "matching/instant.hpp"
#include "matching/procedure.hpp"

namespace tiebreak::matching {

// The score that `highest_quality` ranks by. With a rating rule, and a provider that has ratings: the latest rating
// dated after the baseline and not after `at_ns` whose source the rule counts afterwards; if there is none, the
// latest dated not after the baseline whose source it counts before; if there is none either, none. Otherwise the
// provider's own `quality`. Of equal dates the later in the list counts.
// (Schedule 8 §10a: the CQC rating at contract award counts until a visit or an inspection after it.)
[[nodiscard]] std::optional<Score> quality_at(const command::Provider& provider, const std::optional<RatingRule>& rule,
                                              Instant at_ns);

}  // namespace tiebreak::matching
