#include "matching/well_formed.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

namespace tiebreak::matching {
namespace {

constexpr std::size_t id_characters_max = 64;
constexpr std::size_t text_code_points_max = 1'000;

constexpr std::array<bool, 256> id_characters = [] {
    std::array<bool, 256> table{};
    for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
    for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
    for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
    for (const char c : {'.', '_', ':', '-'}) table[static_cast<std::size_t>(c)] = true;
    return table;
}();

// The bytes of the UTF-8 sequence at the front of `text`, or 0 if there is none: overlong forms, surrogates and
// what lies beyond U+10FFFF are refused (Unicode table 3-7).
std::size_t utf8_sequence_bytes(std::string_view text) noexcept {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto continues = [&](std::size_t i, unsigned char low = 0x80, unsigned char high = 0xBF) {
        return i < text.size() && byte(i) >= low && byte(i) <= high;
    };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    if (first < 0xC2) return 0;
    if (first < 0xE0) return continues(1) ? 2 : 0;
    if (first < 0xF0) {
        const unsigned char low = first == 0xE0 ? 0xA0 : 0x80;
        const unsigned char high = first == 0xED ? 0x9F : 0xBF;
        return continues(1, low, high) && continues(2) ? 3 : 0;
    }
    if (first > 0xF4) return 0;
    const unsigned char low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = first == 0xF4 ? 0x8F : 0xBF;
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
}

// Where a value stands, as a chain up to its command; made into text only for a flaw.
struct Place {
    static constexpr std::size_t no_index = std::numeric_limits<std::size_t>::max();
    const Place* inside = nullptr;  // null: a field of the command itself
    std::string_view name;
    std::size_t index = no_index;

    [[nodiscard]] std::string text() const {
        std::string path = inside == nullptr ? std::string{} : inside->text() + '.';
        path += name;
        if (index != no_index) path += '[' + std::to_string(index) + ']';
        return path;
    }
};

// Looks at one value after the other and keeps the first flaws, one for a place.
class Check {
public:
    explicit Check(std::size_t max) noexcept : max_(max) {}

    std::vector<Flaw> flaws;

    [[nodiscard]] bool full() const noexcept { return flaws.size() == max_; }

    void that(bool holds, const Place& place, std::string_view sentence) {
        if (!holds && !full()) keep({place.text(), std::string{sentence}, {}});
    }
    // What is said of one place holds only as long as another has its value.
    void that(bool holds, const Place& place, std::string_view sentence, const Place& rests_on) {
        if (!holds && !full()) keep({place.text(), std::string{sentence}, {rests_on.text()}});
    }
    void keep(Flaw flaw) {
        const auto is_there = [&](const Flaw& other) { return other.path == flaw.path; };
        if (!full() && std::none_of(flaws.begin(), flaws.end(), is_there)) flaws.push_back(std::move(flaw));
    }
    void id(const Place& place, std::string_view value) {
        that(is_id(value), place, "must be 1 to 64 characters out of A-Z a-z 0-9 . _ : -");
    }
    void text(const Place& place, std::string_view value) {
        that(is_text(value), place, "must be 1 to 1,000 characters of valid UTF-8");
    }
    void instant(const Place& place, Instant value_ns) {
        that(value_ns >= 0, place, "must not be before 1970-01-01T00:00:00Z");
    }
    void window(const Place& place, Duration value_ns) { that(value_ns > 0, place, "must be more than zero"); }
    void count(const Place& place, std::int64_t value) {
        that(value >= 0, place, "must be a whole number from 0 to 9223372036854775807");
    }
    void score(const Place& place, Score value) { that(value <= score_max, place, "must be from 0 to 100"); }
    void per_cent(const Place& place, std::uint8_t value) {
        that(value <= 100, place, "must be a whole per cent from 0 to 100");
    }

    // The value is one of the enumerators up to `last`; only bytes from outside can make it another.
    template <class Enum>
    void one_of(const Place& place, Enum value, Enum last, std::string_view sentence) {
        that(static_cast<std::underlying_type_t<Enum>>(value) <= static_cast<std::underlying_type_t<Enum>>(last), place,
             sentence);
    }

