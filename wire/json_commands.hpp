// Which fields each command has in JSON. For the readers in this folder.
#pragma once

#include <optional>

#include "matching/commands.hpp"
#include "wire/json_values.hpp"

namespace tiebreak::wire {

// What every command has: its kind, as the place of its type in command_names, and `at`, if it is there.
struct CommandHead {
    std::size_t kind = 0;
    std::optional<JsonDocument::Index> at;
};
// Nothing: `values` has the fault, and there is no telling what the fields mean.
[[nodiscard]] std::optional<CommandHead> read_command_head(JsonValues& values);

// Reads the document's root as a command. False: `values` has the faults, and the command has what could be read. The command's views
// are of values.take_texts(). What the fields say (ids, texts, the structure of procedures) is still to be looked at.
[[nodiscard]] bool read_command_fields(JsonValues& values, const CommandHead& head, bool at_required,
                                       std::optional<matching::Instant>& at_ns, matching::Command& command);

}  // namespace tiebreak::wire
