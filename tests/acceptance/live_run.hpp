// Runs a scenario through a real daemon over its sockets, in scaled time (live_plan.hpp).
//
// Each command waits for its reply, and for everything on the feed that comes before it in the scenario, so the order
// is the scenario's unless the machine stalls for longer than the margin. Whether it did is judged by the stamps alone,
// never by what came out: then the run is void and is made again, slower.
#pragma once

#include "tests/acceptance/run_engine.hpp"
#include "tests/acceptance/scenario.hpp"

namespace tiebreak::acceptance {

// The differences are those in outcomes, standings and answers, without times.
[[nodiscard]] Run run_live(const Scenario& scenario);

}  // namespace tiebreak::acceptance
