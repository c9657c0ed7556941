// The council's procedures as files: registered at start, and again whenever the daemon is told to look (SIGHUP).
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "wire/procedure_files.hpp"

namespace tiebreak::daemon {

struct Registration {
    std::size_t taken = 0;
    std::vector<std::string> wrong;  // what was refused, a sentence each
};

// Sends the procedures to the daemon at `endpoint` as any front end would, so that each is stamped, journaled and
// published; one whose content is the current revision's changes nothing. Waits for the replies, up to 30 s for each. Asks `go_on` many times
// a second meanwhile, and gives up as soon as that says no: a daemon whose disk has failed replies no more.
[[nodiscard]] Registration register_procedures(const wire::LoadedProcedures& loaded, const std::string& endpoint,
                                               const std::function<bool()>& go_on);

// Loads the directory and registers what is good.
[[nodiscard]] Registration register_directory(const std::filesystem::path& directory, const std::string& endpoint,
                                              const std::function<bool()>& go_on);

}  // namespace tiebreak::daemon
