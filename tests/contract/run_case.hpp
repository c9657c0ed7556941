// Runs a case through the engine, by way of `tiebreak replay`, and says where they differ.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "tests/contract/case_file.hpp"

namespace tiebreak::contract {

// Reads commands, writes events and complaints, returns the exit status: what `tiebreak replay` does with an open file.
using Replay = std::function<int(std::istream&, std::ostream&, std::ostream&)>;

// One sentence or more for each place where the engine does other than the case says; empty if they agree.
[[nodiscard]] std::vector<std::string> run_case(const Case& a_case, const Replay& replay);

}  // namespace tiebreak::contract
