// A case file: one rule of the contract in words, then commands and, under each, the events that it must cause.
// tests/contract/README.md describes the form.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/contract/value.hpp"

namespace tiebreak::contract {

// One line under a command.
struct Expectation {
    enum class Kind { event, whole_line, anything };
    Kind kind = Kind::event;
    std::size_t line = 0;  // in its file
    std::string text;      // as written; of a whole line, its bytes
    std::string at;        // of an event, with nine digits
    std::string type;
    Value fields;
};

// One command, or the run of the clock after the last line.
struct Step {
    enum class Kind { command, refused, end };
    Kind kind = Kind::command;
    std::filesystem::path file;
    std::size_t line = 0;
    std::string json;        // the command as a line of JSON
    std::string at;          // its stamp with nine digits, empty if it can't be told
    bool looked_at = false;  // whether anything is written under it
    std::vector<Expectation> expected;
};

struct Case {
    std::string title;
    std::vector<Step> steps;
};

// Reads a case with all that it includes; `preludes` is the folder of the files that `include:` names. Throws
// BadFixture with file and line.
[[nodiscard]] Case read_case(const std::filesystem::path& file, const std::filesystem::path& preludes);

}  // namespace tiebreak::contract
