// The pieces that written JSON is made of. For the writers in this folder.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "matching/instant.hpp"
#include "matching/procedure.hpp"
#include "wire/instant_text.hpp"
#include "wire/json_words.hpp"

namespace tiebreak::wire {

// Appends to a string. Commas come by themselves: before a key or an item unless it is the first.
class JsonOut {
public:
    explicit JsonOut(std::string& to) : to_(to) {}

    void open_object() { to_ += '{'; }
    void close_object() { to_ += '}'; }
    void open_list() { to_ += '['; }
    void close_list() { to_ += ']'; }

    void item() {
        const char last = to_.back();
        if (last != '{' && last != '[') to_ += ',';
    }
    // A key that needs no escapes; a value must follow.
    void key(std::string_view name) {
        const char last = to_.back();
        to_.append(last != '{' && last != '[' ? ",\"" : "\"");
        to_.append(name).append("\":", 2);
    }

    // Any UTF-8. Escaped are quotation mark, reverse solidus and U+0000 to U+001F, and nothing else.
    void string(std::string_view text);
    // A string that needs no escapes.
    void plain(std::string_view text) {
        to_ += '"';
        to_ += text;
        to_ += '"';
    }
    void boolean(bool value) { to_ += value ? "true" : "false"; }
    void instant(matching::Instant at_ns);
    void duration(matching::Duration duration_ns);
    void score(matching::Score value);
    template <class Integer>
    void number(Integer value) {
        char digits[24];
        to_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
    }
    template <class Enum>
    void word(Enum value) {
        plain(word_of(value));
    }

    // Fields: a key and its value; an optional one that is absent is left out.
    void string(std::string_view name, std::string_view text) {
        key(name);
        string(text);
    }
    template <class Text>
    void string(std::string_view name, const std::optional<Text>& text) {
        if (text) string(name, std::string_view{*text});
    }
    void boolean(std::string_view name, bool value) {
        key(name);
        boolean(value);
    }
    void boolean(std::string_view name, std::optional<bool> value) {
        if (value) boolean(name, *value);
    }
    void instant(std::string_view name, matching::Instant at_ns) {
        key(name);
        instant(at_ns);
    }
    void instant(std::string_view name, std::optional<matching::Instant> at_ns) {
        if (at_ns) instant(name, *at_ns);
    }
    void duration(std::string_view name, matching::Duration duration_ns) {
        key(name);
        duration(duration_ns);
    }
    void score(std::string_view name, std::optional<matching::Score> value) {
        if (!value) return;
        key(name);
        score(*value);
    }
    template <class Integer>
    void number(std::string_view name, Integer value) {
        key(name);
        number(value);
    }
    void number(std::string_view name, std::optional<std::int64_t> value) {
        if (value) number(name, *value);
    }
    template <class Enum>
    void word(std::string_view name, Enum value) {
        key(name);
        word(value);
    }

    // Any range of strings, or of enumerators; `name` for a field.
    template <class Range>
    void strings(std::string_view name, const Range& range) {
        key(name);
        open_list();
        for (const auto& text : range) {
            item();
            string(std::string_view{text});
        }
        close_list();
    }
    template <class Range>
    void words(std::string_view name, const Range& range) {
        key(name);
        open_list();
        for (const auto value : range) {
            item();
            word(value);
        }
        close_list();
    }

private:
    std::string& to_;
};

}  // namespace tiebreak::wire
