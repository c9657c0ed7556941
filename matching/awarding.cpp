// From a closed stage to an award: who comes up, who must approve, who refuses, and how a package ends.
#include <algorithm>

#include "matching/engine_state.hpp"
#include "matching/invariant.hpp"

namespace tiebreak::matching {

const Candidate& PackageRecord::candidate() const noexcept {
    const auto& ranking = deciding.ranking;
    TIEBREAK_INVARIANT(!ranking.empty(), "somebody must be up");
    if (deciding.chosen != no_index)
        for (const Candidate& candidate : ranking)
            if (candidate.offer == deciding.chosen) return candidate;
    return ranking.front();
}

namespace {

// Why the winner is before another offer of the ranking: the first criterion on which the two differ, or the citizen's
// choice where that came before, or passed over an offer that ranks higher.
CriterionKind lost_on(const RankOrder& order, const Candidate& winner, const Candidate& other, bool chosen) {
    const auto difference = order.difference(winner.key, other.key);
    if (!chosen) return difference.kind;
    const bool before_choice = !order.equal_before_choice(winner.key, other.key);
    const bool winner_ranks_higher = ranks_before(winner, other, order);
    return before_choice && winner_ranks_higher ? difference.kind : CriterionKind::citizen_choice;
}

}  // namespace

// A stage has closed: its offers are ranked; the citizen is asked where the procedure says so, or the best comes up.
void Engine::State::decide(PackageRecord& package, Instant at_ns) {
    leave_out_suspended(package);
    if (!open_choice(package, at_ns)) come_up(package, at_ns);
}

// Offers of providers suspended by now leave the ranking for good.
void Engine::State::leave_out_suspended(PackageRecord& package) {
    if (providers_.suspended_count() == 0) return;
    std::vector<OfferIndex> out;
    for (const Candidate& candidate : package.deciding.ranking)
        if (providers_.suspended(offers_.at(candidate.offer).provider)) out.push_back(candidate.offer);
    for (const OfferIndex offer : out) drop_from_ranking(package, offer, OfferState::left_out);
}

void Engine::State::drop_from_ranking(PackageRecord& package, OfferIndex offer, OfferState state) {
    offers_.at(offer).state = state;
    std::erase_if(package.deciding.ranking, [&](const Candidate& candidate) { return candidate.offer == offer; });
    if (package.deciding.chosen == offer) package.deciding.chosen = no_index;
}

// The citizen's pick, or else the best of what is left, comes up for the award; with none left the next stage opens.
void Engine::State::come_up(PackageRecord& package, Instant at_ns) {
    leave_out_suspended(package);
    stop_waiting(package);
    if (package.deciding.ranking.empty()) return open_stage_from(package, package.stage + 1, at_ns);
    if (!ask_approval(package, 0, ApprovalBefore::award, at_ns)) award(package, at_ns);
}

void Engine::State::start_waiting(PackageRecord& package, Phase phase) {
    package.phase = phase;
    ++waiting_;
}

// Ends the wait for a choice or an approval, if there is one.
void Engine::State::stop_waiting(PackageRecord& package) {
    if (!package.is_waiting()) return;
    package.phase = Phase::deciding;
    --waiting_;
}

// Asks the first role from the place `from` in the procedure's approvals that must approve; false if none must.
bool Engine::State::ask_approval(PackageRecord& package, std::uint32_t from, ApprovalBefore before, Instant at_ns) {
    const auto& approvals = package.procedure->content.approvals;
    for (std::uint32_t i = from; i < approvals.size(); ++i) {
        if (approvals[i].before != before || package.content.value_pence.value_or(0) <= approvals[i].over_pence) continue;
        package.deciding.approval = i;
        const Phase phase = before == ApprovalBefore::award ? Phase::approval_to_award : Phase::approval_to_open;
        stop_waiting(package);
        start_waiting(package, phase);
        event::ApprovalPending body{package.content.id, std::nullopt, std::nullopt, approvals[i].role};
        if (before == ApprovalBefore::award) {
            const OfferRecord& offer = offers_.at(package.candidate().offer);
            body.offer = offer.id();
            body.provider = providers_.id(offer.provider);
        }
        emit(at_ns, body, &package);
        return true;
    }
    return false;
}

// Makes the award, with the whole ranking that shows why.
void Engine::State::award(PackageRecord& package, Instant at_ns) {
    leave_out_suspended(package);
    const Deciding& deciding = package.deciding;
    // The offers lie anywhere in memory: ask for all of them before reading the first (bench_engine, cliff).
    for (const Candidate& candidate : deciding.ranking) prefetch(&offers_.at(candidate.offer));
    const Candidate winner = package.candidate();
    const OfferRecord& offer = offers_.at(winner.offer);

    ranking_lines_.clear();
    ranking_lines_.push_back({offer.id(), providers_.id(offer.provider), std::nullopt, offer.provider});
    for (const Candidate& other : deciding.ranking) {
        if (other.offer == winner.offer) continue;
        const Invited::Guest& guest = package.invited->at(other.seat);
        ranking_lines_.push_back(
            {offers_.at(other.offer).id(), guest.id, lost_on(deciding.order, winner, other, deciding.chosen != no_index), guest.provider});
    }
    const auto runner_up = ranking_lines_.size() > 1 ? ranking_lines_[1].lost_on : std::nullopt;

    stop_waiting(package);
    package.phase = Phase::awarded;
    package.closed.back().holder = offer.provider;
    ++awards_;
    emit(at_ns,
         event::Awarded{package.content.id, package.stage_rules().name, offer.id(), providers_.id(offer.provider),
                        offer.start_ns, decided_by(package, runner_up), ranking_lines_},
         &package);
}

DecidedBy Engine::State::decided_by(const PackageRecord& package, std::optional<CriterionKind> runner_up_lost_on) const {
    if (package.closed.back().cause == CloseCause::first_offer) return DecidedBy::first_offer;
    if (package.deciding.refused) return DecidedBy::refusal;
    if (package.deciding.chosen != no_index) return DecidedBy::citizen_choice;
    if (!runner_up_lost_on) return DecidedBy::only_offer;
    return static_cast<DecidedBy>(*runner_up_lost_on);
}

void Engine::State::end_unawarded(PackageRecord& package, UnawardedReason reason, Instant at_ns) {
    stop_waiting(package);
    package.phase = Phase::unawarded;
    emit(at_ns, event::Unawarded{package.content.id, reason}, &package);
}

void Engine::State::on(const command::Approve& command) {
    const Named named{.package = command.package};
    PackageRecord* const package = find_package(command.package);
    if (package == nullptr) return reject("approval", Code::unknown_package, named);
    const bool to_open = package->phase == Phase::approval_to_open;
    const bool to_award = package->phase == Phase::approval_to_award;
    const std::uint32_t asked = package->deciding.approval;
    if (!(to_open || to_award) || package->procedure->content.approvals[asked].role != command.role)
        return reject("approval", Code::wrong_approval, named);
    if (!command.approved) return end_unawarded(*package, UnawardedReason::approval_refused, now_ns_);

    if (to_open) {
        if (ask_approval(*package, asked + 1, ApprovalBefore::opening, now_ns_)) return;
        stop_waiting(*package);
        return open_stage_from(*package, 0, now_ns_);
    }
    // Whoever was suspended since it came up makes way for the next, who is asked for from the first role.
    if (providers_.suspended(offers_.at(package->candidate().offer).provider)) return come_up(*package, now_ns_);
    if (!ask_approval(*package, asked + 1, ApprovalBefore::award, now_ns_)) award(*package, now_ns_);
}

// The best of the offers left comes up, by the ranking without any choice.
void Engine::State::on(const command::Refuse& command) {
    const Named named{.package = command.package, .provider = command.provider};
    PackageRecord* const package = find_package(command.package);
    if (package == nullptr) return reject("refuse", Code::unknown_package, named);
    const ProviderIndex provider = providers_.find(command.provider);
    if (provider == no_index) return reject("refuse", Code::unknown_provider, named);
    if (package->phase != Phase::awarded || package->closed.back().holder != provider)
        return reject("refuse", Code::not_awarded, named);

    emit(now_ns_, event::AwardRefused{package->content.id, providers_.id(provider)}, package);
    ClosedStage& stage = package->closed.back();
    stage.holder = no_index;
    stage.refused.push_back(provider);
    package->any_refused = true;
    package->deciding.refused = true;
    drop_from_ranking(*package, package->candidate().offer, OfferState::refused);
    package->deciding.chosen = no_index;
    come_up(*package, now_ns_);
}

void Engine::State::on(const command::Cancel& command) {
    const Named named{.package = command.package};
    PackageRecord* const package = find_package(command.package);
    if (package == nullptr) return reject("cancel", Code::unknown_package, named);
    if (package->phase == Phase::unawarded || package->phase == Phase::cancelled)
        return reject("cancel", Code::closed, named);

    if (package->is_open()) {
        open_.erase(package->index);
        live_ -= package->book.live();
    }
    stop_waiting(*package);
    package->phase = Phase::cancelled;
    emit(now_ns_, event::PackageCancelled{package->content.id}, package);
}

}  // namespace tiebreak::matching
