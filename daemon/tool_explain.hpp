// tiebreak explain PACKAGE: everything that happened to one package, and why.
#pragma once

namespace CLI {
class App;
}

namespace tiebreak::daemon {

// Adds the subcommand. When it has run, `exit_status` says how it ended.
void add_explain_command(CLI::App& tool, int& exit_status);

}  // namespace tiebreak::daemon
