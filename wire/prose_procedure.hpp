// A procedure in plain English, for those who answer for it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "matching/procedure.hpp"
#include "wire/prose_time.hpp"

namespace tiebreak::wire {

struct ProseSection {
    std::string_view key;      // for programs: see EXPLAIN.md. Static storage
    std::string_view heading;  // for people. Static storage
    std::vector<std::string> paragraphs;
};

// Everything that a procedure says, in this order: asked, wins, rating, needs, approvals, obligations, source; a section
// about which it says nothing is left out. The same procedure gives the same text. Requires: find_flaw is empty.
[[nodiscard]] std::vector<ProseSection> procedure_prose(const matching::command::Procedure& procedure, Clock clock);

// What is allowed but will hardly be meant, one sentence each: a ranking by price that offers need not carry, an
// obligation of a role that no stage invites, a criterion that can never decide, and such.
[[nodiscard]] std::vector<std::string> procedure_remarks(const matching::command::Procedure& procedure);

// "the strategic and zonal providers of the package's zone", "every registered provider"; a confirmation aside.
[[nodiscard]] std::string audience_in_words(const matching::Audience& audience);

// The sections below one another, wrapped to `width` columns, ending with a line break.
[[nodiscard]] std::string prose_text(const std::vector<ProseSection>& sections, std::size_t width);

}  // namespace tiebreak::wire
