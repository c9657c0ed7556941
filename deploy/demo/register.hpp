// Puts the files of deploy/ on record with the daemon: procedures, and who takes part.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "wire/client.hpp"

namespace tiebreak::demo {

using Names = std::map<std::string, std::string>;  // of providers, by id

// Registers the procedure that is the whole of the file. Nothing, or why it can't be.
[[nodiscard]] std::optional<std::string> register_procedure(wire::Client& client, const std::filesystem::path& file);

// Registers the providers of a file of JSON Lines and adds their names. Nothing, or why it can't be.
[[nodiscard]] std::optional<std::string> register_providers(wire::Client& client, const std::filesystem::path& file,
                                                            Names& names);

}  // namespace tiebreak::demo
