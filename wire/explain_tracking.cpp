// What each event means for the dossier of its package.
#include <algorithm>
#include <utility>

#include "matching/invariant.hpp"
#include "matching/rating.hpp"
#include "wire/explain_tracked.hpp"

namespace tiebreak::wire {

using namespace matching;

namespace {

std::vector<std::string> owned(std::span<const std::string_view> texts) { return {texts.begin(), texts.end()}; }

OfferFate fate_of(WithdrawCause cause) {
    switch (cause) {
        case WithdrawCause::withdrawn: return OfferFate::withdrawn;
        case WithdrawCause::declined: return OfferFate::declined;
        case WithdrawCause::suspended: return OfferFate::suspended;
    }
    return OfferFate::withdrawn;
}

// Whether the package goes on with this event, be it to an award, a stage or its end.
bool goes_on(const EventBody& body) {
    return std::holds_alternative<event::ApprovalPending>(body) || std::holds_alternative<event::Awarded>(body) ||
           std::holds_alternative<event::StageOpened>(body) || std::holds_alternative<event::StageSkipped>(body) ||
           std::holds_alternative<event::Unawarded>(body) || std::holds_alternative<event::PackageCancelled>(body);
}

}  // namespace

std::optional<std::size_t> DossierRecorder::Tracked::find_offer(std::string_view provider, std::string_view offer) const {
    const auto of_provider = places.find(provider);
    if (of_provider == places.end()) return std::nullopt;
    const auto place = of_provider->second.find(offer);
    return place == of_provider->second.end() ? std::nullopt : std::optional{place->second};
}

std::size_t DossierRecorder::Tracked::offer_of(std::string_view provider, std::string_view offer) const {
    const auto place = find_offer(provider, offer);
    TIEBREAK_INVARIANT(place.has_value(), "an event speaks of an offer that was accepted");
    return *place;
}

OfferStory& DossierRecorder::Tracked::add_offer(std::string_view provider, std::string_view offer) {
    places[std::string{provider}][std::string{offer}] = dossier.offers.size();
    OfferStory& story = dossier.offers.emplace_back();
    story.provider = provider;
    story.offer = offer;
    return story;
}

void DossierRecorder::on_package_event(Tracked& tracked, const Event& event) {
    if (goes_on(event.body)) {
        if (tracked.dossier.state == PackageState::choice) settle_choice(tracked, event);
        if (tracked.is_waiting_for_approval()) settle_approval(tracked, event);
    }
    std::visit([&](const auto& body) { on(tracked, event, body); }, event.body);
}

// How the citizen's choice ended, of which there is no event: by what is being applied.
void DossierRecorder::settle_choice(Tracked& tracked, const Event& event) {
    Dossier& dossier = tracked.dossier;
    ChoiceStory& choice = dossier.choices.back();
    choice.ended_ns = event.at_ns;
    Happening line = happening(event);
    line.sequence = 0;
    const auto* command = current_ == nullptr ? nullptr : std::get_if<command::Choice>(current_);
    if (std::holds_alternative<event::PackageCancelled>(event.body)) {
        choice.end = ChoiceEnd::dropped;
        return;
    }
    if (command != nullptr && command->provider) {
        choice.end = ChoiceEnd::chosen;
        choice.chosen = *command->provider;
        choice.alternative =
            std::find(choice.providers.begin(), choice.providers.end(), *command->provider) == choice.providers.end();
        choice.top_up_agreed = command->top_up_agreed.value_or(false);
        line.what = What::choice_made;
        line.provider = choice.chosen;
        line.alternative = choice.alternative;
    } else if (command != nullptr) {
        choice.end = ChoiceEnd::declined;
        line.what = What::choice_declined;
    } else if (current_ == nullptr) {
        choice.end = ChoiceEnd::lapsed;
        line.what = What::choice_lapsed;
    } else {
        choice.end = ChoiceEnd::dropped;
        line.what = What::choice_dropped;
    }
    dossier.happenings.push_back(std::move(line));
}

// A yes or no has no event of its own either.
void DossierRecorder::settle_approval(Tracked& tracked, const Event& event) {
    ApprovalStory& approval = tracked.dossier.approvals.back();
    const auto* command = current_ == nullptr ? nullptr : std::get_if<command::Approve>(current_);
    if (command == nullptr) {
        approval.dropped = true;
        return;
    }
    approval.answered_ns = event.at_ns;
    approval.approved = command->approved;
    approval.reason = reason();
    Happening line = happening(event);
    line.sequence = 0;
    line.what = command->approved ? What::approval_given : What::approval_denied;
    line.role = approval.role;
    line.reason = approval.reason;
    tracked.dossier.happenings.push_back(std::move(line));
}

// Offers whose providers are suspended when an offer comes up leave the ranking without an event of their own.
template <class Left>
void DossierRecorder::leave_out(Tracked& tracked, const Event& event, Left left) {
    Dossier& dossier = tracked.dossier;
    if (dossier.stages.empty() || dossier.stages.back().rules.kind == StageKind::confirm) return;
    for (std::size_t place = 0; place < dossier.offers.size(); ++place) {
        OfferStory& offer = dossier.offers[place];
        const bool up = offer.fate == OfferFate::live && offer.stage == dossier.stages.back().rules.name;
        if (!up || !left(place)) continue;
        offer.fate = OfferFate::left_out;
        Happening line = happening(event);
        line.sequence = 0;
        line.what = What::offer_left_out;
        line.provider = offer.provider;
        line.offer = offer.offer;
        dossier.happenings.push_back(std::move(line));
    }
}

void DossierRecorder::leave_out_suspended(Tracked& tracked, const Event& event) {
    leave_out(tracked, event, [&](std::size_t place) {
        return providers_.find(tracked.dossier.offers[place].provider)->second.suspended;
    });
}

StageStory& DossierRecorder::begin_stage(Tracked& tracked, const Event& event, std::string_view stage) {
    leave_out_suspended(tracked, event);  // the stage before brought no award
    tracked.answers.clear();
    const auto& stages = tracked.dossier.procedure.stages;
    const auto rules = std::find_if(stages.begin(), stages.end(), [&](const Stage& s) { return s.name == stage; });
    StageStory& story = tracked.dossier.stages.emplace_back();
    story.rules = *rules;
    story.opened_ns = event.at_ns;
    return story;
}

// Everybody registered who is not invited, and why.
void DossierRecorder::note_absent(Tracked& tracked, StageStory& stage) const {
    for (const auto& [id, provider] : providers_) {
        if (std::binary_search(stage.invited.begin(), stage.invited.end(), id)) continue;
        WhyNot why = why_not_invited(provider, stage.rules.audience, tracked.dossier.package);
        if (why.missing == Missing::nothing) why.missing = Missing::confirmation;
        stage.not_invited.push_back({id, std::move(why)});
    }
}

void DossierRecorder::on(Tracked& tracked, const Event& event, const event::StageOpened& body) {
    StageStory& stage = begin_stage(tracked, event, body.stage);
    stage.closes_ns = body.closes_ns;
    stage.invited = owned(body.invited);
    note_absent(tracked, stage);
    tracked.dossier.state = PackageState::open;
    Happening line = happening(event);
    line.stage = body.stage;
    line.until_ns = body.closes_ns;
    line.count = body.invited.size();
    line.confirming = stage.rules.kind == StageKind::confirm;
    tracked.dossier.happenings.push_back(std::move(line));
}

void DossierRecorder::on(Tracked& tracked, const Event& event, const event::StageSkipped& body) {
    StageStory& stage = begin_stage(tracked, event, body.stage);
    stage.skipped = true;
    note_absent(tracked, stage);
    Happening line = happening(event);
    line.stage = body.stage;
    tracked.dossier.happenings.push_back(std::move(line));
}

void DossierRecorder::on(Tracked& tracked, const Event& event, const event::OfferAccepted& body) {
    const auto& offer = std::get<command::Offer>(*current_);
    Dossier& dossier = tracked.dossier;
    Happening line = happening(event);
    line.stage = body.stage;
    line.provider = body.provider;
    line.offer = body.offer;
    line.supersedes = body.supersedes.value_or("");
    line.start_ns = offer.start_ns;
    line.price_pence = offer.price_pence;
    line.duplicate = body.duplicate;
    line.withdrawn = body.withdrawn;
    dossier.happenings.push_back(std::move(line));
    if (body.duplicate) return;

    if (body.supersedes) dossier.offers[tracked.offer_of(body.provider, *body.supersedes)].fate = OfferFate::superseded;
    const command::Provider& provider = providers_.find(body.provider)->second;
    OfferStory& story = tracked.add_offer(body.provider, body.offer);
    story.stage = body.stage;
    story.sequence = event.sequence;
    story.facts = {offer.start_ns, body.arrival_ns, offer.price_pence,
                   quality_at(provider, dossier.procedure.rating_rule, body.arrival_ns), provider.feedback};
    if (offer.landlord) story.landlord = *offer.landlord;
    story.submitted_at_ns = offer.submitted_at_ns;
    tracked.answers.insert_or_assign(story.provider, Tracked::Answer::offered);
}

void DossierRecorder::on(Tracked& tracked, const Event& event, const event::ProviderConfirmed& body) {
    Happening line = happening(event);
    line.stage = body.stage;
    line.provider = body.provider;
    tracked.answers.insert_or_assign(line.provider, Tracked::Answer::confirmed);
    tracked.dossier.happenings.push_back(std::move(line));
}

void DossierRecorder::on(Tracked& tracked, const Event& event, const event::ProviderDeclined& body) {
    Happening line = happening(event);
    line.stage = body.stage;
    line.provider = body.provider;
    line.reason = reason();
    tracked.answers.insert_or_assign(line.provider, Tracked::Answer::declined);
    tracked.dossier.happenings.push_back(std::move(line));
}

void DossierRecorder::on(Tracked& tracked, const Event& event, const event::OfferWithdrawn& body) {
    tracked.dossier.offers[tracked.offer_of(body.provider, body.offer)].fate = fate_of(body.cause);
    Happening line = happening(event);
    line.stage = body.stage;
    line.provider = body.provider;
    line.offer = body.offer;
    line.withdraw_cause = body.cause;
    if (body.cause == WithdrawCause::withdrawn) line.reason = reason();
    tracked.answers.erase(line.provider);
    tracked.dossier.happenings.push_back(std::move(line));
}

void DossierRecorder::on(Tracked& tracked, const Event& event, const event::WindowExtended& body) {
    tracked.stage().closes_ns = body.closes_ns;
    Happening line = happening(event);
    line.stage = body.stage;
    line.until_ns = body.closes_ns;
    line.reason = body.reason;
    tracked.dossier.happenings.push_back(std::move(line));
}

void DossierRecorder::on(Tracked& tracked, const Event& event, const event::StageClosed& body) {
    StageStory& stage = tracked.stage();
    const bool confirming = stage.rules.kind == StageKind::confirm;
    const auto stood = confirming ? Tracked::Answer::confirmed : Tracked::Answer::offered;
    stage.closed_ns = event.at_ns;
    stage.cause = body.cause;
    for (const std::string& provider : stage.invited) {
        const auto answer = tracked.answers.find(provider);
        if (answer == tracked.answers.end())
            stage.silent.push_back(provider);
        else if (answer->second == stood)
            ++stage.answers;
    }
    Happening line = happening(event);
    line.stage = body.stage;
    line.count = stage.answers;
    line.close_cause = body.cause;
    line.confirming = confirming;
    tracked.dossier.happenings.push_back(std::move(line));
}

void DossierRecorder::on(Tracked& tracked, const Event& event, const event::Shortlisted& body) {
    leave_out_suspended(tracked, event);
    ChoiceStory& choice = tracked.dossier.choices.emplace_back();
    choice.stage = tracked.stage().rules.name;
    choice.asked_ns = event.at_ns;
    choice.choose_by_ns = body.choose_by_ns;
    choice.offers = owned(body.offers);
    choice.providers = owned(body.providers);
    tracked.dossier.state = PackageState::choice;
    Happening line = happening(event);
    line.until_ns = body.choose_by_ns;
    line.providers = choice.providers;
    tracked.dossier.happenings.push_back(std::move(line));
}

void DossierRecorder::on(Tracked& tracked, const Event& event, const event::ApprovalPending& body) {
    // A yes that passes on to the next role leaves nobody out; an offer that comes up does.
    const auto& approvals = tracked.dossier.approvals;
    const bool passes_on = !approvals.empty() && approvals.back().answered_ns == event.at_ns && approvals.back().offer == body.offer &&
                           approvals.back().provider == body.provider;
    if (body.offer && !passes_on) leave_out_suspended(tracked, event);
    ApprovalStory& approval = tracked.dossier.approvals.emplace_back();
    approval.role = body.role;
    approval.before_opening = !body.offer;
    approval.provider = body.provider.value_or("");
    approval.offer = body.offer.value_or("");
    approval.asked_ns = event.at_ns;
    tracked.dossier.state = body.offer ? PackageState::approval_to_award : PackageState::approval_to_open;
    Happening line = happening(event);
    line.role = approval.role;
    line.provider = approval.provider;
    line.offer = approval.offer;
    tracked.dossier.happenings.push_back(std::move(line));
}

void DossierRecorder::on(Tracked& tracked, const Event& event, const event::Awarded& body) {
    Dossier& dossier = tracked.dossier;
    std::vector<RankedStory> ranking;
    std::vector<bool> is_ranked(dossier.offers.size());
    for (const RankedOffer& ranked : body.ranking) {
        const std::size_t place = tracked.offer_of(ranked.provider, ranked.offer);
        ranking.push_back({place, ranked.lost_on});
        is_ranked[place] = true;
    }
    leave_out(tracked, event, [&](std::size_t place) { return !is_ranked[place]; });
    AwardStory& award = dossier.awards.emplace_back();
    award.at_ns = event.at_ns;
    award.sequence = event.sequence;
    award.stage = dossier.stages.size() - 1;
    award.decided_by = body.decided_by;
    award.ranking = std::move(ranking);
    dossier.state = PackageState::awarded;
    Happening line = happening(event);
    line.stage = body.stage;
    line.provider = body.provider;
    line.offer = body.offer;
    line.start_ns = body.start_ns;
    line.decided_by = body.decided_by;
    line.count = body.ranking.size();
    dossier.happenings.push_back(std::move(line));
}

void DossierRecorder::on(Tracked& tracked, const Event& event, const event::AwardRefused& body) {
    AwardStory& award = tracked.dossier.awards.back();
    award.refused_ns = event.at_ns;
    award.refused_reason = reason();
    tracked.dossier.offers[award.ranking.front().offer].fate = OfferFate::refused;
    Happening line = happening(event);
    line.provider = body.provider;
    line.offer = tracked.dossier.winner(award).offer;
    line.reason = award.refused_reason;
    tracked.dossier.happenings.push_back(std::move(line));
}

void DossierRecorder::on(Tracked& tracked, const Event& event, const event::Unawarded& body) {
    if (body.reason != UnawardedReason::approval_refused) leave_out_suspended(tracked, event);
    tracked.dossier.state = PackageState::unawarded;
    tracked.dossier.unawarded = body.reason;
    Happening line = happening(event);
    line.unawarded = body.reason;
    tracked.dossier.happenings.push_back(std::move(line));
}

void DossierRecorder::on(Tracked& tracked, const Event& event, const event::PackageCancelled&) {
    tracked.dossier.state = PackageState::cancelled;
    Happening line = happening(event);
    line.reason = reason();
    tracked.dossier.happenings.push_back(std::move(line));
}

}  // namespace tiebreak::wire
