// Runs a scenario on the engine alone, at the times that its page has.
#pragma once

#include <string>
#include <vector>

#include "tests/acceptance/scenario.hpp"

namespace tiebreak::acceptance {

struct Run {
    std::vector<std::string> differences;  // between what came out and what the page says must; empty: they agree
    std::string timeline;                  // everything that happened, for people
};

[[nodiscard]] Run run_on_engine(const Scenario& scenario);

// Why a step's answer is not the one on the page; empty: it is. Both codes are empty for a command that is taken.
[[nodiscard]] std::string answer_difference(const Step& step, const std::string& reject_code);

}  // namespace tiebreak::acceptance
