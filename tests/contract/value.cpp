#include "tests/contract/value.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace tiebreak::contract {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

void skip_spaces(std::string_view source, std::size_t& position) {
    while (position < source.size() && is_space(source[position])) ++position;
}

bool is_number(std::string_view word) {
    if (word.empty()) return false;
    if (word.front() == '-') word.remove_prefix(1);
    if (word.empty() || !is_digit(word.front())) return false;
    if (word.size() > 1 && word[0] == '0' && is_digit(word[1])) return false;
    bool dot = false;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (is_digit(word[i])) continue;
        if (word[i] == '.' && !dot && i + 1 < word.size()) {
            dot = true;
            continue;
        }
        return false;
    }
    return true;
}

bool is_literal(std::string_view word) {
    return word == "true" || word == "false" || word == "null" || is_number(word);
}

std::string read_quoted(std::string_view source, std::size_t& position) {
    const std::size_t start = ++position;
    while (position < source.size() && source[position] != '"') position += source[position] == '\\' ? 2 : 1;
    if (position >= source.size()) throw BadFixture("a quotation mark is not closed");
    return std::string(source.substr(start, position++ - start));
}

Value read_word(std::string_view source, std::size_t& position) {
    const std::size_t start = position;
    while (position < source.size() && !is_space(source[position]) &&
           std::string_view(",]}\"{[").find(source[position]) == std::string_view::npos)
        ++position;
    const auto word = source.substr(start, position - start);
    if (word.empty()) throw BadFixture("a value is missing at: " + std::string(source.substr(start, 40)));
    Value value;
    value.kind = is_literal(word) ? Value::Kind::literal : Value::Kind::text;
    value.text = word;
    return value;
}

// Reads up to the closing bracket, calling `read_one` for each element.
template <typename ReadOne>
void read_elements(std::string_view source, std::size_t& position, char closing, ReadOne read_one) {
    ++position;
    skip_spaces(source, position);
    while (position < source.size() && source[position] != closing) {
        read_one();
        skip_spaces(source, position);
        if (position < source.size() && source[position] == ',') {
            ++position;
            skip_spaces(source, position);
        } else if (position >= source.size() || source[position] != closing) {
            throw BadFixture(std::string("expected , or ") + closing +
                             " at: " + std::string(source.substr(position, 40)));
        }
    }
    if (position >= source.size()) throw BadFixture(std::string("missing ") + closing);
    ++position;
}

std::string read_name(std::string_view source, std::size_t& position, char after) {
    if (position < source.size() && source[position] == '"') return read_quoted(source, position);
    const std::size_t start = position;
    while (position < source.size() && source[position] != after && !is_space(source[position])) ++position;
    return std::string(source.substr(start, position - start));
}

Value read_object(std::string_view source, std::size_t& position) {
    Value value;
    value.kind = Value::Kind::object;
    read_elements(source, position, '}', [&] {
        auto name = read_name(source, position, ':');
        skip_spaces(source, position);
        if (position >= source.size() || source[position] != ':') throw BadFixture("expected : after " + name);
        ++position;
        value.members.emplace_back(std::move(name), read_value(source, position));
    });
    return value;
}

// The `09:30:00.5` of `25T09:30:00.5`, split; nothing if the text is not of that form.
struct Shorthand {
    std::string day, clock, fraction;
};

std::optional<Shorthand> read_shorthand(std::string_view text) {
    Shorthand parts{"23", "", ""};
    if (text.size() > 3 && is_digit(text[0]) && is_digit(text[1]) && text[2] == 'T') {
        parts.day = text.substr(0, 2);
        text.remove_prefix(3);
    }
    const auto fits = [&](std::string_view pattern) {
        return text.size() >= pattern.size() &&
               std::equal(pattern.begin(), pattern.end(), text.begin(),
                          [](char p, char c) { return p == '0' ? is_digit(c) : p == c; });
    };
    if (!fits("00:00")) return std::nullopt;
    const std::size_t length = fits("00:00:00") ? 8 : 5;
    parts.clock = std::string(text.substr(0, length)) + (length == 5 ? ":00" : "");
    text.remove_prefix(length);
    if (!text.empty() &&
        (text.front() != '.' || text.size() < 2 || !std::all_of(text.begin() + 1, text.end(), is_digit)))
        return std::nullopt;
    parts.fraction = text.empty() ? "" : text.substr(1);
    return parts;
}

}  // namespace

