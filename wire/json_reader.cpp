#include "wire/json_reader.hpp"

#include <algorithm>
#include <utility>

#include "matching/well_formed.hpp"
#include "wire/json_commands.hpp"

namespace tiebreak::wire {
namespace {

ReadError error_at(std::string_view text, std::size_t offset, std::string path, std::string sentence) {
    const TextPosition position = position_of(text, offset);
    return {std::move(sentence), std::move(path), position.line, position.column};
}

std::string with_path(const ReadError& error) {
    return error.path.empty() ? error.sentence : error.path + ": " + error.sentence;
}

}  // namespace

std::string ReadError::in_line() const { return "column " + std::to_string(column) + ": " + with_path(*this); }

std::string ReadError::in_text() const { return "line " + std::to_string(line) + ", " + in_line(); }

std::variant<ReadCommand, ReadError> CommandReader::read(std::string_view text, AtField at) {
    if (auto fault = document_.parse(text)) return error_at(text, fault->offset, {}, std::move(fault->sentence));

    ReadCommand read;
    JsonValues values{document_, text.size()};
    if (!read_command_fields(values, at == AtField::required, read.at_ns, read.command)) {
        JsonValues::Fault& fault = values.fault();
        return error_at(text, fault.offset, std::move(fault.path), std::move(fault.sentence));
    }
    read.texts_ = values.take_texts();
    if (auto flaw = matching::find_flaw(read.command)) {
        const std::size_t offset = document_[document_.find(flaw->path)].offset;
        return error_at(text, offset, std::move(flaw->path), std::move(flaw->sentence));
    }
    return read;
}

}  // namespace tiebreak::wire
