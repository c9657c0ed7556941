#include "wire/json_reader.hpp"

#include <algorithm>
#include <utility>

#include "matching/well_formed.hpp"
#include "wire/json_commands.hpp"

namespace tiebreak::wire {
namespace {

using Fault = JsonValues::Fault;

// Whether `inner` is `outer` or a place in it: "stages[1].window" in "stages[1]" and in "stages".
bool is_in(std::string_view inner, std::string_view outer) {
    return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '.' || inner[outer.size()] == '[');
}

// Whether a flaw may be none: it speaks of a value that could not be had, or of something around such a value.
bool is_moot(const matching::Flaw& flaw, const std::vector<Fault>& faults) {
    return std::any_of(faults.begin(), faults.end(), [&](const Fault& fault) {
        const auto concerns = [&](std::string_view path) { return is_in(path, fault.lost) || is_in(fault.lost, path); };
        return !fault.lost.empty() &&
               (concerns(flaw.path) || std::any_of(flaw.rests_on.begin(), flaw.rests_on.end(), concerns));
    });
}

// Adds what is wrong with what the fields say, as far as it was read.
void add_flaws(const JsonDocument& document, const matching::Command& command, std::size_t errors_max, std::vector<Fault>& faults) {
    const std::vector<Fault> reading = faults;
    for (matching::Flaw& flaw : matching::find_flaws(command, errors_max)) {
        if (faults.size() == errors_max) return;
        if (is_moot(flaw, reading)) continue;
        const std::size_t offset = document[document.find(flaw.path)].offset;
        faults.push_back({offset, std::move(flaw.path), std::move(flaw.sentence), {}});
    }
}

std::vector<ReadError> errors_of(std::string_view text, std::vector<Fault>& faults) {
    std::stable_sort(faults.begin(), faults.end(), [](const Fault& a, const Fault& b) { return a.offset < b.offset; });
    std::vector<ReadError> errors;
    for (Fault& fault : faults) {
        const TextPosition position = position_of(text, fault.offset);
        errors.push_back({std::move(fault.sentence), std::move(fault.path), position.line, position.column});
    }
    return errors;
}

std::string with_path(const ReadError& error) {
    return error.path.empty() ? error.sentence : error.path + ": " + error.sentence;
}

}  // namespace

std::string ReadError::in_line() const { return "column " + std::to_string(column) + ": " + with_path(*this); }

std::string ReadError::in_text() const { return "line " + std::to_string(line) + ", " + in_line(); }

std::variant<ReadCommand, std::vector<ReadError>> CommandReader::read(std::string_view text, AtField at, std::size_t errors_max) {
    std::vector<Fault> faults;
    if (auto fault = document_.parse(text)) {
        faults.push_back({fault->offset, {}, std::move(fault->sentence), {}});
        return errors_of(text, faults);
    }
    ReadCommand read;
    JsonValues values{document_, text.size(), errors_max};
    const auto head = read_command_head(values);
    const bool whole = head && read_command_fields(values, *head, at == AtField::required, read.at_ns, read.command);
    faults = std::move(values.faults());
    if (head && (whole || faults.size() < errors_max)) add_flaws(document_, read.command, errors_max, faults);
    if (!faults.empty()) return errors_of(text, faults);
    read.texts_ = values.take_texts();
    return read;
}

std::variant<ReadCommand, ReadError> CommandReader::read(std::string_view text, AtField at) {
    auto outcome = read(text, at, 1);
    if (auto* const errors = std::get_if<std::vector<ReadError>>(&outcome)) return std::move(errors->front());
    return std::get<ReadCommand>(std::move(outcome));
}

}  // namespace tiebreak::wire
