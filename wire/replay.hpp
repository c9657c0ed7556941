// `tiebreak replay` on streams: commands as JSON Lines in, events as JSON Lines out.
#pragma once

#include <iosfwd>

namespace tiebreak::wire {

// Runs every command of `in` through one engine and writes its events to `out`; after the last line the clock runs
// on until no deadline is left. Takes constant room beside what the engine keeps: `in` may be of any length, a line
// at most json_text_bytes_max.
//
// Returns the exit status: 0, also when commands were rejected and for no line at all; 2 when a line is malformed or
// its `at` goes back, with `line N: why` on `err`, the events of all lines before it on `out`, and the clock left
// where it was; 1 when `in` could not be read or `out` not be written, with why on `err`.
[[nodiscard]] int replay(std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace tiebreak::wire
