#include "wire/json_values.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "wire/instant_text.hpp"
#include "wire/prose_words.hpp"

namespace tiebreak::wire {
namespace {

using Kind = JsonDocument::Kind;

std::string_view kind_in_words(Kind kind) {
    switch (kind) {
        case Kind::object: return "an object";
        case Kind::array: return "a list";
        case Kind::string: return "a string";
        case Kind::number: return "a number";
        case Kind::boolean: return "true or false";
        case Kind::null: return "null";
    }
    return "something else";
}

// What comes behind a sentence about a word that is unknown; `meant` is empty if it is like none that is known.
std::string did_you_mean(std::string_view meant) {
    return meant.empty() ? std::string{} : "; did you mean " + std::string{meant} + '?';
}

bool is_digits(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool JsonValues::note(Fault fault) {
    if (goes_on()) faults_.push_back(std::move(fault));
    return false;
}

bool JsonValues::wrong(Index index, std::string sentence) {
    const std::string path = document_.path_of(index);
    return note({document_[index].offset, path, std::move(sentence), path});
}

bool JsonValues::wrong_key(Index object, Index member, const std::string& sentence, std::string lost) {
    return note({document_[member].key_offset, document_.path_of(object), quoted(document_[member].key) + ": " + sentence,
                 std::move(lost)});
}

bool JsonValues::repeated(Index member) {
    return note({document_[member].key_offset, document_.path_of(member), "is there more than once", {}});
}

bool JsonValues::missing(Index object, std::string_view field) {
    return note({document_[object].offset, document_.path_of(object), "the required field " + quoted(field) + " is missing",
                 path_in(object, field)});
}

std::string JsonValues::path_in(Index object, std::string_view field) const {
    std::string path = document_.path_of(object);
    if (!path.empty()) path += '.';
    return path += field;
}

std::size_t JsonValues::unknown_field(Index object, Index member, std::string_view what,
                                      const std::vector<std::string_view>& names) {
    std::string sentence = "there is no such field in " + std::string{what};
    std::string known;
    for (const std::string_view name : names) (known.empty() ? known : known += ", ") += name;
    if (!known.empty()) sentence += "; its fields are " + known;
    const std::string_view meant = nearest_word(document_[member].key, names);
    wrong_key(object, member, sentence + did_you_mean(meant), meant.empty() ? std::string{} : path_in(object, meant));
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), meant) - names.begin());
}

bool JsonValues::not_among(Index index, const std::string_view* words, std::size_t count) {
    std::string sentence = quoted(document_[index].text) + " is not known here; it must be ";
    for (std::size_t i = 0; i < count; ++i) {
        if (i != 0) sentence += i + 1 == count ? " or " : ", ";
        sentence += words[i];
    }
    return wrong(index, sentence + did_you_mean(nearest_word(document_[index].text, {words, words + count})));
}

bool JsonValues::expect(Index index, Kind kind) {
    const Kind found = document_[index].kind;
    if (found == kind) return true;
    if (found == Kind::null) return wrong(index, "null has no meaning here; leave the field out");
    return wrong(index, "must be " + std::string{kind_in_words(kind)} + ", not " + std::string{kind_in_words(found)});
}

bool JsonValues::string(Index index, std::string& target) {
    if (!expect(index, Kind::string)) return false;
    target = document_[index].text;
    return true;
}

bool JsonValues::string(Index index, std::string_view& target) {
    if (!expect(index, Kind::string)) return false;
    const std::string_view text = document_[index].text;
    // All strings of a document together are never longer than the text that they came from.
    if (texts_ == nullptr) texts_.reset(new char[text_bytes_]);
    char* const copy = texts_.get() + texts_used_;
    std::memcpy(copy, text.data(), text.size());
    texts_used_ += text.size();
    target = {copy, text.size()};
    return true;
}

bool JsonValues::boolean(Index index, bool& target) {
    if (!expect(index, Kind::boolean)) return false;
    target = document_[index].truth;
    return true;
}

bool JsonValues::instant(Index index, matching::Instant& target_ns) {
    if (!expect(index, Kind::string)) return false;
    const auto read = read_instant(document_[index].text);
    if (!read) return wrong(index, read.flaw);
    target_ns = read.value;
    return true;
}

bool JsonValues::duration(Index index, matching::Duration& target_ns) {
    if (!expect(index, Kind::string)) return false;
    const auto read = read_duration(document_[index].text);
    if (!read) return wrong(index, read.flaw);
    target_ns = read.value;
    return true;
}

bool JsonValues::digits(Index index, std::int64_t& target) {
    if (!expect(index, Kind::number)) return false;
    const std::string_view text = document_[index].text;
    if (!is_digits(text)) return wrong(index, "must be a whole number without sign, decimals or exponent");
    const auto error = std::from_chars(text.data(), text.data() + text.size(), target).ec;
    if (error != std::errc{}) return wrong(index, "must be at most 9223372036854775807");
    return true;
}

bool JsonValues::count(Index index, std::int64_t& target) { return digits(index, target); }

bool JsonValues::per_cent(Index index, std::uint8_t& target) {
    std::int64_t value = 0;
    if (!digits(index, value)) return false;
    if (value > 100) return wrong(index, "must be a whole per cent from 0 to 100");
    target = static_cast<std::uint8_t>(value);
    return true;
}

bool JsonValues::score(Index index, matching::Score& target) {
    constexpr std::size_t decimals_max = 3;
    if (!expect(index, Kind::number)) return false;
    const std::string_view text = document_[index].text;
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string_view whole = text.substr(0, point);
    const std::string_view decimals = text.substr(std::min(point + 1, text.size()));
    if (!is_digits(whole) || !is_digits(decimals)) return wrong(index, "must be a number without sign or exponent");
    if (decimals.size() > decimals_max) return wrong(index, "must have at most three decimals");
    matching::Score thousandths = 0;
    for (const char c : whole.substr(0, 4)) thousandths = thousandths * 10 + static_cast<matching::Score>(c - '0');
    for (std::size_t i = 0; i < decimals_max; ++i) {
        thousandths = thousandths * 10 + (i < decimals.size() ? static_cast<matching::Score>(decimals[i] - '0') : 0);
    }
    if (thousandths > matching::score_max) return wrong(index, "must be from 0 to 100");
    target = thousandths;
    return true;
}

bool JsonValues::package_word(Index index, bool& target) {
    if (!expect(index, Kind::string)) return false;
    if (document_[index].text != "package") return wrong(index, "must be \"package\" where it is given");
    target = true;
    return true;
}

}  // namespace tiebreak::wire
