// The values of the case files: JSON with the quotes, commas and braces that people need taken off where they are
// not needed, and JSON itself as it is.
//
//   word   O-A, 09:30, true, 12      a bare word; numbers, true, false and null stay what they are, others are texts
//   text   "as in JSON"              its bytes are kept as written, escapes included
//   list   [zonal, apl]
//   object {role: zonal, zone: oxford}
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tiebreak::contract {

// A case file that breaks the format: the message says what is wrong.
class BadFixture : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct Value {
    enum class Kind { literal, text, list, object };
    Kind kind = Kind::literal;
    std::string text;  // a literal's or a text's bytes, as JSON writes them, without the quotes
    std::vector<Value> items;
    std::vector<std::pair<std::string, Value>> members;  // in the order in which they stand

    bool operator==(const Value&) const = default;
    [[nodiscard]] const Value* find(std::string_view name) const;
};

[[nodiscard]] Value text_value(std::string text);

// Reads one value from `source` at `position`, which is moved behind it. Throws BadFixture.
[[nodiscard]] Value read_value(std::string_view source, std::size_t& position);

// Reads `name=value name=value …`; a bare `no:name` gives the member `name` with the literal `absent`.
[[nodiscard]] Value read_fields(std::string_view source);

// One whole line of JSON, or nothing if it is none.
[[nodiscard]] std::optional<Value> read_json_line(std::string_view line);

// JSON without spaces, members in the order in which they stand.
[[nodiscard]] std::string to_json(const Value& value);

// `09:30`, `09:30:00.5`, `25T09:30` stand for instants of November 2026, the 23rd where no day is given. Anything else
// stays as it is. Commands get the shortest form, events the form with nine digits.
[[nodiscard]] std::string full_instant(std::string_view text);
[[nodiscard]] std::string written_instant(std::string_view text);
[[nodiscard]] bool is_instant_field(std::string_view name);

}  // namespace tiebreak::contract
