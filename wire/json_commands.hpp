// Which fields each command has in JSON. For the readers in this folder.
#pragma once

#include <optional>

#include "matching/commands.hpp"
#include "wire/json_values.hpp"

namespace tiebreak::wire {

// Reads the document's root as a command. False: `values` has the fault. The command's views are of
// values.take_texts(). What the fields say (ids, texts, the structure of procedures) is still to be looked at.
[[nodiscard]] bool read_command_fields(JsonValues& values, bool at_required, std::optional<matching::Instant>& at_ns,
                                       matching::Command& command);

}  // namespace tiebreak::wire
