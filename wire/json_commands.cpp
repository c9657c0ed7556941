#include "wire/json_commands.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "matching/well_formed.hpp"

namespace tiebreak::wire {
namespace {

using namespace matching;
using Index = JsonDocument::Index;
using Values = JsonValues;

// How a value of each kind is read. An optional or a list of a kind is read through read_as.
constexpr auto text = [](Values& values, Index index, auto& to) { return values.string(index, to); };
constexpr auto boolean = [](Values& values, Index index, bool& to) { return values.boolean(index, to); };
constexpr auto instant = [](Values& values, Index index, Instant& to_ns) { return values.instant(index, to_ns); };
constexpr auto duration = [](Values& values, Index index, Duration& to_ns) { return values.duration(index, to_ns); };
constexpr auto count = [](Values& values, Index index, std::int64_t& to) { return values.count(index, to); };
constexpr auto per_cent = [](Values& values, Index index, std::uint8_t& to) { return values.per_cent(index, to); };
constexpr auto score = [](Values& values, Index index, Score& to) { return values.score(index, to); };
constexpr auto word = [](Values& values, Index index, auto& to) { return values.word(index, to); };
constexpr auto package_word = [](Values& values, Index index, bool& to) { return values.package_word(index, to); };

template <class Read, class Value>
bool read_as(Values& values, Index index, Value& to) {
    return Read{}(values, index, to);
}
template <class Read, class Value>
bool read_as(Values& values, Index index, std::vector<Value>& to) {
    return values.list(index, to, Read{});
}
template <class Read, class Value>
bool read_as(Values& values, Index index, std::optional<Value>& to) {
    return read_as<Read>(values, index, to.emplace());
}

template <class Member>
struct OfMember;
template <class Object, class Value>
struct OfMember<Value Object::*> {
    using Target = Object;
};

template <auto member, class Read>
constexpr auto field(std::string_view name, bool is_required, Read) {
    using Target = typename OfMember<decltype(member)>::Target;
    return JsonField<Target>{name, is_required, [](Values& values, Index index, Target& target) {
                                 return read_as<Read>(values, index, target.*member);
                             }};
}
template <auto member, class Read>
constexpr auto required(std::string_view name, Read read) {
    return field<member>(name, true, read);
}
template <auto member, class Read>
constexpr auto optional(std::string_view name, Read read) {
    return field<member>(name, false, read);
}

// The parts of a procedure.

constexpr std::array audience_fields{
    optional<&Audience::roles>("roles", text),
    optional<&Audience::zone>("zone", package_word),
    optional<&Audience::scheme>("scheme", package_word),
    optional<&Audience::confirmed>("confirmed", boolean),
};
constexpr auto audience = [](Values& values, Index index, Audience& to) {
    return values.object(index, "an audience", audience_fields, to);
};

using Windows = std::vector<std::pair<std::string, Duration>>;

bool read_windows(Values& values, Index index, Windows& to) {
    if (!values.expect(index, JsonDocument::Kind::object)) return false;
    const JsonDocument& document = values.document();
    std::vector<std::pair<std::string_view, Index>> members;
    bool good = true;
    for (Index i = document.first(index); i != document.end(index) && (good || values.goes_on()); i = document.next(i)) {
        if (is_id(document[i].key))
            members.emplace_back(document[i].key, i);
        else
            good = values.wrong_key(index, i, "an urgency must be 1 to 64 characters out of A-Z a-z 0-9 . _ : -");
    }
    std::sort(members.begin(), members.end());
    for (std::size_t i = 0; i < members.size() && (good || values.goes_on()); ++i) {
        const auto& [urgency, member] = members[i];
        if (i != 0 && members[i - 1].first == urgency) {
            good = values.repeated(member);
            continue;
        }
        auto& [name, window_ns] = to.emplace_back();
        name = urgency;
        good = values.duration(member, window_ns) && good;
    }
    return good;
}

constexpr std::array stage_fields{
    required<&Stage::name>("name", text),
    optional<&Stage::audience>("audience", audience),
    optional<&Stage::kind>("kind", word),
    required<&Stage::window_ns>("window", duration),
    JsonField<Stage>{"windows", false,
                     [](Values& values, Index index, Stage& to) { return read_windows(values, index, to.windows); }},
    optional<&Stage::close>("close", word),
};
constexpr auto stage = [](Values& values, Index index, Stage& to) {
    return values.object(index, "a stage", stage_fields, to);
};

constexpr std::array criterion_fields{
    required<&Criterion::kind>("by", word),
    optional<&Criterion::from_ns>("from", instant),
    optional<&Criterion::until_ns>("until", instant),
    optional<&Criterion::choice_window_ns>("window", duration),
    optional<&Criterion::alternative>("alternative", word),
};
constexpr auto criterion = [](Values& values, Index index, Criterion& to) {
    const auto kind = values.document()[index].kind;
    if (kind != JsonDocument::Kind::string && kind != JsonDocument::Kind::object) {
        return values.wrong(index, "must be a criterion's name, or an object with \"by\"");
    }
    const bool read = kind == JsonDocument::Kind::string
                          ? values.word(index, to.kind)
                          : values.object(index, "a criterion", criterion_fields, to);
    if (to.kind == CriterionKind::citizen_choice && to.choice_window_ns == 0) {
        to.choice_window_ns = choice_window_default_ns;
    }
    return read;
};

constexpr std::array approval_fields{
    required<&Approval::role>("role", text),
    required<&Approval::over_pence>("over_pence", count),
    optional<&Approval::before>("before", word),
};
constexpr auto approval = [](Values& values, Index index, Approval& to) {
    return values.object(index, "an approval", approval_fields, to);
};

constexpr std::array rating_rule_fields{
    required<&RatingRule::baseline_ns>("baseline", instant),
    required<&RatingRule::before>("before", text),
    required<&RatingRule::after>("after", text),
};
constexpr auto rating_rule = [](Values& values, Index index, RatingRule& to) {
    return values.object(index, "a rating_rule", rating_rule_fields, to);
};

constexpr std::array obligation_fields{
    required<&Obligation::role>("role", text),
    optional<&Obligation::min_offered>("min_offered", per_cent),
    optional<&Obligation::min_awarded>("min_awarded", per_cent),
};
constexpr auto obligation = [](Values& values, Index index, Obligation& to) {
    return values.object(index, "an obligation", obligation_fields, to);
};

// The parts of a provider and of an offer.

constexpr std::array membership_fields{
    required<&Membership::role>("role", text),
    optional<&Membership::zone>("zone", text),
    optional<&Membership::scheme>("scheme", text),
};
constexpr auto membership = [](Values& values, Index index, Membership& to) {
    return values.object(index, "a membership", membership_fields, to);
};

constexpr std::array rating_fields{
    required<&Rating::source>("source", text),
    required<&Rating::date_ns>("date", instant),
    required<&Rating::score>("score", score),
};
constexpr auto rating = [](Values& values, Index index, Rating& to) {
    return values.object(index, "a rating", rating_fields, to);
};

struct Accommodation {
    std::string_view landlord;
};
constexpr std::array accommodation_fields{required<&Accommodation::landlord>("landlord", text)};
constexpr auto accommodation = [](Values& values, Index index, std::string_view& to) {
    Accommodation read;
    const bool good = values.object(index, "an accommodation", accommodation_fields, read);
    to = read.landlord;
    return good;
};

// The commands, in the order of the contract's table.

constexpr std::array procedure_fields{
    required<&command::Procedure::id>("id", text),
    required<&command::Procedure::stages>("stages", stage),
    required<&command::Procedure::ranking>("ranking", criterion),
    optional<&command::Procedure::title>("title", text),
    optional<&command::Procedure::source>("source", text),
    optional<&command::Procedure::approvals>("approvals", approval),
    optional<&command::Procedure::requires_>("requires", word),
    optional<&command::Procedure::rating_rule>("rating_rule", rating_rule),
    optional<&command::Procedure::obligations>("obligations", obligation),
};
constexpr std::array provider_fields{
    required<&command::Provider::id>("id", text),
    optional<&command::Provider::name>("name", text),
    optional<&command::Provider::memberships>("memberships", membership),
    optional<&command::Provider::services>("services", text),
    optional<&command::Provider::capabilities>("capabilities", text),
    optional<&command::Provider::quality>("quality", score),
    optional<&command::Provider::ratings>("ratings", rating),
    optional<&command::Provider::feedback>("feedback", score),
    optional<&command::Provider::cqc>("cqc", text),
    optional<&command::Provider::suspended>("suspended", boolean),
    optional<&command::Provider::vacancies>("vacancies", count),
};
constexpr std::array package_fields{
    required<&command::Package::id>("id", text),
    required<&command::Package::procedure>("procedure", text),
    optional<&command::Package::zone>("zone", text),
    optional<&command::Package::service>("service", text),
    optional<&command::Package::scheme>("scheme", text),
    optional<&command::Package::needs>("needs", text),
    optional<&command::Package::urgency>("urgency", text),
    optional<&command::Package::window_ns>("window", duration),
    optional<&command::Package::value_pence>("value_pence", count),
    optional<&command::Package::start_from_ns>("start_from", instant),
    optional<&command::Package::start_by_ns>("start_by", instant),
    optional<&command::Package::direct_payment>("direct_payment", boolean),
    optional<&command::Package::standard_fee_pence>("standard_fee_pence", count),
};
constexpr std::array offer_fields{
    required<&command::Offer::id>("id", text),
    required<&command::Offer::package>("package", text),
    required<&command::Offer::provider>("provider", text),
    required<&command::Offer::start_ns>("start", instant),
    optional<&command::Offer::price_pence>("price_pence", count),
    optional<&command::Offer::landlord>("accommodation", accommodation),
    optional<&command::Offer::submitted_at_ns>("submitted_at", instant),
};
constexpr std::array confirm_fields{
    required<&command::Confirm::package>("package", text),
    required<&command::Confirm::provider>("provider", text),
};
constexpr std::array decline_fields{
    required<&command::Decline::package>("package", text),
    required<&command::Decline::provider>("provider", text),
    optional<&command::Decline::reason>("reason", text),
};
constexpr std::array withdraw_fields{
    required<&command::Withdraw::provider>("provider", text),
    required<&command::Withdraw::offer>("offer", text),
    optional<&command::Withdraw::reason>("reason", text),
};
constexpr std::array extend_fields{
    required<&command::Extend::package>("package", text),
    required<&command::Extend::closes_ns>("closes", instant),
    required<&command::Extend::reason>("reason", text),
};
constexpr std::array cancel_fields{
    required<&command::Cancel::package>("package", text),
    optional<&command::Cancel::reason>("reason", text),
};
constexpr std::array choice_fields{
    required<&command::Choice::package>("package", text),
    optional<&command::Choice::provider>("provider", text),
    optional<&command::Choice::alternative>("alternative", boolean),
    optional<&command::Choice::top_up_agreed>("top_up_agreed", boolean),
};
constexpr std::array approve_fields{
    required<&command::Approve::package>("package", text),
    required<&command::Approve::role>("role", text),
    required<&command::Approve::approved>("approved", boolean),
    optional<&command::Approve::reason>("reason", text),
};
constexpr std::array refuse_fields{
    required<&command::Refuse::package>("package", text),
    required<&command::Refuse::provider>("provider", text),
    optional<&command::Refuse::reason>("reason", text),
};
constexpr std::array report_fields{
    required<&command::Report::procedure>("procedure", text),
    required<&command::Report::from_ns>("from", instant),
    required<&command::Report::to_ns>("to", instant),
};
constexpr std::array<JsonField<command::Advance>, 0> advance_fields{};

template <class Kind, std::size_t N>
bool read_root(Values& values, std::string_view what, const std::array<JsonField<Kind>, N>& fields, Command& command) {
    return values.object(JsonDocument::root, what, fields, command.emplace<Kind>());
}

// By the place of its type in command_names, which is the place of its kind in Command.
bool read_kind(Values& values, std::size_t kind, Command& command) {
    switch (kind) {
        case 0: return read_root(values, "a procedure", procedure_fields, command);
        case 1: return read_root(values, "a provider", provider_fields, command);
        case 2: return read_root(values, "a package", package_fields, command);
        case 3: return read_root(values, "an offer", offer_fields, command);
        case 4: return read_root(values, "a confirm", confirm_fields, command);
        case 5: return read_root(values, "a decline", decline_fields, command);
        case 6: return read_root(values, "a withdraw", withdraw_fields, command);
        case 7: return read_root(values, "an extend", extend_fields, command);
        case 8: return read_root(values, "a cancel", cancel_fields, command);
        case 9: return read_root(values, "a choice", choice_fields, command);
        case 10: return read_root(values, "an approval", approve_fields, command);
        case 11: return read_root(values, "a refuse", refuse_fields, command);
        case 12: return read_root(values, "a report", report_fields, command);
        case 13: return read_root(values, "an advance", advance_fields, command);
        default: return false;
    }
}
static_assert(std::variant_size_v<Command> == 14);

}  // namespace

std::optional<CommandHead> read_command_head(JsonValues& values) {
    const JsonDocument& document = values.document();
    std::optional<Index> type, at;
    for (Index i = document.first(JsonDocument::root); i != document.end(JsonDocument::root); i = document.next(i)) {
        const std::string_view key = document[i].key;
        if (key != "type" && key != "at") continue;
        auto& found = key == "type" ? type : at;
        if (found) {
            values.repeated(i);
            return std::nullopt;
        }
        found = i;
    }
    if (!type) {
        values.missing(JsonDocument::root, "type");
        return std::nullopt;
    }
    if (!values.expect(*type, JsonDocument::Kind::string)) return std::nullopt;
    const auto* const name = std::find(std::begin(command_names), std::end(command_names), document[*type].text);
    if (name == std::end(command_names)) {
        values.not_among(*type, command_names, std::size(command_names));
        return std::nullopt;
    }
    return CommandHead{static_cast<std::size_t>(name - std::begin(command_names)), at};
}

bool read_command_fields(JsonValues& values, const CommandHead& head, bool at_required, std::optional<Instant>& at_ns,
                         Command& command) {
    bool good = true;
    if (head.at)
        good = values.instant(*head.at, at_ns.emplace());
    else if (at_required)
        good = values.missing(JsonDocument::root, "at");
    return (good || values.goes_on()) && read_kind(values, head.kind, command) && good;
}

}  // namespace tiebreak::wire