    template <class Value>
    void optional_id(const Place& place, const std::optional<Value>& value) {
        if (value) id(place, *value);
    }
    template <class Value>
    void optional_text(const Place& place, const std::optional<Value>& value) {
        if (value) text(place, *value);
    }
    void optional_instant(const Place& place, const std::optional<Instant>& value_ns) {
        if (value_ns) instant(place, *value_ns);
    }
    void optional_count(const Place& place, const std::optional<std::int64_t>& value) {
        if (value) count(place, *value);
    }
    void ids(const Place& list, const std::vector<std::string>& values) {
        for (std::size_t i = 0; i < values.size() && !full(); ++i) id({list.inside, list.name, i}, values[i]);
    }

private:
    std::size_t max_;
};

// The places of the elements that repeat an earlier one, by `key`, each with that of the first one like it.
template <class Element, class Key>
std::vector<std::pair<std::size_t, std::size_t>> repeats(const std::vector<Element>& elements, Key key) {
    std::vector<std::pair<std::string_view, std::size_t>> sorted;
    sorted.reserve(elements.size());
    for (std::size_t i = 0; i < elements.size(); ++i) sorted.emplace_back(key(elements[i]), i);
    std::sort(sorted.begin(), sorted.end());
    std::vector<std::pair<std::size_t, std::size_t>> found;
    for (std::size_t i = 1, first = 0; i < sorted.size(); ++i) {
        if (sorted[i].first != sorted[first].first)
            first = i;
        else
            found.emplace_back(sorted[i].second, sorted[first].second);
    }
    std::sort(found.begin(), found.end());
    return found;
}

template <class Element, class Key>
void each_once(Check& check, std::string_view list, std::string_view field, const std::vector<Element>& elements,
               Key key) {
    if (check.full()) return;
    for (const auto& [again, first] : repeats(elements, key)) {
        const Place element{nullptr, list, again};
        check.that(false, {&element, field},
                   '"' + std::string{key(elements[again])} + "\" is the " + std::string{field} + " of " +
                       Place{nullptr, list, first}.text() + " already; each may be there once");
        if (check.full()) return;
    }
}

// What is wrong with a stage for confirmed providers that has no confirm stage before it: that rests on what the ones before are.
void needs_confirm_stage(Check& check, const Place& place, std::size_t stage) {
    const Place audience{&place, "audience"};
    Flaw flaw{Place{&audience, "confirmed"}.text(), "needs a confirm stage (\"kind\":\"confirm\") before this one", {}};
    for (std::size_t i = 0; i < stage; ++i) {
        const Place before{nullptr, "stages", i};
        flaw.rests_on.push_back(Place{&before, "kind"}.text());
    }
    check.keep(std::move(flaw));
}

void look_at(Check& check, const Place& place, const Stage& stage, bool after_confirm_stage) {
    check.id({&place, "name"}, stage.name);
    const Place audience{&place, "audience"};
    if (stage.audience.roles) check.ids({&audience, "roles"}, *stage.audience.roles);
    if (stage.audience.confirmed && !after_confirm_stage) needs_confirm_stage(check, place, place.index);
    check.one_of({&place, "kind"}, stage.kind, StageKind::confirm, "must be offer or confirm");
    check.window({&place, "window"}, stage.window_ns);
    const Place windows{&place, "windows"};
    for (std::size_t i = 0; i < stage.windows.size() && !check.full(); ++i) {
        const auto& [urgency, window_ns] = stage.windows[i];
        check.that(is_id(urgency), windows,
                   "each urgency must be 1 to 64 characters out of A-Z a-z 0-9 . _ : -");
        check.window({&windows, urgency}, window_ns);
        check.that(i == 0 || stage.windows[i - 1].first < urgency, windows,
                   "must be sorted by urgency, with each urgency once");
    }
    check.one_of({&place, "close"}, stage.close, CloseRule::first_offer,
                 "must be deadline, all_answered or first_offer");
    check.that(stage.close != CloseRule::first_offer || stage.kind != StageKind::confirm, {&place, "close"},
               "must not be first_offer in a confirm stage, which takes no offers", {&place, "kind"});
}

void look_at(Check& check, const Place& place, const Criterion& criterion, bool after_citizen_choice) {
    const bool is_choice = criterion.kind == CriterionKind::citizen_choice;
    check.one_of({&place, "by"}, criterion.kind, CriterionKind::citizen_choice,
                 "must be earliest_start, highest_quality, highest_feedback, lowest_price, earliest_response or "
                 "citizen_choice");
    check.that(!is_choice || !after_citizen_choice, {&place, "by"}, "citizen_choice may be in a ranking at most once");
    check.optional_instant({&place, "from"}, criterion.from_ns);
    check.optional_instant({&place, "until"}, criterion.until_ns);
    check.that(!criterion.from_ns || !criterion.until_ns || *criterion.from_ns < *criterion.until_ns, {&place, "until"},
               "must be later than from", {&place, "from"});
    if (is_choice) check.window({&place, "window"}, criterion.choice_window_ns);
    check.that(is_choice || criterion.choice_window_ns == 0, {&place, "window"}, "belongs to citizen_choice alone", {&place, "by"});
    check.that(is_choice || !criterion.alternative, {&place, "alternative"}, "belongs to citizen_choice alone", {&place, "by"});
    if (!criterion.alternative) return;
    for (std::size_t i = 0; i < criterion.alternative->size() && !check.full(); ++i) {
        check.one_of({&place, "alternative", i}, (*criterion.alternative)[i], AlternativeCondition::top_up,
                     "must be not_inadequate, direct_payment, on_site or top_up");
    }
}

void look_at(Check& check, const command::Procedure& procedure) {
    check.id({nullptr, "id"}, procedure.id);
    check.that(!procedure.stages.empty(), {nullptr, "stages"}, "must have at least one stage");
    bool after_confirm_stage = false;
    for (std::size_t i = 0; i < procedure.stages.size() && !check.full(); ++i) {
        look_at(check, {nullptr, "stages", i}, procedure.stages[i], after_confirm_stage);
        after_confirm_stage = after_confirm_stage || procedure.stages[i].kind == StageKind::confirm;
    }
    each_once(check, "stages", "name", procedure.stages,
              [](const Stage& stage) { return std::string_view{stage.name}; });

    bool after_citizen_choice = false;
    for (std::size_t i = 0; i < procedure.ranking.size() && !check.full(); ++i) {
        look_at(check, {nullptr, "ranking", i}, procedure.ranking[i], after_citizen_choice);
        after_citizen_choice = after_citizen_choice || procedure.ranking[i].kind == CriterionKind::citizen_choice;
    }
    check.optional_text({nullptr, "title"}, procedure.title);
    check.optional_text({nullptr, "source"}, procedure.source);
    for (std::size_t i = 0; i < procedure.approvals.size() && !check.full(); ++i) {
        const Place place{nullptr, "approvals", i};
        check.id({&place, "role"}, procedure.approvals[i].role);
        check.count({&place, "over_pence"}, procedure.approvals[i].over_pence);
        check.one_of({&place, "before"}, procedure.approvals[i].before, ApprovalBefore::opening,
                     "must be award or opening");
    }
    for (std::size_t i = 0; i < procedure.requires_.size() && !check.full(); ++i) {
        check.one_of({nullptr, "requires", i}, procedure.requires_[i], Requirement::price,
                     "must be accommodation, not_inadequate, cqc_registered, vacancy or price");
    }
    if (procedure.rating_rule) {
        const Place rule{nullptr, "rating_rule"};
        check.instant({&rule, "baseline"}, procedure.rating_rule->baseline_ns);
        check.ids({&rule, "before"}, procedure.rating_rule->before);
        check.ids({&rule, "after"}, procedure.rating_rule->after);
    }
    for (std::size_t i = 0; i < procedure.obligations.size() && !check.full(); ++i) {
        const Place place{nullptr, "obligations", i};
        check.id({&place, "role"}, procedure.obligations[i].role);
        check.per_cent({&place, "min_offered"}, procedure.obligations[i].min_offered);
        check.per_cent({&place, "min_awarded"}, procedure.obligations[i].min_awarded);
    }
    each_once(check, "obligations", "role", procedure.obligations,
              [](const Obligation& obligation) { return std::string_view{obligation.role}; });
}

void look_at(Check& check, const command::Provider& provider) {
    check.id({nullptr, "id"}, provider.id);
    check.optional_text({nullptr, "name"}, provider.name);
    for (std::size_t i = 0; i < provider.memberships.size() && !check.full(); ++i) {
        const Place place{nullptr, "memberships", i};
        check.id({&place, "role"}, provider.memberships[i].role);
        check.optional_id({&place, "zone"}, provider.memberships[i].zone);
        check.optional_id({&place, "scheme"}, provider.memberships[i].scheme);
    }
    if (provider.services) check.ids({nullptr, "services"}, *provider.services);
    check.ids({nullptr, "capabilities"}, provider.capabilities);
    if (provider.quality) check.score({nullptr, "quality"}, *provider.quality);
    for (std::size_t i = 0; provider.ratings && i < provider.ratings->size() && !check.full(); ++i) {
        const Place place{nullptr, "ratings", i};
        const Rating& rating = (*provider.ratings)[i];
        check.id({&place, "source"}, rating.source);
        check.instant({&place, "date"}, rating.date_ns);
        check.score({&place, "score"}, rating.score);
    }
    if (provider.feedback) check.score({nullptr, "feedback"}, *provider.feedback);
    check.optional_id({nullptr, "cqc"}, provider.cqc);
    check.optional_count({nullptr, "vacancies"}, provider.vacancies);
}

void look_at(Check& check, const command::Package& package) {
    check.id({nullptr, "id"}, package.id);
    check.id({nullptr, "procedure"}, package.procedure);
    check.optional_id({nullptr, "zone"}, package.zone);
    check.optional_id({nullptr, "service"}, package.service);
    check.optional_id({nullptr, "scheme"}, package.scheme);
    check.ids({nullptr, "needs"}, package.needs);
    check.optional_id({nullptr, "urgency"}, package.urgency);
    if (package.window_ns) check.window({nullptr, "window"}, *package.window_ns);
    check.optional_count({nullptr, "value_pence"}, package.value_pence);
    check.optional_instant({nullptr, "start_from"}, package.start_from_ns);
    check.optional_instant({nullptr, "start_by"}, package.start_by_ns);
    check.that(!package.start_from_ns || !package.start_by_ns || *package.start_from_ns <= *package.start_by_ns,
               {nullptr, "start_by"}, "must not be before start_from");
    check.optional_count({nullptr, "standard_fee_pence"}, package.standard_fee_pence);
}

void look_at(Check& check, const command::Offer& offer) {
    check.id({nullptr, "id"}, offer.id);
    check.id({nullptr, "package"}, offer.package);
    check.id({nullptr, "provider"}, offer.provider);
    check.instant({nullptr, "start"}, offer.start_ns);
    check.optional_count({nullptr, "price_pence"}, offer.price_pence);
    const Place accommodation{nullptr, "accommodation"};
    check.optional_text({&accommodation, "landlord"}, offer.landlord);
    check.optional_instant({nullptr, "submitted_at"}, offer.submitted_at_ns);
}

void look_at(Check& check, const command::Confirm& confirm) {
    check.id({nullptr, "package"}, confirm.package);
    check.id({nullptr, "provider"}, confirm.provider);
}

void look_at(Check& check, const command::Decline& decline) {
    check.id({nullptr, "package"}, decline.package);
    check.id({nullptr, "provider"}, decline.provider);
    check.optional_text({nullptr, "reason"}, decline.reason);
}

void look_at(Check& check, const command::Withdraw& withdraw) {
    check.id({nullptr, "provider"}, withdraw.provider);
    check.id({nullptr, "offer"}, withdraw.offer);
    check.optional_text({nullptr, "reason"}, withdraw.reason);
}

void look_at(Check& check, const command::Extend& extend) {
    check.id({nullptr, "package"}, extend.package);
    check.instant({nullptr, "closes"}, extend.closes_ns);
    check.text({nullptr, "reason"}, extend.reason);
}

void look_at(Check& check, const command::Cancel& cancel) {
    check.id({nullptr, "package"}, cancel.package);
    check.optional_text({nullptr, "reason"}, cancel.reason);
}

void look_at(Check& check, const command::Choice& choice) {
    check.id({nullptr, "package"}, choice.package);
    check.optional_id({nullptr, "provider"}, choice.provider);
}

void look_at(Check& check, const command::Approve& approve) {
    check.id({nullptr, "package"}, approve.package);
    check.id({nullptr, "role"}, approve.role);
    check.optional_text({nullptr, "reason"}, approve.reason);
}

void look_at(Check& check, const command::Refuse& refuse) {
    check.id({nullptr, "package"}, refuse.package);
    check.id({nullptr, "provider"}, refuse.provider);
    check.optional_text({nullptr, "reason"}, refuse.reason);
}

void look_at(Check& check, const command::Report& report) {
    check.id({nullptr, "procedure"}, report.procedure);
    check.instant({nullptr, "from"}, report.from_ns);
    check.instant({nullptr, "to"}, report.to_ns);
}

void look_at(Check&, const command::Advance&) {}

}  // namespace

bool is_id(std::string_view text) noexcept {
    if (text.empty() || text.size() > id_characters_max) return false;
    return std::all_of(text.begin(), text.end(), [](char c) { return id_characters[static_cast<unsigned char>(c)]; });
}

bool is_text(std::string_view text) noexcept {
    if (text.empty()) return false;
    for (std::size_t code_points = 0; !text.empty(); ++code_points) {
        const std::size_t bytes = utf8_sequence_bytes(text);
        if (bytes == 0 || code_points == text_code_points_max) return false;
        text.remove_prefix(bytes);
    }
    return true;
}

std::vector<Flaw> find_flaws(const Command& command, std::size_t max) {
    Check check{max};
    std::visit([&check](const auto& alternative) { look_at(check, alternative); }, command);
    return std::move(check.flaws);
}

std::optional<Flaw> find_flaw(const Command& command) {
    auto flaws = find_flaws(command, 1);
    return flaws.empty() ? std::nullopt : std::optional{std::move(flaws.front())};
}

std::optional<Flaw> find_flaw(const command::Offer& offer) {
    Check check{1};
    look_at(check, offer);
    return check.flaws.empty() ? std::nullopt : std::optional{std::move(check.flaws.front())};
}

}  // namespace tiebreak::matching
