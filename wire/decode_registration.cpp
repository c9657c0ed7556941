#include <algorithm>

#include "wire/decode_command.hpp"
#include "wire/schema/command_generated.h"

namespace tiebreak::wire {

namespace command = matching::command;

namespace {

bool decode(FieldReader& fields, const CheckedTable& table, const Spot& spot, matching::Audience& audience) {
    using T = fb::Audience;
    return fields.ids(table, T::VT_ROLES, {&spot, "roles"}, audience.roles) &&
           fields.flag(table, T::VT_ZONE, {&spot, "zone"}, audience.zone) &&
           fields.flag(table, T::VT_SCHEME, {&spot, "scheme"}, audience.scheme) &&
           fields.flag(table, T::VT_CONFIRMED, {&spot, "confirmed"}, audience.confirmed);
}

bool decode_windows(FieldReader& fields, const CheckedTable& table, const Spot& stage,
                    std::vector<std::pair<std::string, matching::Duration>>& windows) {
    const Spot spot{&stage, "windows"};
    CheckedVector list;
    if (!fields.list(table, fb::Stage::VT_WINDOWS, spot, 4, FieldReader::table_element, list)) return false;
    windows.resize(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Spot here{&stage, "windows", i};
        CheckedTable element;
        if (!fields.element(list, i, here, element) ||
            !fields.id(element, fb::UrgencyWindow::VT_URGENCY, {&here, "urgency"}, windows[i].first) ||
            !fields.number(element, fb::UrgencyWindow::VT_WINDOW, {&here, "window"}, windows[i].second)) {
            return false;
        }
    }
    // The order in which they are written does not matter; matching wants them sorted, find_flaw each once.
    std::sort(windows.begin(), windows.end());
    return true;
}

bool decode(FieldReader& fields, const CheckedTable& table, const Spot& spot, matching::Stage& stage) {
    using T = fb::Stage;
    const Spot audience_spot{&spot, "audience"};
    CheckedTable audience;
    bool has_audience = false;
    return fields.id(table, T::VT_NAME, {&spot, "name"}, stage.name) &&
           fields.number(table, T::VT_WINDOW, {&spot, "window"}, stage.window_ns) &&
           fields.optional_table(table, T::VT_AUDIENCE, audience_spot, audience, has_audience) &&
           (!has_audience || decode(fields, audience, audience_spot, stage.audience)) &&
           fields.word_or_default(table, T::VT_KIND, {&spot, "kind"}, stage.kind) &&
           decode_windows(fields, table, spot, stage.windows) &&
           fields.word_or_default(table, T::VT_CLOSE, {&spot, "close"}, stage.close);
}

bool decode(FieldReader& fields, const CheckedTable& table, const Spot& spot, matching::Criterion& criterion) {
    using T = fb::Criterion;
    const Spot alternative_spot{&spot, "alternative"};
    std::optional<matching::Duration> window_ns;
    CheckedVector alternative;
    bool has_alternative = false;
    if (!fields.word(table, T::VT_BY, {&spot, "by"}, criterion.kind) ||
        !fields.number(table, T::VT_FROM, {&spot, "from"}, criterion.from_ns) ||
        !fields.number(table, T::VT_UNTIL, {&spot, "until"}, criterion.until_ns) ||
        !fields.number(table, T::VT_WINDOW, {&spot, "window"}, window_ns) ||
        !fields.list(table, T::VT_ALTERNATIVE, alternative_spot, 1, FieldReader::byte_element, alternative,
                     &has_alternative) ||
        (has_alternative && !fields.words(alternative, alternative_spot, criterion.alternative.emplace()))) {
        return false;
    }
    const bool is_choice = criterion.kind == matching::CriterionKind::citizen_choice;
    if (window_ns && !is_choice) return fields.fail({&spot, "window"}, "belongs to citizen_choice alone");
    if (is_choice) criterion.choice_window_ns = window_ns.value_or(matching::choice_window_default_ns);
    return true;
}

bool decode(FieldReader& fields, const CheckedTable& table, const Spot& spot, matching::Approval& approval) {
    using T = fb::ApprovalRule;
    return fields.id(table, T::VT_ROLE, {&spot, "role"}, approval.role) &&
           fields.number(table, T::VT_OVER_PENCE, {&spot, "over_pence"}, approval.over_pence) &&
           fields.word_or_default(table, T::VT_BEFORE, {&spot, "before"}, approval.before);
}

bool decode(FieldReader& fields, const CheckedTable& table, const Spot& spot, matching::Obligation& obligation) {
    using T = fb::Obligation;
    return fields.id(table, T::VT_ROLE, {&spot, "role"}, obligation.role) &&
           fields.number_or_default(table, T::VT_MIN_OFFERED, {&spot, "min_offered"}, obligation.min_offered) &&
           fields.number_or_default(table, T::VT_MIN_AWARDED, {&spot, "min_awarded"}, obligation.min_awarded);
}

bool decode(FieldReader& fields, const CheckedTable& table, const Spot& spot, matching::Membership& membership) {
    using T = fb::Membership;
    return fields.id(table, T::VT_ROLE, {&spot, "role"}, membership.role) &&
           fields.id(table, T::VT_ZONE, {&spot, "zone"}, membership.zone) &&
           fields.id(table, T::VT_SCHEME, {&spot, "scheme"}, membership.scheme);
}

bool decode(FieldReader& fields, const CheckedTable& table, const Spot& spot, matching::Rating& rating) {
    using T = fb::Rating;
    return fields.id(table, T::VT_SOURCE, {&spot, "source"}, rating.source) &&
           fields.number(table, T::VT_DATE, {&spot, "date"}, rating.date_ns) &&
           fields.number(table, T::VT_SCORE, {&spot, "score"}, rating.score);
}

// A list of tables, each by its decode above.
template <class Element>
bool decode_each(FieldReader& fields, const CheckedVector& list, std::string_view name,
                 std::vector<Element>& elements) {
    elements.reserve(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Spot here{nullptr, name, i};
        CheckedTable element;
        if (!fields.element(list, i, here, element)) return false;
        if (!decode(fields, element, here, elements.emplace_back())) return false;
    }
    return true;
}

template <class Element>
bool decode_tables(FieldReader& fields, const CheckedTable& table, std::uint16_t field, std::string_view name,
                   std::vector<Element>& elements) {
    CheckedVector list;
    return fields.list(table, field, {nullptr, name}, 4, FieldReader::table_element, list) &&
           decode_each(fields, list, name, elements);
}

template <class Element>
bool decode_required_tables(FieldReader& fields, const CheckedTable& table, std::uint16_t field, std::string_view name,
                            std::vector<Element>& elements) {
    CheckedVector list;
    return fields.required_list(table, field, {nullptr, name}, 4, FieldReader::table_element, list) &&
           decode_each(fields, list, name, elements);
}

bool decode_rating_rule(FieldReader& fields, const CheckedTable& table, std::optional<matching::RatingRule>& rule) {
    const Spot spot{nullptr, "rating_rule"};
    CheckedTable given;
    bool found = false;
    if (!fields.optional_table(table, fb::Procedure::VT_RATING_RULE, spot, given, found)) return false;
    if (!found) return true;
    rule.emplace();
    return fields.number(given, fb::RatingRule::VT_BASELINE, {&spot, "baseline"}, rule->baseline_ns) &&
           fields.required_ids(given, fb::RatingRule::VT_BEFORE, {&spot, "before"}, rule->before) &&
           fields.required_ids(given, fb::RatingRule::VT_AFTER, {&spot, "after"}, rule->after);
}

}  // namespace

bool decode(FieldReader& fields, const CheckedTable& table, command::Procedure& command) {
    using T = fb::Procedure;
    const Spot requires_spot{nullptr, "requires"};
    CheckedVector required;
    return fields.id(table, T::VT_ID, {nullptr, "id"}, command.id) &&
           decode_required_tables(fields, table, T::VT_STAGES, "stages", command.stages) &&
           decode_required_tables(fields, table, T::VT_RANKING, "ranking", command.ranking) &&
           fields.text(table, T::VT_TITLE, {nullptr, "title"}, command.title) &&
           fields.text(table, T::VT_SOURCE, {nullptr, "source"}, command.source) &&
           decode_tables(fields, table, T::VT_APPROVALS, "approvals", command.approvals) &&
           fields.list(table, T::VT_REQUIRES_, requires_spot, 1, FieldReader::byte_element, required) &&
           fields.words(required, requires_spot, command.requires_) &&
           decode_rating_rule(fields, table, command.rating_rule) &&
           decode_tables(fields, table, T::VT_OBLIGATIONS, "obligations", command.obligations);
}

bool decode(FieldReader& fields, const CheckedTable& table, command::Provider& command) {
    using T = fb::Provider;
    const Spot ratings_spot{nullptr, "ratings"};
    CheckedVector ratings;
    bool has_ratings = false;
    return fields.id(table, T::VT_ID, {nullptr, "id"}, command.id) &&
           fields.text(table, T::VT_NAME, {nullptr, "name"}, command.name) &&
           decode_tables(fields, table, T::VT_MEMBERSHIPS, "memberships", command.memberships) &&
           fields.ids(table, T::VT_SERVICES, {nullptr, "services"}, command.services) &&
           fields.ids(table, T::VT_CAPABILITIES, {nullptr, "capabilities"}, command.capabilities) &&
           fields.number(table, T::VT_QUALITY, {nullptr, "quality"}, command.quality) &&
           fields.list(table, T::VT_RATINGS, ratings_spot, 4, FieldReader::table_element, ratings, &has_ratings) &&
           (!has_ratings || decode_each(fields, ratings, "ratings", command.ratings.emplace())) &&
           fields.number(table, T::VT_FEEDBACK, {nullptr, "feedback"}, command.feedback) &&
           fields.id(table, T::VT_CQC, {nullptr, "cqc"}, command.cqc) &&
           fields.flag(table, T::VT_SUSPENDED, {nullptr, "suspended"}, command.suspended) &&
           fields.number(table, T::VT_VACANCIES, {nullptr, "vacancies"}, command.vacancies);
}

bool decode(FieldReader& fields, const CheckedTable& table, command::Package& command) {
    using T = fb::Package;
    return fields.id(table, T::VT_ID, {nullptr, "id"}, command.id) &&
           fields.id(table, T::VT_PROCEDURE, {nullptr, "procedure"}, command.procedure) &&
           fields.id(table, T::VT_ZONE, {nullptr, "zone"}, command.zone) &&
           fields.id(table, T::VT_SERVICE, {nullptr, "service"}, command.service) &&
           fields.id(table, T::VT_SCHEME, {nullptr, "scheme"}, command.scheme) &&
           fields.ids(table, T::VT_NEEDS, {nullptr, "needs"}, command.needs) &&
           fields.id(table, T::VT_URGENCY, {nullptr, "urgency"}, command.urgency) &&
           fields.number(table, T::VT_WINDOW, {nullptr, "window"}, command.window_ns) &&
           fields.number(table, T::VT_VALUE_PENCE, {nullptr, "value_pence"}, command.value_pence) &&
           fields.number(table, T::VT_START_FROM, {nullptr, "start_from"}, command.start_from_ns) &&
           fields.number(table, T::VT_START_BY, {nullptr, "start_by"}, command.start_by_ns) &&
           fields.flag(table, T::VT_DIRECT_PAYMENT, {nullptr, "direct_payment"}, command.direct_payment) &&
           fields.number(table, T::VT_STANDARD_FEE_PENCE, {nullptr, "standard_fee_pence"}, command.standard_fee_pence);
}

}  // namespace tiebreak::wire
