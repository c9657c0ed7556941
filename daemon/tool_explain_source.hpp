// Where explain and report get their stamped commands from: a file, a journal's directory or a running daemon.
#pragma once

#include <string>

#include "matching/commands.hpp"
#include "matching/instant.hpp"

namespace CLI {
class App;
}

namespace tiebreak::daemon {

struct SourceOptions {
    std::string journal;   // a data directory
    std::string commands;  // JSON Lines with stamps, as `tiebreak replay` takes them; "-": standard input
    bool live = false;     // ask the daemon at `endpoint`; also where nothing else is given
    std::string endpoint;
};

// Adds --journal DIR, --commands FILE, --live (the default) and --connect; at most one of the first three.
void add_source_options(CLI::App& command, SourceOptions& options);

// Takes commands in the order of their stamps. What a command views is valid until the call returns.
class CommandTaker {
public:
    virtual ~CommandTaker() = default;
    virtual void apply(matching::Instant at_ns, const matching::Command& command) = 0;
    virtual void advance(matching::Instant at_ns) = 0;
    virtual void run_on() = 0;  // until no deadline is left
};

// Gives every command of the source to the taker, then moves the clock on: to the end of all deadlines for a file, as
// `tiebreak replay` does; for a daemon to the instant at which it was asked; for a journal to the present, by this
// machine's clock. Returns 0, or an exit status of the tool after having complained.
[[nodiscard]] int take_commands(const SourceOptions& options, CommandTaker& taker);

}  // namespace tiebreak::daemon
