// tiebreak procedure check FILE…: whether procedures are well formed, and what they say in plain English.
#pragma once

namespace CLI {
class App;
}

namespace tiebreak::daemon {

// Adds the subcommand. When it has run, `exit_status` says how it ended.
void add_procedure_command(CLI::App& tool, int& exit_status);

}  // namespace tiebreak::daemon
