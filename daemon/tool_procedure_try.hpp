// `tiebreak procedure check FILE --try SCENARIO`: commands run under a procedure, and what happens as a timeline.
#pragma once

#include <string>
#include <vector>

#include "matching/procedure.hpp"
#include "wire/prose_time.hpp"

namespace tiebreak::daemon {

struct TryOptions {
    bool json = false;
    wire::Clock clock = wire::Clock::uk;
    bool after_text = false;  // something stands above it
};

// Runs the scenario's files, one after the other, and prints. The procedure is registered when the first command
// comes. Returns an exit status of the tool.
[[nodiscard]] int try_scenario(const matching::command::Procedure& procedure, const std::vector<std::string>& files,
                               const TryOptions& options);

}  // namespace tiebreak::daemon
