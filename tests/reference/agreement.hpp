// The engine and the naive engine side by side on one stream.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/reference/stream_writer.hpp"

namespace tiebreak::reference {

// What the first disagreement is, in words, or nothing. Compared after every command, and once more when the clock has
// run on until no deadline is left:
// - the events, but for a rejection's `detail`;
// - the next deadline, the clock, and how much the engine says it holds;
// - the events of a second engine that is driven as the daemon drives it (the clock first, deadline by deadline; offers
//   without the variant).
[[nodiscard]] std::optional<std::string> disagreement(const std::vector<StampedCommand>& stream);

}  // namespace tiebreak::reference
