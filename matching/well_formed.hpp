// Which commands are acceptable at all, apart from any state: ids, texts, ranges, and what a procedure may say.
// Every way in (JSON Lines, FlatBuffers, the journal) checks a command here before the engine sees it, so the
// same rules hold everywhere.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matching/commands.hpp"

namespace tiebreak::matching {

// What is wrong, where, and what would be right.
struct Flaw {
    std::string path;      // "stages[1].window", or empty for the command as a whole
    std::string sentence;  // "must be more than zero"
    std::vector<std::string> rests_on;  // other places, if it would be none with other values there
};

// The first flaw of a command, or nothing if it may be given to the engine. Covers: ids (1 to 64 characters of
// A-Z a-z 0-9 . _ : -), texts (1 to 1,000 code points of valid UTF-8), instants (not negative), durations (more than zero),
// money and scores in range, start_from not after start_by, and the structure of procedures. Thread-safe.
[[nodiscard]] std::optional<Flaw> find_flaw(const Command& command);
[[nodiscard]] std::optional<Flaw> find_flaw(const command::Offer& offer);
// All of them, one for a place, but at most `max`; the first is find_flaw's.
[[nodiscard]] std::vector<Flaw> find_flaws(const Command& command, std::size_t max);

[[nodiscard]] bool is_id(std::string_view text) noexcept;
// Valid UTF-8 (no lone surrogates, no overlong forms) of 1 to 1,000 code points.
[[nodiscard]] bool is_text(std::string_view text) noexcept;

}  // namespace tiebreak::matching
