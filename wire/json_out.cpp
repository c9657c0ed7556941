#include "wire/json_out.hpp"

namespace tiebreak::wire {
namespace {

bool needs_escape(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

void append_escape(std::string& to, char c) {
    switch (c) {
        case '"': to += "\\\""; return;
        case '\\': to += "\\\\"; return;
        case '\b': to += "\\b"; return;
        case '\f': to += "\\f"; return;
        case '\n': to += "\\n"; return;
        case '\r': to += "\\r"; return;
        case '\t': to += "\\t"; return;
        default: break;
    }
    constexpr char digits[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    to += "\\u00";
    to += digits[byte >> 4];
    to += digits[byte & 15];
}

}  // namespace

void JsonOut::string(std::string_view text) {
    to_ += '"';
    std::size_t from = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!needs_escape(text[i])) continue;
        to_.append(text, from, i - from);
        append_escape(to_, text[i]);
        from = i + 1;
    }
    to_.append(text, from, text.size() - from);
    to_ += '"';
}

void JsonOut::instant(matching::Instant at_ns) {
    char text[instant_text_bytes];
    write_instant(text, at_ns);
    plain({text, instant_text_bytes});
}

void JsonOut::duration(matching::Duration duration_ns) {
    to_ += '"';
    append_duration(to_, duration_ns);
    to_ += '"';
}

void JsonOut::score(matching::Score value) {
    number(value / 1'000);
    if (value % 1'000 == 0) return;
    char decimals[] = {'.', static_cast<char>('0' + value % 1'000 / 100), static_cast<char>('0' + value % 100 / 10),
                       static_cast<char>('0' + value % 10)};
    std::size_t size = sizeof decimals;
    while (decimals[size - 1] == '0') --size;
    to_.append(decimals, size);
}

}  // namespace tiebreak::wire
