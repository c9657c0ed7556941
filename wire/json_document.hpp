// A JSON text taken apart, with the place of every part kept, so that whoever reads it can say where a fault lies.
//
// The text is checked as a whole (RFC 8259, UTF-8, no comments, no lone surrogates). What a document means is its
// reader's business: repeated fields are all kept, numbers are left as they are written.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiebreak::wire {

inline constexpr std::size_t json_text_bytes_max = 16 * 1024 * 1024;
inline constexpr std::size_t json_values_max = 2'000'000;

struct JsonFault {
    std::size_t offset = 0;  // in bytes, from 0; at most the size of the text
    std::string sentence;
};

// One thread at a time. Keeps its working room from one text to the next.
class JsonDocument {
public:
    using Index = std::uint32_t;
    enum class Kind : std::uint8_t { object, array, string, number, boolean, null };

    // The values in the order of the text; an object or array is followed by what it contains.
    struct Value {
        Kind kind = Kind::null;
        bool truth = false;            // of a boolean
        std::uint32_t offset = 0;      // where the value begins in the text
        std::uint32_t key_offset = 0;  // where its key begins, if it is a member of an object
        Index next = 0;                // the value after this one and all that it contains
        std::string_view key;          // decoded
        std::string_view text;         // a string decoded, a number as it is written; else empty
    };

    static constexpr Index root = 0;

    JsonDocument();
    ~JsonDocument();
    JsonDocument(const JsonDocument&) = delete;
    JsonDocument& operator=(const JsonDocument&) = delete;

    // Takes apart a text of one object and nothing else but white space. What this document gives out are views of
    // `text` and of itself: they are valid until the next parse, and as long as both live.
    [[nodiscard]] std::optional<JsonFault> parse(std::string_view text);

    [[nodiscard]] const Value& operator[](Index index) const { return values_[index]; }

    // The values directly in an object or array: for (Index i = first(c); i != end(c); i = next(i)).
    [[nodiscard]] Index first(Index container) const { return container + 1; }
    [[nodiscard]] Index next(Index index) const { return values_[index].next; }
    [[nodiscard]] Index end(Index container) const { return values_[container].next; }

    // "stages[1].window"; empty for the root.
    [[nodiscard]] std::string path_of(Index index) const;
    // The value at such a path; where the text has none there, the innermost one that it has.
    [[nodiscard]] Index find(std::string_view path) const;

private:
    class Builder;
    std::vector<Value> values_;
    std::string decoded_;  // keys and strings with escapes; never grows beyond what was reserved
    std::unique_ptr<Builder> builder_;
};

// Line and column of an offset, both from 1, the column in bytes.
struct TextPosition {
    std::size_t line = 1;
    std::size_t column = 1;
};
[[nodiscard]] TextPosition position_of(std::string_view text, std::size_t offset);

// A piece of somebody else's text for a sentence of ours: in quotation marks, on one line, at most some 60 bytes.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace tiebreak::wire
