#include "tests/wire/made_values.hpp"

#include <algorithm>
#include <limits>

#include <rapidcheck.h>

namespace tiebreak::wire::test {

using namespace matching;

std::size_t Maker::pick(std::size_t below) { return *rc::gen::resize(100, rc::gen::inRange<std::size_t>(0, below)); }

std::int64_t Maker::whole() {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    const std::int64_t ends[] = {0, 1, most - 1, most};
    const std::size_t choice = pick(8);
    if (choice < 4) return ends[choice];
    return *rc::gen::resize(100, rc::gen::inRange<std::int64_t>(0, most));
}

std::int64_t Maker::more_than_zero() { return std::max<std::int64_t>(whole(), 1); }

Score Maker::score() { return static_cast<Score>(pick(score_max + 1)); }

std::string Maker::id() {
    constexpr std::string_view characters = "ABCXYZabcxyz0189._:-";
    const std::size_t lengths[] = {1, 2, 7, 8, 63, 64};
    std::string value(lengths[pick(6)], characters[pick(characters.size())]);
    value[0] = characters[pick(characters.size())];
    value.back() = characters[pick(characters.size())];
    return value;
}

std::string Maker::text() {
    const std::string_view pieces[] = {"a", " ", "\n", "\"", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x8F\xA0"};
    std::string value;
    const std::size_t lengths[] = {1, 3, 20, 1'000};
    const std::string_view piece = pieces[pick(std::size(pieces))];
    for (std::size_t i = lengths[pick(4)]; i > 0; --i) value += piece;
    return value;
}

std::vector<std::string> Maker::ids() {
    std::vector<std::string> values(pick(4));
    for (std::string& value : values) value = id();
    return values;
}

std::string_view Maker::kept(std::string value) { return texts_.emplace_back(std::move(value)); }

std::span<const std::string_view> Maker::id_views() {
    std::vector<std::string_view> views(pick(4));
    for (std::string_view& view : views) view = id_view();
    return lists_.emplace_back(std::move(views));
}

Stage Maker::stage(std::size_t place, bool after_confirm_stage) {
    Stage stage;
    stage.name = id().substr(0, 60) + std::to_string(place);
    if (flip()) stage.audience.roles = ids();
    stage.audience.zone = flip();
    stage.audience.scheme = flip();
    stage.audience.confirmed = after_confirm_stage && flip();
    stage.kind = static_cast<StageKind>(pick(2));
    stage.window_ns = more_than_zero();
    for (const std::string& urgency : ids()) stage.windows.emplace_back(urgency, more_than_zero());
    std::sort(stage.windows.begin(), stage.windows.end());
    const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
    stage.windows.erase(std::unique(stage.windows.begin(), stage.windows.end(), same), stage.windows.end());
    stage.close = static_cast<CloseRule>(pick(stage.kind == StageKind::confirm ? 2 : 3));
    return stage;
}

Criterion Maker::criterion(bool after_citizen_choice) {
    Criterion criterion;
    criterion.kind = static_cast<CriterionKind>(pick(after_citizen_choice ? 5 : 6));
    if (flip()) criterion.from_ns = static_cast<Instant>(pick(1'000));
    if (flip()) criterion.until_ns = static_cast<Instant>(1'000 + pick(1'000));
    if (criterion.kind != CriterionKind::citizen_choice) return criterion;
    criterion.choice_window_ns = flip() ? choice_window_default_ns : more_than_zero();
    if (flip()) {
        criterion.alternative.emplace();
        for (std::size_t i = pick(5); i > 0; --i) {
            criterion.alternative->push_back(static_cast<AlternativeCondition>(pick(4)));
        }
    }
    return criterion;
}

command::Procedure Maker::procedure() {
    command::Procedure c;
    c.id = id();
    if (flip()) c.title = text();
    if (flip()) c.source = text();
    bool after_confirm_stage = false;
    for (std::size_t i = 0, count = 1 + pick(4); i < count; ++i) {
        c.stages.push_back(stage(i, after_confirm_stage));
        after_confirm_stage = after_confirm_stage || c.stages.back().kind == StageKind::confirm;
    }
    bool after_citizen_choice = false;
    for (std::size_t i = pick(4); i > 0; --i) {
        c.ranking.push_back(criterion(after_citizen_choice));
        after_citizen_choice = after_citizen_choice || c.ranking.back().kind == CriterionKind::citizen_choice;
    }
    for (std::size_t i = pick(3); i > 0; --i) {
        c.approvals.push_back({id(), whole(), static_cast<ApprovalBefore>(pick(2))});
    }
    for (std::size_t i = pick(3); i > 0; --i) c.requires_.push_back(static_cast<Requirement>(pick(5)));
    if (flip()) c.rating_rule = RatingRule{whole(), ids(), ids()};
    for (std::size_t i = pick(3); i > 0; --i) {
        c.obligations.push_back({id().substr(0, 60) + std::to_string(i), static_cast<std::uint8_t>(pick(101)),
                                 static_cast<std::uint8_t>(pick(101))});
    }
    return c;
}

command::Provider Maker::provider() {
    command::Provider c;
    c.id = id();
    if (flip()) c.name = text();
    for (std::size_t i = pick(3); i > 0; --i) c.memberships.push_back({id(), maybe_id(), maybe_id()});
    if (flip()) c.services = ids();
    c.capabilities = ids();
    if (flip()) c.quality = score();
    if (flip()) {
        c.ratings.emplace();
        for (std::size_t i = pick(3); i > 0; --i) c.ratings->push_back({id(), whole(), score()});
    }
    if (flip()) c.feedback = score();
    c.cqc = maybe_id();
    c.suspended = flip();
    c.vacancies = maybe_whole();
    return c;
}

command::Package Maker::package() {
    command::Package c;
    c.id = id();
    c.procedure = id();
    c.zone = maybe_id();
    c.service = maybe_id();
    c.scheme = maybe_id();
    c.needs = ids();
    c.urgency = maybe_id();
    if (flip()) c.window_ns = more_than_zero();
    c.value_pence = maybe_whole();
    c.start_from_ns = maybe_whole();
    c.start_by_ns = maybe_whole();
    const bool both = c.start_from_ns && c.start_by_ns;
    if (both && *c.start_from_ns > *c.start_by_ns) std::swap(c.start_from_ns, c.start_by_ns);
    c.direct_payment = flip();
    c.standard_fee_pence = maybe_whole();
    return c;
}

command::Offer Maker::offer() {
    command::Offer c;
    c.id = id_view();
    c.package = id_view();
    c.provider = id_view();
    c.start_ns = whole();
    c.price_pence = maybe_whole();
    c.landlord = maybe_text_view();
    c.submitted_at_ns = maybe_whole();
    return c;
}

Command Maker::command() { return command(pick(std::variant_size_v<Command>)); }

Command Maker::command(std::size_t kind) {
    switch (kind) {
        case 0: return procedure();
        case 1: return provider();
        case 2: return package();
        case 3: return offer();
        case 4: return command::Confirm{id_view(), id_view()};
        case 5: return command::Decline{id_view(), id_view(), maybe_text_view()};
        case 6: return command::Withdraw{id_view(), id_view(), maybe_text_view()};
        case 7: return command::Extend{id_view(), whole(), kept(text())};
        case 8: return command::Cancel{id_view(), maybe_text_view()};
        case 9:
            return command::Choice{id_view(), maybe_id_view(), maybe<bool>([this] { return flip(); }),
                                   maybe<bool>([this] { return flip(); })};
        case 10: return command::Approve{id_view(), id_view(), flip(), maybe_text_view()};
        case 11: return command::Refuse{id_view(), id_view(), maybe_text_view()};
        case 12: return command::Report{id_view(), whole(), whole()};
        default: return command::Advance{};
    }
}

Event Maker::event() { return event(pick(std::variant_size_v<EventBody>)); }

Event Maker::event(std::size_t kind) {
    Event made;
    made.at_ns = whole();
    made.sequence = static_cast<std::uint64_t>(whole());
    const auto count = [this] { return static_cast<std::uint64_t>(whole()); };
    const auto make = [&]() -> EventBody {
        switch (kind) {
            case 0: return event::ProcedureRegistered{id_view(), count()};
            case 1: return event::ProviderRegistered{id_view(), count()};
            case 2: return event::PackageOpened{id_view(), id_view()};
            case 3: return event::StageOpened{id_view(), id_view(), whole(), id_views()};
            case 4: return event::StageSkipped{id_view(), id_view()};
            case 5:
                return event::OfferAccepted{id_view(), id_view(), id_view(), id_view(), whole(),
                                            maybe_id_view(), flip(), flip()};
            case 6: return event::ProviderConfirmed{id_view(), id_view(), id_view()};
            case 7: return event::ProviderDeclined{id_view(), id_view(), id_view()};
            case 8:
                return event::OfferWithdrawn{id_view(), id_view(), id_view(), id_view(),
                                             static_cast<WithdrawCause>(pick(3))};
            case 9: return event::WindowExtended{id_view(), id_view(), whole(), kept(text())};
            case 10: return event::StageClosed{id_view(), id_view(), count(), static_cast<CloseCause>(pick(3))};
            case 11: return event::Shortlisted{id_view(), id_views(), id_views(), whole()};
            case 12: return event::ApprovalPending{id_view(), maybe_id_view(), maybe_id_view(), id_view()};
            case 13: {
                std::vector<RankedOffer> ranking(1 + pick(4));
                for (RankedOffer& ranked : ranking) {
                    ranked = {id_view(), id_view(), static_cast<CriterionKind>(pick(6))};
                }
                ranking.front().lost_on.reset();
                return event::Awarded{id_view(), id_view(), id_view(), id_view(), whole(),
                                      static_cast<DecidedBy>(pick(9)), rankings_.emplace_back(std::move(ranking))};
            }
            case 14: return event::AwardRefused{id_view(), id_view()};
            case 15: return event::Unawarded{id_view(), static_cast<UnawardedReason>(pick(3))};
            case 16: return event::PackageCancelled{id_view()};
            case 17:
                return event::Standing{id_view(), id_view(), maybe_id_view(), id_view(), count(),
                                       count(),   count(),   count(),         maybe<bool>([this] { return flip(); })};
            default:
                return event::Rejected{command_names[pick(14)], static_cast<Code>(pick(23)), kept(text()),
                                       maybe_id_view(), maybe_id_view(), maybe_id_view(), maybe_id_view()};
        }
    };
    made.body = make();
    return made;
}

}  // namespace tiebreak::wire::test
