// A scenario: who takes part, what happens when, and what must come out. README.md describes the page that it is read
// from.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "matching/commands.hpp"
#include "tests/acceptance/calendar.hpp"
#include "tests/acceptance/facts.hpp"
#include "wire/json_reader.hpp"

namespace tiebreak::acceptance {

// One line of what happens: a command at its time.
struct Step {
    std::size_t line = 0;
    matching::Instant at_ns = 0;
    std::string said;         // "Abbey offers to start 25 Nov 08:00"
    std::string json;         // the command as a line of JSON Lines
    wire::ReadCommand read;   // the same, as it is read from there
    std::string reject_code;  // that it must be rejected with; empty: it must be taken
};

struct Scenario {
    std::filesystem::path file;
    std::string title;
    Calendar calendar;
    std::vector<matching::command::Procedure> procedures;  // from the files that the page names
    std::vector<matching::command::Provider> providers;    // as registered before the first step
    std::vector<Step> steps;

    Facts expected;
    bool asked_given = false;  // whether the page has that table; outcomes are always given
    bool waits_given = false;
    bool standings_given = false;
};

// Reads a page, and the procedures that it names from `procedures`. Throws BadScenario with file and line.
[[nodiscard]] Scenario read_scenario(const std::filesystem::path& file, const std::filesystem::path& procedures);

}  // namespace tiebreak::acceptance
