// Random command streams for RapidCheck, and how to make a failing one small.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <vector>

#include <rapidcheck.h>

#include "tests/reference/stream_writer.hpp"

namespace tiebreak::reference {

struct Stream {
    std::vector<StampedCommand> commands;  // stamps never go back; every one is well-formed
};

// As JSON Lines, such as `tiebreak replay` reads.
void showValue(const Stream& stream, std::ostream& to);

// Longer ones as RapidCheck's size grows, up to `commands`. Shrinks by leaving out commands, then by leaving out what
// the remaining ones say.
[[nodiscard]] rc::Gen<Stream> streams(std::size_t commands);

}  // namespace tiebreak::reference