const Value* Value::find(std::string_view name) const {
    const auto at =
        std::find_if(members.begin(), members.end(), [&](const auto& member) { return member.first == name; });
    return at == members.end() ? nullptr : &at->second;
}

Value text_value(std::string text) {
    Value value;
    value.kind = Value::Kind::text;
    value.text = std::move(text);
    return value;
}

Value read_value(std::string_view source, std::size_t& position) {
    skip_spaces(source, position);
    if (position >= source.size()) throw BadFixture("a value is missing");
    switch (source[position]) {
        case '"':
            return text_value(read_quoted(source, position));
        case '{':
            return read_object(source, position);
        case '[': {
            Value value;
            value.kind = Value::Kind::list;
            read_elements(source, position, ']', [&] { value.items.push_back(read_value(source, position)); });
            return value;
        }
        default:
            return read_word(source, position);
    }
}

Value read_fields(std::string_view source) {
    Value fields;
    fields.kind = Value::Kind::object;
    std::size_t position = 0;
    for (skip_spaces(source, position); position < source.size(); skip_spaces(source, position)) {
        if (source.substr(position).starts_with("no:")) {
            position += 3;
            auto name = read_name(source, position, ' ');
            fields.members.emplace_back(std::move(name), Value{Value::Kind::literal, "absent", {}, {}});
            continue;
        }
        auto name = read_name(source, position, '=');
        if (position >= source.size() || source[position] != '=') throw BadFixture("expected = after " + name);
        ++position;
        fields.members.emplace_back(std::move(name), read_value(source, position));
    }
    return fields;
}

std::optional<Value> read_json_line(std::string_view line) {
    if (line.empty() || line.front() != '{') return std::nullopt;
    try {
        std::size_t position = 0;
        auto value = read_value(line, position);
        return position == line.size() ? std::optional(std::move(value)) : std::nullopt;
    } catch (const BadFixture&) {
        return std::nullopt;
    }
}

std::string to_json(const Value& value) {
    std::string out;
    switch (value.kind) {
        case Value::Kind::literal:
            return value.text;
        case Value::Kind::text:
            return '"' + value.text + '"';
        case Value::Kind::list:
            for (const auto& item : value.items) out += (out.empty() ? "" : ",") + to_json(item);
            return '[' + out + ']';
        case Value::Kind::object:
            for (const auto& [name, member] : value.members)
                out += (out.empty() ? "\"" : ",\"") + name + "\":" + to_json(member);
            return '{' + out + '}';
    }
    return out;
}

std::string full_instant(std::string_view text) {
    const auto parts = read_shorthand(text);
    if (!parts) return std::string(text);
    return "2026-11-" + parts->day + 'T' + parts->clock + (parts->fraction.empty() ? "" : '.' + parts->fraction) + 'Z';
}

std::string written_instant(std::string_view text) {
    auto full = full_instant(text);
    constexpr std::string_view seconds = "2026-11-23T09:30:00";
    if (full.size() <= seconds.size() || full.back() != 'Z' || full[10] != 'T') return full;
    full.pop_back();
    if (full.size() == seconds.size()) full += '.';
    full.resize(std::max(full.size(), seconds.size() + 10), '0');
    return full + 'Z';
}

bool is_instant_field(std::string_view name) {
    static constexpr std::array<std::string_view, 13> names = {
        "at",   "start", "closes",   "arrival", "start_from", "start_by", "submitted_at",
        "from", "to",    "baseline", "date",    "until",      "choose_by"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace tiebreak::contract
