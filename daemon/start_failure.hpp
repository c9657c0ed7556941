#pragma once

#include <string>

#include "daemon/exit_codes.hpp"
#include "daemon/journal_fault.hpp"

namespace tiebreak::daemon {

// Why the daemon did not start, in one sentence, and how to exit.
struct StartFailure {
    ExitCode exit_code = exit_failed;
    std::string sentence;
};

[[nodiscard]] inline StartFailure failure_of(const Fault& fault) {
    const auto exit_code = [&] {
        switch (fault.kind) {
            case FaultKind::in_use: return exit_in_use;
            case FaultKind::bad_option: return exit_usage;
            case FaultKind::disk:
            case FaultKind::disk_full:
            case FaultKind::names_lost: return exit_disk;
            case FaultKind::damaged:
            case FaultKind::missing:
            case FaultKind::wrong_version:
            case FaultKind::gone: return exit_damaged;
        }
        return exit_failed;
    };
    return {exit_code(), fault.sentence};
}

}  // namespace tiebreak::daemon
