#include "wire/json_document.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>

namespace tiebreak::wire {
namespace {

namespace bj = boost::json;

constexpr std::size_t depth_max = 32;

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string byte_in_words(char c) {
    if (c >= 0x20 && c < 0x7f) return std::string{'\''} + c + '\'';
    constexpr char digits[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    return std::string{"byte 0x"} + digits[byte >> 4] + digits[byte & 15];
}

constexpr const char* lone_surrogate = "a surrogate must be one of a pair, like \\ud83d\\ude00";

// Whether what stands before the offset is an escape like \ud83d, perhaps with the reverse solidus of another.
bool follows_leading_surrogate(std::string_view text, std::size_t offset) {
    constexpr std::size_t escape_bytes = 6;
    if (offset != 0 && text[offset - 1] == '\\') --offset;
    if (offset < escape_bytes) return false;
    const std::string_view escape = text.substr(offset - escape_bytes, escape_bytes);
    return escape.substr(0, 2) == "\\u" && (escape[2] == 'd' || escape[2] == 'D') &&
           std::string_view{"89abAB"}.find(escape[3]) != std::string_view::npos;
}

std::string syntax_sentence(std::string_view text, std::size_t offset) {
    if (offset >= text.size()) return "the text ends before its object does";
    if (follows_leading_surrogate(text, offset)) return lone_surrogate;
    const char c = text[offset];
    if (static_cast<unsigned char>(c) < 0x20) {
        return "a control character (" + byte_in_words(c) +
               ") must not stand here; in a string it is written as an escape";
    }
    if (static_cast<unsigned char>(c) >= 0x80) {
        return byte_in_words(c) + " must not stand here: it is no valid UTF-8, or stands outside a string";
    }
    return byte_in_words(c) + " must not stand here: this is no JSON";
}

std::string fault_sentence(const bj::error_code& code, std::string_view text, std::size_t offset) {
    if (code == bj::error::incomplete) return "the text ends before its object does";
    if (code == bj::error::too_deep) return "objects and lists are nested deeper than any command needs";
    if (code == bj::error::exponent_overflow) return "the number is too large";
    if (code == bj::error::illegal_leading_surrogate || code == bj::error::illegal_trailing_surrogate ||
        code == bj::error::expected_utf16_escape) {
        return lone_surrogate;
    }
    if (code == bj::error::expected_hex_digit) return "\\u must be followed by four hexadecimal digits";
    return syntax_sentence(text, offset);
}

}  // namespace

// Takes the parser's events. The parser does not say where in the text it is, so a cursor goes along: by the time
// of an event everything up to its token is known to be well formed, which makes finding the token's ends simple.
class JsonDocument::Builder {
public:
    Builder() : parser_(options(), Handler{this}) {}

    std::optional<JsonFault> build(JsonDocument& document, std::string_view text) {
        document_ = &document;
        text_ = text;
        cursor_ = 0;
        open_.clear();
        decoding_ = false;
        key_ = {};
        key_offset_ = 0;
        parser_.reset();
        bj::error_code code;
        std::size_t used = parser_.write_some(false, text.data(), text.size(), code);
        if (too_many_) {
            too_many_ = false;
            return JsonFault{cursor_, "has more than 2,000,000 values"};
        }
        if (code) return JsonFault{used, fault_sentence(code, text, used)};
        while (used < text.size() && is_space(text[used])) ++used;
        if (used < text.size()) return JsonFault{used, "nothing may follow the object"};
        return std::nullopt;
    }

private:
    using string_view = bj::string_view;
    using error_code = bj::error_code;

    // What Boost.JSON calls; it keeps the handler as a member, so this is no more than a pointer.
    struct Handler {
        static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
        static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
        static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
        static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

        Builder* to;

