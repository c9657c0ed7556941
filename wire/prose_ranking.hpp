// The ranking of a procedure as sentences. A part of prose_procedure.
#pragma once

#include <string>
#include <vector>

#include "matching/procedure.hpp"
#include "wire/prose_time.hpp"

namespace tiebreak::wire {

// The criteria that a procedure ranks by, the last earliest_response written or not.
[[nodiscard]] std::vector<matching::Criterion> criteria_of(const matching::command::Procedure& procedure);

[[nodiscard]] std::vector<std::string> ranking_in_words(const matching::command::Procedure& procedure, Clock clock);

}  // namespace tiebreak::wire
