#include "tests/simulation/checkers.hpp"

namespace tiebreak::simulation {

std::string Checkers::failures() const {
    std::string text;
    for (const std::string& other : others_) text += "never: " + other + '\n';
    for (const auto& checker : all_) {
        for (const std::string& failure : checker->failures()) text += checker->promise() + ": " + failure + '\n';
    }
    return text;
}

}  // namespace tiebreak::simulation
