// Numbers and JSON as text.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace tiebreak::bench {

[[nodiscard]] inline std::string fixed(double value, int decimals) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

// With a comma after every three digits before the point.
[[nodiscard]] inline std::string grouped(double value, int decimals = 0) {
    std::string text = fixed(value, decimals);
    const std::size_t point = text.find('.');
    for (std::size_t at = point == std::string::npos ? text.size() : point; at > 3 + (text[0] == '-' ? 1U : 0U); at -= 3)
        text.insert(at - 3, ",");
    return text;
}

// One object, its fields in the order in which they are put.
class JsonObject {
public:
    JsonObject& put(std::string_view key, const std::string& text) { return raw(key, quoted(text)); }
    JsonObject& put(std::string_view key, const char* text) { return put(key, std::string{text}); }
    JsonObject& put(std::string_view key, std::uint64_t value) { return raw(key, std::to_string(value)); }
    JsonObject& put(std::string_view key, double value, int decimals) { return raw(key, fixed(value, decimals)); }
    JsonObject& put(std::string_view key, bool value) { return raw(key, value ? "true" : "false"); }
    JsonObject& put(std::string_view key, const JsonObject& value) { return raw(key, value.text()); }
    JsonObject& raw(std::string_view key, const std::string& json) {
        body_ += (body_.empty() ? "" : ",") + quoted(key) + ":" + json;
        return *this;
    }
    [[nodiscard]] std::string text() const { return "{" + body_ + "}"; }

private:
    static std::string quoted(std::string_view text) {
        std::string out = "\"";
        for (const char c : text) {
            if (c == '"' || c == '\\') out += '\\';
            if (static_cast<unsigned char>(c) < 0x20) out += ' ';
            else out += c;
        }
        return out + '"';
    }
    std::string body_;
};

}  // namespace tiebreak::bench
