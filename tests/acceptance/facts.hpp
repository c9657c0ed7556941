// What came out, in the words of the page's tables, so that a page and a run can be held against each other.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matching/instant.hpp"

namespace tiebreak::acceptance {

// One row of a table of what must come out, or one event.
struct Fact {
    std::size_t line = 0;  // on the page; 0: it happened
    matching::Instant at_ns = 0;
    std::string package;                        // of a standing: the procedure
    std::vector<std::string> words;             // see below
    std::optional<matching::Instant> until_ns;  // on a page: absent where it is left open
};

struct Facts {
    std::vector<Fact> asked;      // stage; "A, B" or "nobody"
    std::vector<Fact> waits;      // "the citizen's choice" or "approval by ROLE"; "A, B" or "the opening"
    std::vector<Fact> outcomes;   // "awarded to A"; "earliest start"; "A; B lost on earliest start". Or "unawarded: no
                                  // offers", "refused by A", "cancelled"
    std::vector<Fact> standings;  // provider, role, zone, invited, offered, awarded, refused, met
};

// "earliest_start" as people write it, "earliest start", and back.
[[nodiscard]] std::string spoken(std::string_view word);
[[nodiscard]] std::string unspoken(std::string_view words);

}  // namespace tiebreak::acceptance
