// Values out of a JSON document, each by the rules that the contract has for its kind. For the readers in this folder.
//
// Every reading function returns whether it went well; if not, it has noted the fault. After a fault, objects and lists are read on
// as long as there is room for another.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "matching/instant.hpp"
#include "matching/procedure.hpp"
#include "wire/json_document.hpp"
#include "wire/json_words.hpp"

namespace tiebreak::wire {

class JsonValues;

// A field that an object may have, and how its value gets into a Target.
template <class Target>
struct JsonField {
    std::string_view name;
    bool required = false;
    bool (*read)(JsonValues& values, JsonDocument::Index index, Target& target) = nullptr;
};

class JsonValues {
public:
    using Index = JsonDocument::Index;
    using Kind = JsonDocument::Kind;

    // The document must outlive this. `text_bytes` is the size of the text that it was parsed from. So many faults are noted.
    JsonValues(const JsonDocument& document, std::size_t text_bytes, std::size_t faults_max)
        : document_(document), text_bytes_(text_bytes), faults_max_(faults_max) {}

    [[nodiscard]] const JsonDocument& document() const { return document_; }

    // Ids and texts are taken as they are: matching::find_flaw looks at what they say.
    bool string(Index index, std::string& target);
    bool string(Index index, std::string_view& target);  // a view of take_texts()
    bool boolean(Index index, bool& target);
    bool instant(Index index, matching::Instant& target_ns);
    bool duration(Index index, matching::Duration& target_ns);
    bool count(Index index, std::int64_t& target);
    bool per_cent(Index index, std::uint8_t& target);
    bool score(Index index, matching::Score& target);
    bool package_word(Index index, bool& target);  // true for "package", the only word that may stand there

    template <class Enum>
    bool word(Index index, Enum& target) {
        if (!expect(index, Kind::string)) return false;
        if (const auto value = value_of<Enum>(document_[index].text)) {
            target = *value;
            return true;
        }
        return not_among(index, words_of<Enum>, std::size(words_of<Enum>));
    }

    // An array; `read` takes each element.
    template <class Element, class Read>
    bool list(Index index, std::vector<Element>& target, Read read) {
        if (!expect(index, Kind::array)) return false;
        bool good = true;
        for (Index i = document_.first(index); i != document_.end(index) && (good || goes_on()); i = document_.next(i))
            good = read(*this, i, target.emplace_back()) && good;
        return good;
    }

    // An object that has these fields and no others, each at most once. At the root, `type` and `at` are left to
    // the caller. `what` names the object in sentences: "an offer".
    template <class Target, std::size_t N>
    bool object(Index index, std::string_view what, const std::array<JsonField<Target>, N>& fields, Target& target) {
        static_assert(N <= 32);
        if (!expect(index, Kind::object)) return false;
        Found found;
        bool good = true;
        for (Index i = document_.first(index); i != document_.end(index) && (good || goes_on()); i = document_.next(i))
            good = member(index, i, what, fields, target, found) && good;
        for (std::size_t field = 0; field < N && (good || goes_on()); ++field) {
            if (fields[field].required && ((found.read | found.misspelt) & 1U << field) == 0) good = missing(index, fields[field].name);
        }
        return good;
    }

    // Whether a further fault would be noted.
    [[nodiscard]] bool goes_on() const { return faults_.size() < faults_max_; }

    // Notes a fault with a value, with a member's key, or with an object as a whole. They return false.
    bool wrong(Index index, std::string sentence);
    bool wrong_key(Index object, Index member, const std::string& sentence, std::string lost = {});  // of a key that may be anything
    bool repeated(Index member);
    bool missing(Index object, std::string_view field);
    bool not_among(Index index, const std::string_view* words, std::size_t count);

    // Whether the value is of this kind; notes the fault if not.
    bool expect(Index index, Kind kind);

    struct Fault {
        std::size_t offset = 0;
        std::string path;
        std::string sentence;
        std::string lost;  // the path whose value could not be had; empty where none is lost
    };
    [[nodiscard]] std::vector<Fault>& faults() { return faults_; }

    // What the views point to that were read. Null if there are none.
    [[nodiscard]] std::unique_ptr<char[]> take_texts() { return std::move(texts_); }

private:
    // Which fields an object has, a bit each.
    struct Found {
        std::uint32_t read = 0;
        std::uint32_t misspelt = 0;  // will have been meant by a key that is unknown
    };

    template <class Target, std::size_t N>
    bool member(Index object, Index member, std::string_view what, const std::array<JsonField<Target>, N>& fields, Target& target,
                Found& found) {
        const std::string_view key = document_[member].key;
        if (object == JsonDocument::root && (key == "type" || key == "at")) return true;
        std::size_t field = 0;
        while (field < N && fields[field].name != key) ++field;
        if (field == N) {
            const std::size_t meant = unknown_field(object, member, what, names_of(fields));
            if (meant < N) found.misspelt |= 1U << meant;
            return false;
        }
        if ((found.read & 1U << field) != 0) return repeated(member);
        found.read |= 1U << field;
        return fields[field].read(*this, member, target);
    }
    template <class Target, std::size_t N>
    static std::vector<std::string_view> names_of(const std::array<JsonField<Target>, N>& fields) {
        std::vector<std::string_view> names;
        for (const auto& field : fields) names.push_back(field.name);
        return names;
    }
    // Notes the fault. The place of the name that will have been meant; names.size() if it is like none.
    std::size_t unknown_field(Index object, Index member, std::string_view what, const std::vector<std::string_view>& names);
    bool digits(Index index, std::int64_t& target);
    bool note(Fault fault);
    [[nodiscard]] std::string path_in(Index object, std::string_view field) const;

    const JsonDocument& document_;
    std::size_t text_bytes_;
    std::size_t faults_max_;
    std::unique_ptr<char[]> texts_;
    std::size_t texts_used_ = 0;
    std::vector<Fault> faults_;
};

}  // namespace tiebreak::wire
