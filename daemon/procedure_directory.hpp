// The council's procedures as files: registered at start, and again whenever the daemon is told to look (SIGHUP).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "wire/procedure_files.hpp"

namespace tiebreak::daemon {

// Sends the procedures to the daemon at `endpoint` as any front end would, so that each is stamped, journaled and
// published; one whose content is the current revision's changes nothing. Waits for the replies. What was refused, a
// sentence each; empty if all were taken.
[[nodiscard]] std::vector<std::string> register_procedures(const wire::LoadedProcedures& loaded, const std::string& endpoint);

// Loads the directory and registers what is good. What is wrong, a sentence each.
[[nodiscard]] std::vector<std::string> register_directory(const std::filesystem::path& directory, const std::string& endpoint);

}  // namespace tiebreak::daemon