        bool on_document_begin(error_code&) { return true; }
        bool on_document_end(error_code&) { return true; }
        bool on_object_begin(error_code& code) { return to->open(Kind::object, code); }
        bool on_object_end(std::size_t, error_code&) { return to->close(); }
        bool on_array_begin(error_code& code) { return to->open(Kind::array, code); }
        bool on_array_end(std::size_t, error_code&) { return to->close(); }
        bool on_key_part(string_view part, std::size_t, error_code&) { return to->part(part); }
        bool on_key(string_view part, std::size_t, error_code&) { return to->key(part); }
        bool on_string_part(string_view part, std::size_t, error_code&) { return to->part(part); }
        bool on_string(string_view part, std::size_t, error_code& code) { return to->string(part, code); }
        bool on_number_part(string_view, error_code&) { return true; }
        bool on_int64(std::int64_t, string_view, error_code& code) { return to->number(code); }
        bool on_uint64(std::uint64_t, string_view, error_code& code) { return to->number(code); }
        bool on_double(double, string_view, error_code& code) { return to->number(code); }
        bool on_bool(bool truth, error_code& code) { return to->word(Kind::boolean, truth, truth ? 4 : 5, code); }
        bool on_null(error_code& code) { return to->word(Kind::null, false, 4, code); }
        bool on_comment_part(string_view, error_code&) { return true; }
        bool on_comment(string_view, error_code&) { return true; }
    };

    static bj::parse_options options() {
        bj::parse_options options;
        options.max_depth = depth_max;
        return options;
    }

    void to_token() {
        while (is_space(text_[cursor_]) || text_[cursor_] == ',' || text_[cursor_] == ':') ++cursor_;
    }

    // Adds the value that begins at the cursor.
    Value* add(Kind kind, error_code& code) {
        if (document_->values_.size() == json_values_max) {
            too_many_ = true;
            code = bj::error::array_too_large;
            return nullptr;
        }
        Value& value = document_->values_.emplace_back();
        value.kind = kind;
        value.offset = static_cast<std::uint32_t>(cursor_);
        value.key = key_;
        value.key_offset = key_offset_;
        value.next = static_cast<Index>(document_->values_.size());
        key_ = {};
        key_offset_ = 0;
        return &value;
    }

    bool open(Kind kind, error_code& code) {
        to_token();
        if (add(kind, code) == nullptr) return false;
        ++cursor_;
        open_.push_back(static_cast<Index>(document_->values_.size() - 1));
        return true;
    }

    bool close() {
        to_token();
        ++cursor_;
        document_->values_[open_.back()].next = static_cast<Index>(document_->values_.size());
        open_.pop_back();
        return true;
    }

    // A string comes in one piece that lies in the text; one with escapes in one or more that need not.
    bool part(string_view piece) {
        std::string& decoded = document_->decoded_;
        if (!decoding_) {
            decoding_ = true;
            decoded.reserve(text_.size());  // decoding never makes a text longer, so views of it stay valid
            decoded_from_ = decoded.size();
        }
        decoded.append(piece.data(), piece.size());
        return true;
    }

    // The whole string whose last piece this is; the cursor goes from its opening mark to behind its closing one.
    std::string_view whole(string_view piece) {
        if (!decoding_ && piece.data() == text_.data() + cursor_ + 1) {
            cursor_ += piece.size() + 2;
            return {piece.data(), piece.size()};
        }
        part(piece);
        decoding_ = false;
        for (++cursor_; text_[cursor_] != '"'; ++cursor_) {
            if (text_[cursor_] == '\\') ++cursor_;
        }
        ++cursor_;
        return std::string_view{document_->decoded_}.substr(decoded_from_);
    }

    bool key(string_view piece) {
        to_token();
        key_offset_ = static_cast<std::uint32_t>(cursor_);
        key_ = whole(piece);
        return true;
    }

    bool string(string_view piece, error_code& code) {
        to_token();
        Value* value = add(Kind::string, code);
        if (value == nullptr) return false;
        value->text = whole(piece);
        return true;
    }

    bool number(error_code& code) {
        to_token();
        Value* value = add(Kind::number, code);
        if (value == nullptr) return false;
        const std::size_t end = std::min(text_.find_first_not_of("0123456789+-.eE", cursor_), text_.size());
        value->text = text_.substr(cursor_, end - cursor_);
        cursor_ = end;
        return true;
    }

