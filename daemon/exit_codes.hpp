// How tiebreakd ends. Stands in its --help; scripts and service managers rely on it.
#pragma once

namespace tiebreak::daemon {

enum ExitCode : int {
    exit_clean = 0,      // stopped by SIGTERM or SIGINT, everything acknowledged is on the disk
    exit_failed = 1,     // something that is none of the others
    exit_usage = 2,      // an option or the config file is wrong
    exit_in_use = 3,     // another daemon has the data directory
    exit_damaged = 4,    // the journal can't be read; the message says where
    exit_disk = 5,       // the disk failed while running: nothing was acknowledged after that
    exit_endpoint = 6,   // an endpoint can't be bound: the port is in use, say
};

inline constexpr const char* exit_codes_help =
    "Exit codes: 0 stopped by SIGTERM or SIGINT; 1 failed; 2 wrong option or config file;\n"
    "3 another daemon has the data directory; 4 the journal is damaged (the message says where);\n"
    "5 the disk failed while running; 6 an endpoint can't be bound.";

}  // namespace tiebreak::daemon
