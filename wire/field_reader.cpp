#include "wire/field_reader.hpp"

namespace tiebreak::wire {

std::string Spot::text() const {
    std::string path = inside == nullptr ? std::string{} : inside->text() + '.';
    path += name;
    if (index != no_index) path += '[' + std::to_string(index) + ']';
    return path;
}

bool FieldReader::fail(const Spot& spot, std::string_view sentence) {
    if (!refusal) refusal = Refusal{matching::Code::malformed, spot.text() + ' ' + std::string{sentence}};
    return false;
}

bool FieldReader::fail_at(Field found, const Spot& spot) {
    return fail(spot, found == Field::absent ? "is required" : "is damaged: it does not lie inside the message");
}

bool FieldReader::too_long(const Spot& spot, std::size_t bytes_max) {
    return fail(spot, bytes_max == id_bytes_max ? "must be 1 to 64 characters out of A-Z a-z 0-9 . _ : -"
                                                : "must be 1 to 1,000 characters of valid UTF-8");
}

bool FieldReader::flag(const CheckedTable& table, std::uint16_t field, const Spot& spot, bool& value) {
    std::uint8_t given = 0;
    const Field found = table.scalar(field, given);
    if (found == Field::present) value = given != 0;
    return found != Field::broken || fail_at(found, spot);
}

bool FieldReader::flag(const CheckedTable& table, std::uint16_t field, const Spot& spot, std::optional<bool>& value) {
    std::uint8_t given = 0;
    const Field found = table.scalar(field, given);
    if (found == Field::present) value = given != 0;
    return found != Field::broken || fail_at(found, spot);
}

bool FieldReader::required_table(const CheckedTable& table, std::uint16_t field, const Spot& spot,
                                 CheckedTable& value) {
    const Field found = table.table(field, value);
    return found == Field::present || fail_at(found, spot);
}

bool FieldReader::optional_table(const CheckedTable& table, std::uint16_t field, const Spot& spot, CheckedTable& value,
                                 bool& found) {
    const Field field_found = table.table(field, value);
    found = field_found == Field::present;
    return field_found != Field::broken || fail_at(field_found, spot);
}

bool FieldReader::list(const CheckedTable& table, std::uint16_t field, const Spot& spot, std::size_t element_bytes,
                       std::size_t element_bytes_least, CheckedVector& value, bool* found) {
    value = CheckedVector{};
    const Field field_found = table.vector(field, element_bytes, value);
    if (found != nullptr) *found = field_found == Field::present;
    if (field_found == Field::broken) return fail_at(field_found, spot);
    if (value.size() > list_bytes_left_ / element_bytes_least) {
        return fail(spot, "has more elements than the message has room for: its lists share their parts too often");
    }
    list_bytes_left_ -= value.size() * element_bytes_least;
    return true;
}

bool FieldReader::required_list(const CheckedTable& table, std::uint16_t field, const Spot& spot,
                                std::size_t element_bytes, std::size_t element_bytes_least, CheckedVector& value) {
    bool found = false;
    if (!list(table, field, spot, element_bytes, element_bytes_least, value, &found)) return false;
    return found || fail_at(Field::absent, spot);
}

bool FieldReader::element(const CheckedVector& list, std::size_t index, const Spot& spot, CheckedTable& value) {
    return list.table(index, value) || fail_at(Field::broken, spot);
}

bool FieldReader::read_ids(const CheckedVector& list, const Spot& spot, std::vector<std::string>& values) {
    values.reserve(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
        std::string_view value;
        const Spot here{spot.inside, spot.name, i};
        if (!list.text(i, value)) return fail_at(Field::broken, here);
        if (value.size() > id_bytes_max) return too_long(here, id_bytes_max);
        values.emplace_back(value);
    }
    return true;
}

bool FieldReader::ids(const CheckedTable& table, std::uint16_t field, const Spot& spot,
                      std::vector<std::string>& values) {
    CheckedVector found;
    return list(table, field, spot, 4, text_element, found) && read_ids(found, spot, values);
}

bool FieldReader::required_ids(const CheckedTable& table, std::uint16_t field, const Spot& spot,
                               std::vector<std::string>& values) {
    CheckedVector found;
    return required_list(table, field, spot, 4, text_element, found) && read_ids(found, spot, values);
}

bool FieldReader::ids(const CheckedTable& table, std::uint16_t field, const Spot& spot,
                      std::optional<std::vector<std::string>>& values) {
    CheckedVector found;
    bool given = false;
    if (!list(table, field, spot, 4, text_element, found, &given)) return false;
    return !given || read_ids(found, spot, values.emplace());
}

}  // namespace tiebreak::wire
