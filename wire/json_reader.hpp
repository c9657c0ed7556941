// Commands from their JSON form: a line of JSON Lines, or a whole text such as a procedure's file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "matching/commands.hpp"
#include "matching/instant.hpp"
#include "wire/json_document.hpp"

namespace tiebreak::wire {

// Whether a command must bring its arrival stamp. In a live command `at` must be well formed too, if it is there;
// the daemon stamps the command itself and does nothing with it.
enum class AtField : std::uint8_t { required, optional };

// A command as it was read. find_flaw has accepted it. Moving it keeps the command's views valid.
class ReadCommand {
public:
    std::optional<matching::Instant> at_ns;
    matching::Command command;  // what it views belongs to this object

    ReadCommand() = default;
    ReadCommand(ReadCommand&&) noexcept = default;
    ReadCommand& operator=(ReadCommand&&) noexcept = default;

private:
    friend class CommandReader;
    std::unique_ptr<char[]> texts_;
};

// Why a text is malformed.
struct ReadError {
    std::string sentence;    // "must be more than zero"
    std::string path;        // "stages[1].window"; empty: the text as a whole
    std::size_t line = 1;    // in the text that was read, from 1
    std::size_t column = 1;  // in bytes, from 1
    // "column 107: stages[1].window: must be more than zero": for texts that are one line.
    [[nodiscard]] std::string in_line() const;
    // "line 4, column 12: stages[1].window: must be more than zero"
    [[nodiscard]] std::string in_text() const;
};

// One thread at a time. Keeps its working room from one text to the next.
class CommandReader {
public:
    // Reads one command. The text may run over several lines. Anything but one well-formed command is an error.
    [[nodiscard]] std::variant<ReadCommand, ReadError> read(std::string_view text, AtField at);
    // The same, with all errors that can be told from one another, in the order of the text, but at most `errors_max` (one or more): a
    // text that is no JSON has one; what only follows from another error is none.
    [[nodiscard]] std::variant<ReadCommand, std::vector<ReadError>> read(std::string_view text, AtField at, std::size_t errors_max);

private:
    JsonDocument document_;
};

}  // namespace tiebreak::wire
