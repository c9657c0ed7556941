#include <algorithm>

#include "tests/reference/naive_engine.hpp"
#include "tests/reference/naive_ranking.hpp"

namespace tiebreak::reference {

using matching::AlternativeCondition;
using matching::ApprovalBefore;
using matching::CloseCause;
using matching::Code;
using matching::Criterion;
using matching::CriterionKind;
using matching::DecidedBy;
using matching::UnawardedReason;
namespace command = matching::command;
namespace event = matching::event;

namespace {

std::vector<Criterion> criteria_of(const NaivePackage& package) {
    return criteria_that_count(package.procedure, last_stage(package).closed_ns);
}

// The winner first, then the others in rank order.
std::vector<std::size_t> final_ranking(const NaivePackage& package) {
    std::vector<std::size_t> places = ranked(criteria_of(package), last_stage(package));
    std::erase(places, package.came_up);
    places.insert(places.begin(), package.came_up);
    return places;
}

// "`decided_by`: `first_offer`; `refusal` once an award of this stage was refused; `citizen_choice`; `only_offer`;
// else what the runner-up `lost_on`."
DecidedBy decided_by(const NaiveStage& stage, const std::vector<matching::RankedOffer>& ranking) {
    if (stage.closed_by == CloseCause::first_offer) return DecidedBy::first_offer;
    if (!stage.refused_by.empty()) return DecidedBy::refusal;
    if (stage.chosen) return DecidedBy::citizen_choice;
    if (ranking.size() == 1) return DecidedBy::only_offer;
    switch (*ranking[1].lost_on) {
        case CriterionKind::earliest_start: return DecidedBy::earliest_start;
        case CriterionKind::highest_quality: return DecidedBy::highest_quality;
        case CriterionKind::highest_feedback: return DecidedBy::highest_feedback;
        case CriterionKind::lowest_price: return DecidedBy::lowest_price;
        case CriterionKind::earliest_response: return DecidedBy::earliest_response;
        case CriterionKind::citizen_choice: return DecidedBy::citizen_choice;
    }
    return DecidedBy::only_offer;
}

bool is_on_site(const command::Provider& provider, const command::Package& package) {
    return std::any_of(provider.memberships.begin(), provider.memberships.end(),
                       [&](const matching::Membership& membership) {
                           return membership.role == "on_site" && membership.scheme && package.scheme &&
                                  *membership.scheme == *package.scheme;
                       });
}

}  // namespace

void NaiveEngine::ask_citizen_or_bring_up_best(NaivePackage& package) {
    const NaiveStage& stage = last_stage(package);
    const std::vector<Criterion> criteria = criteria_of(package);
    const std::vector<std::size_t> places = ranked(criteria, stage);
    const std::size_t choice = place_of_choice(criteria);
    if (choice == criteria.size()) {
        bring_up_best(package);
        return;
    }
    // "when the stage closes and two or more offers are equal on all that stands before it, they are shortlisted":
    // the best one and those equal to it.
    std::vector<std::size_t> shortlist;
    for (const std::size_t place : places) {
        if (first_difference(criteria, stage.offers[places.front()], stage.offers[place]) < choice) continue;
        shortlist.push_back(place);
    }
    // "the window then opens whenever the stage has two or more live offers" (with `alternative`); "One offer alone at
    // the top is awarded without asking, unless `alternative` is given."
    const bool asked = criteria[choice].alternative ? places.size() >= 2 : shortlist.size() >= 2;
    if (!asked) {
        bring_up_best(package);
        return;
    }
    package.phase = Phase::choice_open;
    package.shortlist = shortlist;
    package.choose_by_ns = matching::end_of_window(at_ns_, criteria[choice].choice_window_ns);
    std::vector<std::string_view> offers;
    std::vector<std::string_view> providers;
    for (const std::size_t place : shortlist) {
        offers.push_back(stage.offers[place].id);
        providers.push_back(stage.offers[place].provider);
    }
    emit(package, event::Shortlisted{package.registered.id, offers, providers, package.choose_by_ns});
}

// "A choice without a provider, or the end of the window, ranks on with what stands after it."
void NaiveEngine::end_choice(NaivePackage& package) {
    package.shortlist.clear();
    bring_up_best(package);
}

// The best of what is left comes up, by the ranking without any choice.
void NaiveEngine::bring_up_best(NaivePackage& package) {
    NaiveStage& stage = last_stage(package);
    stage.chosen.reset();
    leave_out_suspended(stage);
    const std::vector<std::size_t> places = ranked(criteria_of(package), stage);
    if (places.empty()) {
        open_next_stage(package);  // "with none left the next stage opens"
    } else {
        bring_up(package, places.front());
    }
}

void NaiveEngine::bring_up(NaivePackage& package, std::size_t offer) {
    package.came_up = offer;
    package.approvals_left = roles_to_approve(package, ApprovalBefore::award);
    if (package.approvals_left.empty()) {
        award(package);
    } else {
        package.phase = Phase::award_approval;
        ask_next_role(package);
    }
}

// "whenever an offer comes up for the award [...] and when the award is made, the offers of providers suspended at that
// stamp are left out of the ranking"
void NaiveEngine::leave_out_suspended(NaiveStage& stage) const {
    for (NaiveOffer& offer : stage.offers) {
        if (offer.fate == OfferFate::live && suspended(offer.provider)) offer.fate = OfferFate::left_out;
    }
}

void NaiveEngine::award(NaivePackage& package) {
    NaiveStage& stage = last_stage(package);
    leave_out_suspended(stage);
    package.phase = Phase::awarded;
    const std::vector<Criterion> criteria = criteria_of(package);
    const NaiveOffer& winner = stage.offers[package.came_up];
    std::vector<matching::RankedOffer> ranking;
    for (const std::size_t place : final_ranking(package)) {
        const NaiveOffer& offer = stage.offers[place];
        ranking.push_back({offer.id, offer.provider, std::nullopt});
        if (place != package.came_up) {
            ranking.back().lost_on = lost_on(criteria, winner, offer, stage.chosen.has_value());
        }
    }
    emit(package, event::Awarded{package.registered.id, rules_of(package, stage).name, winner.id, winner.provider,
                                 winner.start_ns, decided_by(stage, ranking), ranking});
}

// "Each role whose `over_pence` is less than the package's `value_pence` must approve, in the order given. [...] A
// package with no value needs none."
std::vector<std::string> roles_to_approve(const NaivePackage& package, ApprovalBefore before) {
    std::vector<std::string> roles;
    for (const matching::Approval& approval : package.procedure.approvals) {
        if (approval.before != before || !package.registered.value_pence) continue;
        if (approval.over_pence < *package.registered.value_pence) roles.push_back(approval.role);
    }
    return roles;
}

void NaiveEngine::ask_next_role(const NaivePackage& package) {
    event::ApprovalPending pending;
    pending.package = package.registered.id;
    pending.role = package.approvals_left.front();
    if (package.phase == Phase::award_approval) {
        const NaiveOffer& offer = last_stage(package).offers[package.came_up];
        pending.offer = offer.id;
        pending.provider = offer.provider;
    }
    emit(package, pending);
}

NaiveEngine::Refusal NaiveEngine::carry_out(const command::Choice& choice) {
    NaivePackage* package = find_package(choice.package);
    if (package == nullptr) return Code::unknown_package;
    if (choice.provider && find_provider(*choice.provider) == nullptr) return Code::unknown_provider;
    if (package->phase != Phase::choice_open) return Code::no_choice_open;
    if (!choice.provider) {
        end_choice(*package);
        return {};
    }
    NaiveStage& stage = last_stage(*package);
    const NaiveOffer* offer = live_offer(stage, *choice.provider);
    if (offer == nullptr) return Code::not_shortlisted;
    const std::size_t place = static_cast<std::size_t>(offer - stage.offers.data());
    const auto& shortlist = package->shortlist;
    const bool shortlisted = std::find(shortlist.begin(), shortlist.end(), place) != shortlist.end();
    const std::vector<Criterion> criteria = criteria_of(*package);
    const bool alternative =
        choice.alternative.value_or(false) && criteria[place_of_choice(criteria)].alternative.has_value();
    if (!shortlisted && !alternative) return Code::not_shortlisted;
    if (suspended(*choice.provider)) return Code::suspended;
    if (!shortlisted) {
        if (const Refusal refusal = refusal_of_alternative(choice, *package, *offer)) return refusal;
    }
    package->shortlist.clear();
    stage.chosen = offer->id;
    leave_out_suspended(stage);
    bring_up(*package, place);
    return {};
}

// The conditions of an alternative, in the order listed, as things are registered now.
NaiveEngine::Refusal NaiveEngine::refusal_of_alternative(const command::Choice& choice, const NaivePackage& package,
                                                         const NaiveOffer& offer) const {
    const std::vector<Criterion> criteria = criteria_of(package);
    const command::Provider& provider = *find_provider(offer.provider);
    for (const AlternativeCondition condition : *criteria[place_of_choice(criteria)].alternative) {
        switch (condition) {
            case AlternativeCondition::not_inadequate:
                if (provider.cqc == "inadequate") return Code::cqc_inadequate;
                break;
            case AlternativeCondition::direct_payment:
                if (!package.registered.direct_payment) return Code::no_direct_payment;
                break;
            case AlternativeCondition::on_site:
                if (!is_on_site(provider, package.registered)) return Code::not_on_site;
                break;
            case AlternativeCondition::top_up: {
                // "where the offer's `price_pence` is above the package's `standard_fee_pence`"
                const auto& fee = package.registered.standard_fee_pence;
                const bool above = offer.price_pence && fee && *offer.price_pence > *fee;
                if (above && !choice.top_up_agreed.value_or(false)) return Code::top_up_not_agreed;
                break;
            }
        }
    }
    return {};
}

NaiveEngine::Refusal NaiveEngine::carry_out(const command::Approve& approve) {
    NaivePackage* package = find_package(approve.package);
    if (package == nullptr) return Code::unknown_package;
    const bool pending = package->phase == Phase::opening_approval || package->phase == Phase::award_approval;
    if (!pending || package->approvals_left.front() != approve.role) return Code::wrong_approval;
    if (!approve.approved) {
        end_unawarded(*package, UnawardedReason::approval_refused);
        return {};
    }
    // "When a role approves an offer whose provider is suspended by then, the next one comes up instead and is asked
    // for from the first role"
    if (package->phase == Phase::award_approval &&
        suspended(last_stage(*package).offers[package->came_up].provider)) {
        bring_up_best(*package);
        return {};
    }
    package->approvals_left.erase(package->approvals_left.begin());
    if (!package->approvals_left.empty()) {
        ask_next_role(*package);
    } else if (package->phase == Phase::award_approval) {
        award(*package);
    } else {
        open_stage(*package, 0);
    }
    return {};
}

NaiveEngine::Refusal NaiveEngine::carry_out(const command::Refuse& refuse) {
    NaivePackage* package = find_package(refuse.package);
    if (package == nullptr) return Code::unknown_package;
    if (find_provider(refuse.provider) == nullptr) return Code::unknown_provider;
    if (package->phase != Phase::awarded) return Code::not_awarded;
    NaiveStage& stage = last_stage(*package);
    NaiveOffer& awarded = stage.offers[package->came_up];
    if (awarded.provider != refuse.provider) return Code::not_awarded;

    awarded.fate = OfferFate::refused;
    stage.refused_by.push_back(awarded.provider);
    emit(*package, event::AwardRefused{package->registered.id, awarded.provider});
    // "the best of the offers left, by the ranking without any choice, comes up at that stamp"
    bring_up_best(*package);
    return {};
}

}  // namespace tiebreak::reference
