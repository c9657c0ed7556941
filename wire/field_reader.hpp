// Takes the fields of one command out of its table, and keeps the first thing that is wrong with them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "wire/checked_table.hpp"
#include "wire/limits.hpp"
#include "wire/refusal.hpp"
#include "wire/word_numbers.hpp"

namespace tiebreak::wire {

// Where a value stands, as a chain up to its command; made into text only for a flaw.
struct Spot {
    static constexpr std::size_t no_index = std::numeric_limits<std::size_t>::max();
    const Spot* inside = nullptr;  // null: a field of the command itself
    std::string_view name;
    std::size_t index = no_index;

    [[nodiscard]] std::string text() const;
};

// Every reading function says whether to go on; `false` means that `refusal` is set.
class FieldReader {
public:
    // `list_bytes_left`: how much of the message its lists may still claim. Elements of a list can be shared in
    // FlatBuffers; charging each its least size keeps lists from costing more than the message weighs.
    explicit FieldReader(std::size_t& list_bytes_left) noexcept : list_bytes_left_(list_bytes_left) {}

    std::optional<Refusal> refusal;

    bool fail(const Spot& spot, std::string_view sentence);

    // Text is std::string or std::string_view. Only the length is looked at here: matching::find_flaw does the rest.
    template <class Text>
    bool id(const CheckedTable& table, std::uint16_t field, const Spot& spot, Text& value) {
        return required_text(table, field, spot, id_bytes_max, value);
    }
    template <class Text>
    bool id(const CheckedTable& table, std::uint16_t field, const Spot& spot, std::optional<Text>& value) {
        return optional_text(table, field, spot, id_bytes_max, value);
    }
    template <class Text>
    bool text(const CheckedTable& table, std::uint16_t field, const Spot& spot, Text& value) {
        return required_text(table, field, spot, text_bytes_max, value);
    }
    template <class Text>
    bool text(const CheckedTable& table, std::uint16_t field, const Spot& spot, std::optional<Text>& value) {
        return optional_text(table, field, spot, text_bytes_max, value);
    }

    template <class Number>
    bool number(const CheckedTable& table, std::uint16_t field, const Spot& spot, Number& value) {
        const Field found = table.scalar(field, value);
        return found == Field::present || fail_at(found, spot);
    }
    template <class Number>
    bool number(const CheckedTable& table, std::uint16_t field, const Spot& spot, std::optional<Number>& value) {
        Number given{};
        const Field found = table.scalar(field, given);
        if (found == Field::present) value = given;
        return found != Field::broken || fail_at(found, spot);
    }
    // Absent: as it is.
    template <class Number>
    bool number_or_default(const CheckedTable& table, std::uint16_t field, const Spot& spot, Number& value) {
        const Field found = table.scalar(field, value);
        return found != Field::broken || fail_at(found, spot);
    }

    bool flag(const CheckedTable& table, std::uint16_t field, const Spot& spot, bool& value);  // absent: as it is
    bool flag(const CheckedTable& table, std::uint16_t field, const Spot& spot, std::optional<bool>& value);

    template <class Word>
    bool word(std::uint8_t number, const Spot& spot, Word& value) {
        const std::optional<Word> known = from_number<Word>(number);
        if (known) value = *known;
        return known.has_value() ||
               fail(spot, "must be one of " + list_of_words<Word>() + ", not number " + std::to_string(number));
    }
    template <class Word>
    bool word(const CheckedTable& table, std::uint16_t field, const Spot& spot, Word& value) {
        std::uint8_t given = 0;
        return number_or_default(table, field, spot, given) &&
               (given != 0 ? word(given, spot, value) : fail_at(Field::absent, spot));
    }
    // Not given: as it is.
    template <class Word>
    bool word_or_default(const CheckedTable& table, std::uint16_t field, const Spot& spot, Word& value) {
        std::uint8_t given = 0;
        return number_or_default(table, field, spot, given) && (given == 0 || word(given, spot, value));
    }

    bool required_table(const CheckedTable& table, std::uint16_t field, const Spot& spot, CheckedTable& value);
    // `found` says whether there is one.
    bool optional_table(const CheckedTable& table, std::uint16_t field, const Spot& spot, CheckedTable& value,
                        bool& found);

    // Absent: an empty one. `found`, if given, says whether there is one.
    bool list(const CheckedTable& table, std::uint16_t field, const Spot& spot, std::size_t element_bytes,
              std::size_t element_bytes_least, CheckedVector& value, bool* found = nullptr);
    bool required_list(const CheckedTable& table, std::uint16_t field, const Spot& spot, std::size_t element_bytes,
                       std::size_t element_bytes_least, CheckedVector& value);
    bool element(const CheckedVector& list, std::size_t index, const Spot& spot, CheckedTable& value);

    bool ids(const CheckedTable& table, std::uint16_t field, const Spot& spot, std::vector<std::string>& values);
    bool required_ids(const CheckedTable& table, std::uint16_t field, const Spot& spot,
                      std::vector<std::string>& values);
    bool ids(const CheckedTable& table, std::uint16_t field, const Spot& spot,
             std::optional<std::vector<std::string>>& values);

    template <class Word>
    bool words(const CheckedVector& list, const Spot& spot, std::vector<Word>& values) {
        values.resize(list.size());
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (!word(list.byte(i), {spot.inside, spot.name, i}, values[i])) return false;
        }
        return true;
    }

    // The least that an element takes of an honest message: the offset to it, and to a table its own vtable offset
    // and the offsets and numbers that it must have.
    static constexpr std::size_t byte_element = 1;
    static constexpr std::size_t text_element = 4;
    static constexpr std::size_t table_element = 4 + 4 + 4;

private:
    bool fail_at(Field found, const Spot& spot);
    bool too_long(const Spot& spot, std::size_t bytes_max);
    bool read_ids(const CheckedVector& list, const Spot& spot, std::vector<std::string>& values);

    template <class Text>
    bool required_text(const CheckedTable& table, std::uint16_t field, const Spot& spot, std::size_t bytes_max,
                       Text& value) {
        std::string_view given;
        const Field found = table.text(field, given);
        if (found != Field::present) return fail_at(found, spot);
        if (given.size() > bytes_max) return too_long(spot, bytes_max);
        value = given;
        return true;
    }
    template <class Text>
    bool optional_text(const CheckedTable& table, std::uint16_t field, const Spot& spot, std::size_t bytes_max,
                       std::optional<Text>& value) {
        std::string_view given;
        const Field found = table.text(field, given);
        if (found == Field::absent) return true;
        if (found == Field::broken) return fail_at(found, spot);
        if (given.size() > bytes_max) return too_long(spot, bytes_max);
        value.emplace(given);
        return true;
    }

    std::size_t& list_bytes_left_;
};

}  // namespace tiebreak::wire
