// The contract's table of events and its rules for writing JSON, held against every event of every case.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tests/contract/value.hpp"

namespace tiebreak::contract {

// What is wrong with the form of this line, or nothing: its fields and their order, instants, spaces, escapes.
// `sequence` is the one that it must carry.
[[nodiscard]] std::optional<std::string> find_misform(std::string_view line, std::size_t sequence);

}  // namespace tiebreak::contract
