#include "tests/contract/event_form.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace tiebreak::contract {
namespace {

enum class Kind { text, instant, number, yes, boolean, texts, ranking };

struct Field {
    std::string_view name;
    Kind kind = Kind::text;
    bool required = true;
};

struct Form {
    std::string_view type;
    std::vector<Field> fields;
};

constexpr bool optional = false;

const std::vector<Form>& forms() {
    static const std::vector<Form> table = {
        {"procedure_registered", {{"procedure"}, {"revision", Kind::number}}},
        {"provider_registered", {{"provider"}, {"revision", Kind::number}}},
        {"package_opened", {{"package"}, {"procedure"}}},
        {"stage_opened", {{"package"}, {"stage"}, {"closes", Kind::instant}, {"invited", Kind::texts}}},
        {"stage_skipped", {{"package"}, {"stage"}}},
        {"offer_accepted",
         {{"package"},
          {"stage"},
          {"offer"},
          {"provider"},
          {"arrival", Kind::instant},
          {"supersedes", Kind::text, optional},
          {"duplicate", Kind::yes, optional},
          {"withdrawn", Kind::yes, optional}}},
        {"provider_confirmed", {{"package"}, {"stage"}, {"provider"}}},
        {"provider_declined", {{"package"}, {"stage"}, {"provider"}}},
        {"offer_withdrawn", {{"package"}, {"stage"}, {"offer"}, {"provider"}, {"cause"}}},
        {"window_extended", {{"package"}, {"stage"}, {"closes", Kind::instant}, {"reason"}}},
        {"stage_closed", {{"package"}, {"stage"}, {"offers", Kind::number}, {"cause"}}},
        {"shortlisted",
         {{"package"}, {"offers", Kind::texts}, {"providers", Kind::texts}, {"choose_by", Kind::instant}}},
        {"approval_pending",
         {{"package"}, {"offer", Kind::text, optional}, {"provider", Kind::text, optional}, {"role"}}},
        {"awarded",
         {{"package"},
          {"stage"},
          {"offer"},
          {"provider"},
          {"start", Kind::instant},
          {"decided_by"},
          {"ranking", Kind::ranking}}},
        {"award_refused", {{"package"}, {"provider"}}},
        {"unawarded", {{"package"}, {"reason"}}},
        {"package_cancelled", {{"package"}}},
        {"standing",
         {{"procedure"},
          {"role"},
          {"zone", Kind::text, optional},
          {"provider"},
          {"invited", Kind::number},
          {"offered", Kind::number},
          {"awarded", Kind::number},
          {"refused", Kind::number},
          {"met", Kind::boolean, optional}}},
        {"rejected",
         {{"command"},
          {"code"},
          {"detail"},
          {"package", Kind::text, optional},
          {"provider", Kind::text, optional},
          {"offer", Kind::text, optional},
          {"procedure", Kind::text, optional}}},
    };
    return table;
}

bool is_written_instant(std::string_view text) {
    constexpr std::string_view pattern = "0000-00-00T00:00:00.000000000Z";
    return std::equal(text.begin(), text.end(), pattern.begin(), pattern.end(),
                      [](char c, char p) { return p == '0' ? c >= '0' && c <= '9' : c == p; });
}

// Only what must be escaped is, and in the form that the contract gives.
bool is_well_escaped(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (static_cast<unsigned char>(text[i]) < 0x20) return false;
        if (text[i] != '\\') continue;
        const auto rest = text.substr(++i);
        if (std::string_view("\"\\bfnrt").find(rest.front()) != std::string_view::npos) continue;
        static constexpr std::array<std::string_view, 5> short_forms = {"0008", "0009", "000a", "000c", "000d"};
        const auto code = rest.substr(1, 4);
        if (rest.front() != 'u' || code.size() != 4 || !code.starts_with("00") || (code[2] != '0' && code[2] != '1'))
            return false;
        if (std::string_view("0123456789abcdef").find(code[3]) == std::string_view::npos) return false;
        if (std::find(short_forms.begin(), short_forms.end(), code) != short_forms.end()) return false;
    }
    return true;
}

bool is_text(const Value& value) {
    return value.kind == Value::Kind::text && !value.text.empty() && is_well_escaped(value.text);
}

bool is_count(const Value& value) {
    return value.kind == Value::Kind::literal &&
           std::all_of(value.text.begin(), value.text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_ranking(const Value& value) {
    if (value.kind != Value::Kind::list || value.items.empty()) return false;
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        const auto& members = value.items[i].members;
        if (members.size() != (i == 0 ? 3u : 4u)) return false;
        if (members[0].first != "rank" || members[0].second.text != std::to_string(i + 1) ||
            !is_count(members[0].second))
            return false;
        if (members[1].first != "offer" || members[2].first != "provider" || (i > 0 && members[3].first != "lost_on"))
            return false;
        if (!std::all_of(members.begin() + 1, members.end(), [](const auto& member) { return is_text(member.second); }))
            return false;
    }
    return true;
}

bool fits(const Value& value, Kind kind) {
    const bool literal = value.kind == Value::Kind::literal;
    switch (kind) {
        case Kind::text:
            return is_text(value);
        case Kind::instant:
            return value.kind == Value::Kind::text && is_written_instant(value.text);
        case Kind::number:
            return is_count(value);
        case Kind::yes:
            return literal && value.text == "true";
        case Kind::boolean:
            return literal && (value.text == "true" || value.text == "false");
        case Kind::texts:
            return value.kind == Value::Kind::list && std::all_of(value.items.begin(), value.items.end(), is_text);
        case Kind::ranking:
            return is_ranking(value);
    }
    return false;
}

}  // namespace

std::optional<std::string> find_misform(std::string_view line, std::size_t sequence) {
    const auto event = read_json_line(line);
    if (!event || to_json(*event) != line) return "is not one JSON object without spaces";
    const auto* type = event->find("type");
    const auto form =
        std::find_if(forms().begin(), forms().end(), [&](const Form& row) { return type && row.type == type->text; });
    if (form == forms().end()) return "has a type that the contract does not know";

    std::vector<Field> fields = {{"type"}, {"at", Kind::instant}, {"sequence", Kind::number}};
    fields.insert(fields.end(), form->fields.begin(), form->fields.end());
    auto member = event->members.begin();
    for (const auto& field : fields) {
        const bool present = member != event->members.end() && member->first == field.name;
        if (!present && field.required) return "should have " + std::string(field.name) + " at this place";
        if (!present) continue;
        if (!fits(member->second, field.kind)) return "has a " + std::string(field.name) + " of another form";
        ++member;
    }
    if (member != event->members.end()) return "should not have " + member->first + " at this place";
    if (event->find("sequence")->text != std::to_string(sequence))
        return "should have sequence " + std::to_string(sequence);
    if (const auto* ranking = event->find("ranking")) {
        const auto& winner = ranking->items.front();
        if (*winner.find("offer") != *event->find("offer") || *winner.find("provider") != *event->find("provider"))
            return "ranks another offer first than the awarded one";
    }
    return std::nullopt;
}

}  // namespace tiebreak::contract