    bool word(Kind kind, bool truth, std::size_t bytes, error_code& code) {
        to_token();
        Value* value = add(kind, code);
        if (value == nullptr) return false;
        value->truth = truth;
        cursor_ += bytes;
        return true;
    }

    JsonDocument* document_ = nullptr;
    std::string_view text_;
    std::size_t cursor_ = 0;
    std::vector<Index> open_;
    bool decoding_ = false;
    std::size_t decoded_from_ = 0;
    std::string_view key_;
    std::uint32_t key_offset_ = 0;
    bool too_many_ = false;
    bj::basic_parser<Handler> parser_;
};

JsonDocument::JsonDocument() : builder_(std::make_unique<Builder>()) {}
JsonDocument::~JsonDocument() = default;

std::optional<JsonFault> JsonDocument::parse(std::string_view text) {
    constexpr std::size_t values_kept = 4'096;  // one long text does not hold its room for ever
    if (values_.capacity() > values_kept) std::vector<Value>{}.swap(values_);
    if (decoded_.capacity() > json_text_bytes_max / 64) std::string{}.swap(decoded_);
    values_.clear();
    decoded_.clear();

    if (text.size() > json_text_bytes_max) return JsonFault{json_text_bytes_max, "is longer than 16 MiB"};
    const auto start = std::find_if_not(text.begin(), text.end(), is_space);
    const auto offset = static_cast<std::size_t>(start - text.begin());
    if (start == text.end()) return JsonFault{0, "is blank; there must be one JSON object"};
    if (text.substr(offset, 3) == "\xEF\xBB\xBF") return JsonFault{offset, "a byte order mark must not stand here"};
    if (*start != '{') return JsonFault{offset, "must be one JSON object, which begins with '{'"};
    return builder_->build(*this, text);
}

std::string JsonDocument::path_of(Index index) const {
    std::string path;
    for (Index inside = root; inside != index;) {
        Index child = first(inside);
        std::size_t place = 0;
        for (; next(child) <= index; child = next(child)) ++place;
        if (values_[inside].kind == Kind::array) {
            path += '[' + std::to_string(place) + ']';
        } else {
            if (!path.empty()) path += '.';
            path += values_[child].key;
        }
        inside = child;
    }
    return path;
}

JsonDocument::Index JsonDocument::find(std::string_view path) const {
    Index at = root;
    while (!path.empty()) {
        const bool indexed = path.front() == '[';
        if (path.front() == '.') path.remove_prefix(1);
        Index found = at;
        std::size_t used = 0;
        if (indexed && values_[at].kind == Kind::array) {
            std::size_t place = 0;
            const auto after = std::from_chars(path.data() + 1, path.data() + path.size(), place).ptr;
            used = static_cast<std::size_t>(after - path.data()) + 1;
            for (Index child = first(at); child != end(at); child = next(child)) {
                if (place-- == 0) {
                    found = child;
                    break;
                }
            }
        } else if (!indexed && values_[at].kind == Kind::object) {
            // A key may itself contain dots: the longest one that fits is meant.
            for (Index child = first(at); child != end(at); child = next(child)) {
                const std::string_view key = values_[child].key;
                const bool fits = path.substr(0, key.size()) == key &&
                                  (path.size() == key.size() || path[key.size()] == '.' || path[key.size()] == '[');
                if (fits && key.size() > used) {
                    found = child;
                    used = key.size();
                }
            }
        }
        if (found == at) return at;
        at = found;
        path.remove_prefix(std::min(used, path.size()));
    }
    return at;
}

TextPosition position_of(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const auto line_breaks = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0: the first line
    return {line_breaks + 1, offset - line_start + 1};
}

std::string quoted(std::string_view text) {
    constexpr std::size_t bytes_max = 48;
    std::string result{'"'};
    for (const char c : text.substr(0, bytes_max)) {
        const bool plain = static_cast<unsigned char>(c) >= 0x20 && c != 0x7f && c != '"';
        result += plain ? c : '?';
    }
    if (text.size() > bytes_max) {
        while ((static_cast<unsigned char>(result.back()) & 0x80) != 0) result.pop_back();  // no half characters
        result += "...";
    }
    return result += '"';
}

}  // namespace tiebreak::wire
