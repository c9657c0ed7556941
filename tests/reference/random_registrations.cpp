#include "tests/reference/random_registrations.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <optional>

namespace tiebreak::reference {

using matching::AlternativeCondition;
using matching::ApprovalBefore;
using matching::Audience;
using matching::CloseRule;
using matching::Criterion;
using matching::CriterionKind;
using matching::Instant;
using matching::last_instant;
using matching::Requirement;
using matching::Score;
using matching::Stage;
using matching::StageKind;
namespace command = matching::command;

namespace {

constexpr const char* roles[] = {"lead", "extra", "on_site"};
constexpr const char* sources[] = {"cqc", "council", "nhs"};
constexpr std::array<matching::Pence, 4> thresholds_pence = {0, 100, 500, std::numeric_limits<std::int64_t>::max()};

std::optional<std::string> maybe(Dice& dice, std::uint64_t per_cent, std::initializer_list<const char*> words) {
    if (!dice.chance(per_cent)) return std::nullopt;
    return dice.one_of(words);
}

std::string role(Dice& dice) { return roles[dice.weighted({5, 4, 2})]; }
std::string source(Dice& dice) { return sources[dice.below(3)]; }

Audience random_audience(Dice& dice, bool after_confirm_stage) {
    Audience audience;
    if (dice.chance(55)) {
        audience.roles.emplace();
        if (!dice.chance(2)) audience.roles->push_back(role(dice));
        if (dice.chance(50)) audience.roles->push_back(role(dice));
    }
    audience.zone = dice.chance(25);
    audience.scheme = dice.chance(15);
    audience.confirmed = after_confirm_stage && dice.chance(60);
    return audience;
}

Stage random_stage(Dice& dice, const Clockwork& clockwork, std::size_t number, bool after_confirm_stage) {
    Stage stage;
    stage.name = "stage-" + std::to_string(number + 1);
    stage.audience = random_audience(dice, after_confirm_stage);
    stage.window_ns = dice.between(1, 20) * clockwork.tick_ns;
    if (dice.chance(20)) stage.windows.emplace_back("emergency", dice.between(2, 5) * clockwork.tick_ns);
    if (dice.chance(10)) stage.windows.emplace_back("routine", dice.between(4, 9) * clockwork.tick_ns);
    if (dice.chance(18)) stage.kind = StageKind::confirm;
    constexpr CloseRule rules[] = {CloseRule::deadline, CloseRule::all_answered, CloseRule::first_offer};
    stage.close = rules[dice.weighted({50, 42, 8})];
    if (stage.kind == StageKind::confirm && stage.close == CloseRule::first_offer) stage.close = CloseRule::deadline;
    return stage;
}

// `from` and `until` near the instants at which the stages of packages opened soon will close.
void limit(Dice& dice, const Clockwork& clockwork, Instant now_ns, Criterion& criterion) {
    if (dice.chance(18)) criterion.from_ns = clockwork.after(now_ns, dice.between(-2, 20));
    if (dice.chance(18)) criterion.until_ns = clockwork.after(now_ns, dice.between(-2, 30));
    if (criterion.from_ns && criterion.until_ns && *criterion.from_ns >= *criterion.until_ns) criterion.from_ns.reset();
}

Criterion random_citizen_choice(Dice& dice, const Clockwork& clockwork) {
    Criterion choice;
    choice.kind = CriterionKind::citizen_choice;
    choice.choice_window_ns = dice.chance(5) ? matching::choice_window_default_ns
                                             : dice.between(1, 15) * clockwork.tick_ns;
    if (!dice.chance(70)) return choice;
    choice.alternative.emplace();
    if (dice.chance(25)) choice.alternative->push_back(AlternativeCondition::top_up);
    while (dice.chance(60)) {
        choice.alternative->push_back(
            dice.one_of({AlternativeCondition::not_inadequate, AlternativeCondition::direct_payment,
                         AlternativeCondition::direct_payment,
                         AlternativeCondition::on_site, AlternativeCondition::top_up}));
    }
    return choice;
}

Criterion by_quality() {
    Criterion criterion;
    criterion.kind = CriterionKind::highest_quality;
    return criterion;
}

std::vector<Criterion> random_ranking(Dice& dice, const Clockwork& clockwork, Instant now_ns) {
    std::vector<Criterion> ranking;
    if (dice.chance(25)) {  // a plain one that asks the citizen for sure
        ranking.emplace_back().kind = dice.one_of({CriterionKind::earliest_start, CriterionKind::highest_quality,
                                                   CriterionKind::lowest_price});
        ranking.push_back(random_citizen_choice(dice, clockwork));
        return ranking;
    }
    for (std::uint64_t count = dice.chance(5) ? 12 : dice.below(4); count > 0; --count) {
        Criterion criterion;
        criterion.kind = dice.one_of({CriterionKind::earliest_start, CriterionKind::highest_quality,
                                      CriterionKind::highest_feedback, CriterionKind::lowest_price,
                                      CriterionKind::earliest_response});
        // Early in the list it would decide everything.
        if (criterion.kind == CriterionKind::earliest_response && dice.chance(60)) continue;
        ranking.push_back(criterion);
    }
    if (dice.chance(60)) {
        const auto place = static_cast<std::ptrdiff_t>(dice.below(ranking.size() + 1));
        ranking.insert(ranking.begin() + place, random_citizen_choice(dice, clockwork));
    }
    if (dice.chance(20)) ranking.emplace_back();  // a written last earliest_response
    for (Criterion& criterion : ranking) limit(dice, clockwork, now_ns, criterion);
    return ranking;
}

std::vector<matching::Rating> random_ratings(Dice& dice, const Clockwork& clockwork, Instant now_ns) {
    std::vector<matching::Rating> ratings;
    while (dice.chance(75)) {
        const Instant near_ns = dice.chance(40) ? clockwork.begin_ns : now_ns;  // baselines are near the beginning
        ratings.push_back({source(dice), clockwork.after(near_ns, dice.between(-3, 3)),
                           dice.one_of<Score>({0, 50'000, 50'001, 75'000, 87'500, 100'000})});
    }
    return ratings;
}

std::vector<matching::Membership> random_memberships(Dice& dice) {
    std::vector<matching::Membership> memberships;
    while (memberships.size() < 4 && dice.chance(memberships.empty() ? 94 : 55)) {
        memberships.push_back({role(dice), maybe(dice, 50, {"n", "s"}), maybe(dice, 50, {"e1", "e2"})});
    }
    return memberships;
}

}  // namespace

Instant Clockwork::after(Instant from_ns, std::int64_t ticks) const {
    const std::int64_t by_ns = std::abs(ticks) * tick_ns;
    if (ticks < 0) return from_ns < by_ns ? 0 : from_ns - by_ns;
    return matching::end_of_window(from_ns, by_ns);
}

command::Procedure random_procedure(Dice& dice, const Clockwork& clockwork, std::string_view id, Instant now_ns) {
    command::Procedure procedure;
    procedure.id = id;
    procedure.title = maybe(dice, 5, {"Title"});
    bool after_confirm_stage = false;
    const std::size_t stages = 1 + dice.weighted({30, 35, 19, 13, 1, 1, 1});
    for (std::size_t number = 0; number < stages; ++number) {
        procedure.stages.push_back(random_stage(dice, clockwork, number, after_confirm_stage));
        after_confirm_stage = after_confirm_stage || procedure.stages.back().kind == StageKind::confirm;
    }
    procedure.ranking = random_ranking(dice, clockwork, now_ns);
    if (dice.chance(40)) {
        do {
            procedure.approvals.push_back(
                {dice.one_of({"director", "cabinet"}), thresholds_pence[dice.weighted({50, 30, 15, 1})],
                 dice.chance(35) ? ApprovalBefore::opening : ApprovalBefore::award});
        } while (dice.chance(60));
    }
    while (dice.chance(15)) {
        procedure.requires_.push_back(dice.one_of({Requirement::accommodation, Requirement::not_inadequate,
                                                   Requirement::cqc_registered, Requirement::vacancy,
                                                   Requirement::price}));
    }
    if (dice.chance(25)) {
        procedure.rating_rule.emplace();
        procedure.rating_rule->baseline_ns = clockwork.after(now_ns, dice.between(-3, 3));
        while (dice.chance(70)) procedure.rating_rule->before.push_back(source(dice));
        while (dice.chance(70)) procedure.rating_rule->after.push_back(source(dice));
        // Where it matters.
        if (dice.chance(70)) procedure.ranking.insert(procedure.ranking.begin(), by_quality());
    }
    for (const char* of : roles) {
        if (!dice.chance(35)) continue;
        procedure.obligations.push_back({of, dice.one_of<std::uint8_t>({0, 25, 50, 75, 100}),
                                         dice.one_of<std::uint8_t>({0, 0, 1, 33, 100})});
    }
    return procedure;
}

command::Provider random_provider(Dice& dice, const Clockwork& clockwork, std::string_view id, Instant now_ns) {
    command::Provider provider;
    provider.id = id;
    provider.name = maybe(dice, 5, {"Name"});
    provider.memberships = random_memberships(dice);
    if (dice.chance(15)) {
        provider.services.emplace();
        if (dice.chance(90)) provider.services->push_back("x");
        if (dice.chance(50)) provider.services->push_back("y");
    }
    if (dice.chance(80)) provider.capabilities.push_back("hoist");
    if (dice.chance(70)) provider.capabilities.push_back("urdu");
    if (dice.chance(80)) provider.quality = dice.one_of<Score>({0, 50'000, 50'001, 100'000});
    if (dice.chance(65)) provider.ratings = random_ratings(dice, clockwork, now_ns);
    if (dice.chance(80)) provider.feedback = dice.one_of<Score>({0, 87'500, 100'000});
    provider.cqc = maybe(dice, 88, {"good", "good", "good", "outstanding", "inadequate"});
    if (dice.chance(80)) provider.vacancies = dice.one_of<std::int64_t>({0, 1, 1, 3});
    provider.suspended = dice.chance(5);
    return provider;
}

command::Provider changed(Dice& dice, const Clockwork& clockwork, command::Provider provider, Instant now_ns) {
    switch (dice.weighted({provider.suspended ? 90u : 40u, 10, 10, 10, 10, 10})) {
        case 0:
            provider.suspended = !provider.suspended;
            break;
        case 1:
            provider.memberships = random_memberships(dice);
            break;
        case 2:
            provider.quality = dice.one_of<Score>({0, 50'000, 100'000});
            provider.feedback = dice.one_of<Score>({0, 87'500, 100'000});
            break;
        case 3:
            provider.cqc = maybe(dice, 70, {"good", "inadequate"});
            provider.vacancies = dice.one_of<std::int64_t>({0, 1});
            break;
        case 4:
            provider.ratings = random_ratings(dice, clockwork, now_ns);
            break;
        default:
            provider = random_provider(dice, clockwork, provider.id, now_ns);
            break;
    }
    return provider;
}

command::Package random_package(Dice& dice, const Clockwork& clockwork, std::string_view id,
                                std::string_view procedure) {
    command::Package package;
    package.id = id;
    package.procedure = procedure;
    package.zone = maybe(dice, 70, {"n", "s"});
    package.service = maybe(dice, 30, {"x", "x", "y"});
    package.scheme = maybe(dice, 60, {"e1", "e1", "e2"});
    if (dice.chance(15)) package.needs.push_back("hoist");
    if (dice.chance(10)) package.needs.push_back("urdu");
    package.urgency = maybe(dice, 40, {"emergency", "routine", "other"});
    if (dice.chance(12)) package.window_ns = dice.between(1, 9) * clockwork.tick_ns;
    if (dice.chance(80)) package.value_pence = dice.one_of<std::int64_t>({0, 100, 101, 501});
    if (dice.chance(20)) package.start_from_ns = clockwork.after(clockwork.starts_ns, dice.between(0, 1));
    if (dice.chance(20)) package.start_by_ns = clockwork.after(clockwork.starts_ns, dice.between(1, 2));
    package.direct_payment = dice.chance(40);
    if (dice.chance(80)) package.standard_fee_pence = dice.one_of<std::int64_t>({0, 150, 200, 250});
    return package;
}

}  // namespace tiebreak::reference
