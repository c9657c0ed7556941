// Holds what came out against what a page says must come out.
#pragma once

#include <string>
#include <vector>

#include "tests/acceptance/facts.hpp"
#include "tests/acceptance/scenario.hpp"

namespace tiebreak::acceptance {

// exact: with times and the order across packages. outcomes_only: each package's outcomes in their order, and the
// standings, without times.
enum class Strictness { exact, outcomes_only };

// A sentence or two for each difference; empty if there is none.
[[nodiscard]] std::vector<std::string> differences(const Scenario& scenario, const Facts& happened,
                                                   Strictness strictness);

}  // namespace tiebreak::acceptance
