// What a day came to: the checks of its results, and the figures that people are shown.
#pragma once

#include <string>
#include <vector>

#include "deploy/demo/board.hpp"
#include "deploy/demo/play.hpp"

namespace tiebreak::demo {

// Everything that is wrong with a day, in words: awards that differ from what the receipts give, packages without an end,
// gaps in the feed. Empty if all is well.
[[nodiscard]] std::vector<std::string> check_day(const Played& played);

void print_summary(Board& board, const Played& played, std::size_t front_ends);

}  // namespace tiebreak::demo
