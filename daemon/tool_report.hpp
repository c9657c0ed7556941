// tiebreak report PROCEDURE: pick-up rates against the obligations.
#pragma once

namespace CLI {
class App;
}

namespace tiebreak::daemon {

// Adds the subcommand. When it has run, `exit_status` says how it ended.
void add_report_command(CLI::App& tool, int& exit_status);

}  // namespace tiebreak::daemon
