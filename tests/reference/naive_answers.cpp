#include <algorithm>

#include "tests/reference/naive_engine.hpp"
#include "tests/reference/naive_ranking.hpp"

namespace tiebreak::reference {

using matching::CloseCause;
using matching::CloseRule;
using matching::Code;
using matching::Requirement;
using matching::StageKind;
using matching::WithdrawCause;
namespace command = matching::command;
namespace event = matching::event;

namespace {

// "Content is `package`, `start`, `price_pence`, `accommodation`."
bool same_content(const command::Offer& said, const NaivePackage& package, const NaiveOffer& earlier) {
    return said.package == package.registered.id && said.start_ns == earlier.start_ns &&
           said.price_pence == earlier.price_pence && said.landlord.has_value() == earlier.landlord.has_value() &&
           (!said.landlord || *said.landlord == *earlier.landlord);
}

std::optional<Code> unmet(Requirement requirement, const command::Offer& offer, const command::Provider& provider) {
    switch (requirement) {
        case Requirement::accommodation:
            if (!offer.landlord) return Code::accommodation_missing;
            break;
        case Requirement::not_inadequate:
            if (provider.cqc == "inadequate") return Code::cqc_inadequate;
            break;
        case Requirement::cqc_registered:
            if (!provider.cqc) return Code::cqc_unregistered;
            break;
        case Requirement::vacancy:
            if (!provider.vacancies || *provider.vacancies < 1) return Code::no_vacancy;
            break;
        case Requirement::price:
            if (!offer.price_pence) return Code::price_missing;
            break;
    }
    return std::nullopt;
}

event::OfferAccepted receipt(const NaivePackage& package, const NaiveStage& stage, const NaiveOffer& offer) {
    event::OfferAccepted said;
    said.package = package.registered.id;
    said.stage = rules_of(package, stage).name;
    said.offer = offer.id;
    said.provider = offer.provider;
    said.arrival_ns = offer.arrival_ns;
    said.supersedes = offer.supersedes;
    return said;
}

void take_back(std::vector<std::string>& answers, std::string_view provider) { std::erase(answers, provider); }

}  // namespace

NaiveEngine::Refusal NaiveEngine::carry_out(const command::Offer& offer) {
    NaivePackage* package = find_package(offer.package);
    if (package == nullptr) return Code::unknown_package;
    const command::Provider* provider = find_provider(offer.provider);
    if (provider == nullptr) return Code::unknown_provider;

    // "The same id with the same content again is no error [...] This is looked at right after `unknown_provider`."
    for (const NaivePackage& any : packages_) {
        for (const NaiveStage& stage : any.stages) {
            for (const NaiveOffer& earlier : stage.offers) {
                if (earlier.provider != offer.provider || earlier.id != offer.id) continue;
                if (!same_content(offer, any, earlier)) return Code::id_conflict;
                repeat(any, stage, earlier);
                return {};
            }
        }
    }
    if (const Refusal refusal = refusal_of_new(offer, *package, *provider)) return refusal;

    accept(offer, *package, *provider);
    if (rules_of(*package, last_stage(*package)).close == CloseRule::first_offer) {
        close_stage(*package, CloseCause::first_offer);
    } else {
        close_if_all_answered(*package);
    }
    return {};
}

NaiveEngine::Refusal NaiveEngine::refusal_of_new(const command::Offer& offer, const NaivePackage& package,
                                                 const command::Provider& provider) const {
    if (package.phase != Phase::stage_open) return Code::closed;
    if (provider.suspended) return Code::suspended;
    const NaiveStage& stage = last_stage(package);
    if (rules_of(package, stage).kind == StageKind::confirm) return Code::wrong_stage;
    if (!is_invited(stage, offer.provider)) return Code::not_invited;
    // "(before the offer's own arrival stamp, or outside `start_from`..`start_by`, both included)"
    if (offer.start_ns < at_ns_) return Code::start_out_of_range;
    if (package.registered.start_from_ns && offer.start_ns < *package.registered.start_from_ns) {
        return Code::start_out_of_range;
    }
    if (package.registered.start_by_ns && offer.start_ns > *package.registered.start_by_ns) {
        return Code::start_out_of_range;
    }
    for (const Requirement requirement : package.procedure.requires_) {
        if (const Refusal refusal = unmet(requirement, offer, provider)) return refusal;
    }
    return {};
}

void NaiveEngine::accept(const command::Offer& offer, NaivePackage& package, const command::Provider& provider) {
    NaiveStage& stage = last_stage(package);
    NaiveOffer accepted;
    accepted.id = offer.id;
    accepted.provider = offer.provider;
    accepted.start_ns = offer.start_ns;
    accepted.price_pence = offer.price_pence;
    accepted.landlord = offer.landlord;
    accepted.arrival_ns = at_ns_;
    accepted.sequence = sequence_ + 1;  // of the event below
    accepted.quality = quality_at(package.procedure, provider, at_ns_);
    accepted.feedback = provider.feedback;
    // "A second offer of one provider in one stage replaces its live one"
    if (NaiveOffer* replaced = live_offer(stage, offer.provider)) {
        replaced->fate = OfferFate::superseded;
        accepted.supersedes = replaced->id;
    }
    stage.offers.push_back(accepted);
    take_back(stage.declined, offer.provider);
    emit(package, receipt(package, stage, accepted));
}

// "the answer repeats the first one's fields (`supersedes` too) under its own `at` and `sequence`, with
// "duplicate":true and, if that offer has been withdrawn or superseded since, "withdrawn":true"
void NaiveEngine::repeat(const NaivePackage& package, const NaiveStage& stage, const NaiveOffer& offer) {
    event::OfferAccepted said = receipt(package, stage, offer);
    said.duplicate = true;
    said.withdrawn = offer.fate == OfferFate::withdrawn || offer.fate == OfferFate::superseded;
    emit(package, said);
}

NaiveEngine::Refusal NaiveEngine::carry_out(const command::Confirm& confirm) {
    NaivePackage* package = find_package(confirm.package);
    if (package == nullptr) return Code::unknown_package;
    const command::Provider* provider = find_provider(confirm.provider);
    if (provider == nullptr) return Code::unknown_provider;
    if (package->phase != Phase::stage_open) return Code::closed;
    if (provider->suspended) return Code::suspended;
    NaiveStage& stage = last_stage(*package);
    if (rules_of(*package, stage).kind != StageKind::confirm) return Code::wrong_stage;
    if (!is_invited(stage, confirm.provider)) return Code::not_invited;

    take_back(stage.confirmed, confirm.provider);  // said again, it stands once
    stage.confirmed.push_back(provider->id);
    take_back(stage.declined, confirm.provider);
    emit(*package, event::ProviderConfirmed{package->registered.id, rules_of(*package, stage).name, provider->id});
    close_if_all_answered(*package);
    return {};
}

NaiveEngine::Refusal NaiveEngine::carry_out(const command::Decline& decline) {
    NaivePackage* package = find_package(decline.package);
    if (package == nullptr) return Code::unknown_package;
    const command::Provider* provider = find_provider(decline.provider);
    if (provider == nullptr) return Code::unknown_provider;
    if (package->phase != Phase::stage_open) return Code::closed;
    if (provider->suspended) return Code::suspended;
    NaiveStage& stage = last_stage(*package);
    if (!is_invited(stage, decline.provider)) return Code::not_invited;

    // "it removes that provider's live offer (`offer_withdrawn`, then `provider_declined`) or confirmation"
    if (NaiveOffer* offer = live_offer(stage, decline.provider)) {
        withdraw_offer(*package, stage, *offer, WithdrawCause::declined);
    }
    take_back(stage.confirmed, decline.provider);
    take_back(stage.declined, decline.provider);
    stage.declined.push_back(provider->id);
    emit(*package, event::ProviderDeclined{package->registered.id, rules_of(*package, stage).name, provider->id});
    close_if_all_answered(*package);
    return {};
}

NaiveEngine::Refusal NaiveEngine::carry_out(const command::Withdraw& withdraw) {
    if (find_provider(withdraw.provider) == nullptr) return Code::unknown_provider;
    // "`unknown_offer` if that provider has no accepted offer of that id"
    NaivePackage* package = nullptr;
    NaiveStage* stage = nullptr;
    NaiveOffer* offer = nullptr;
    for (NaivePackage& any_package : packages_) {
        for (NaiveStage& any_stage : any_package.stages) {
            for (NaiveOffer& any_offer : any_stage.offers) {
                if (any_offer.provider != withdraw.provider || any_offer.id != withdraw.offer) continue;
                package = &any_package;
                stage = &any_stage;
                offer = &any_offer;
            }
        }
    }
    if (offer == nullptr) return Code::unknown_offer;

    // "`closed` if the stage it was made in is neither open nor the one whose choice or approval is pending"
    const bool open_or_pending = package->phase == Phase::stage_open || package->phase == Phase::choice_open ||
                                 package->phase == Phase::award_approval;
    if (!open_or_pending || stage != &last_stage(*package)) return Code::closed;
    if (offer->fate != OfferFate::live) return Code::unknown_offer;

    const std::size_t place = static_cast<std::size_t>(offer - stage->offers.data());
    withdraw_offer(*package, *stage, *offer, WithdrawCause::withdrawn);
    if (package->phase == Phase::choice_open) {
        std::erase(package->shortlist, place);
        // "(fewer than two, or with `alternative` fewer than one or only one offer left in all)"
        const auto criteria = criteria_that_count(package->procedure, stage->closed_ns);
        const bool alternative = criteria[place_of_choice(criteria)].alternative.has_value();
        const std::size_t left = ranked(criteria, *stage).size();
        const bool still_put = alternative ? !package->shortlist.empty() && left > 1 : package->shortlist.size() >= 2;
        if (!still_put) end_choice(*package);
    } else if (package->phase == Phase::award_approval && package->came_up == place) {
        // "While an approval is pending for that very offer, the next one comes up and is asked for anew."
        bring_up_best(*package);
    }
    return {};
}

void NaiveEngine::withdraw_offer(const NaivePackage& package, const NaiveStage& stage, NaiveOffer& offer,
                                 WithdrawCause cause) {
    offer.fate = OfferFate::withdrawn;
    emit(package, event::OfferWithdrawn{package.registered.id, rules_of(package, stage).name, offer.id, offer.provider,
                                        cause});
}

}  // namespace tiebreak::reference
