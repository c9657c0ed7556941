// The tables of what must come out.
#pragma once

#include <string_view>

#include "tests/acceptance/page.hpp"
#include "tests/acceptance/scenario.hpp"
#include "tests/acceptance/sentences.hpp"

namespace tiebreak::acceptance {

[[nodiscard]] bool is_expectation(std::string_view heading);

// Reads them into the scenario. Throws BadScenario.
void read_expectations(const Page& page, const Sentences& names, Scenario& scenario);

}  // namespace tiebreak::acceptance
