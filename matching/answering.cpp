// Providers' answers: offers, confirmations, declines, withdrawals.
#include "matching/engine_state.hpp"
#include "matching/rating.hpp"

namespace tiebreak::matching {

// The checks stand in the contract's order: the first that fails is the code.
void Engine::State::on(const command::Offer& command) {
    const Named named{.package = command.package, .provider = command.provider, .offer = command.id};
    const auto refuse_with = [&](Code code) { reject("offer", code, named); };

    PackageRecord* const package = find_package(command.package);
    if (package == nullptr) return refuse_with(Code::unknown_package);
    const ProviderIndex provider = providers_.find(command.provider);
    if (provider == no_index) return refuse_with(Code::unknown_provider);

    const ProviderRecord& record = providers_.at(provider);
    const std::uint64_t id_hash = IdIndex::hash_of(command.id);
    if (const OfferIndex known = offers_.find(record, command.id, id_hash); known != no_index) {
        const OfferRecord& first = offers_.at(known);
        if (first.package != package->index || !offers_.same_content(first, command)) return refuse_with(Code::id_conflict);
        return repeat_answer(known);
    }
    if (!package->is_open()) return refuse_with(Code::closed);
    if (record.content.suspended) return refuse_with(Code::suspended);
    if (package->stage_rules().kind == StageKind::confirm) return refuse_with(Code::wrong_stage);
    const auto seat = package->invited->seat_of(provider);
    if (!seat) return refuse_with(Code::not_invited);

    if (command.start_ns < now_ns_ || command.start_ns < package->earliest_start_ns || command.start_ns > package->latest_start_ns)
        return refuse_with(Code::start_out_of_range);
    if (const auto code = unmet_requirement(*package, record.content, command)) return refuse_with(*code);

    accept({package, provider, *seat}, command, id_hash);
}

// The same id with the same content again is no error: it gets the first answer's fields.
void Engine::State::repeat_answer(OfferIndex offer) {
    const OfferRecord& first = offers_.at(offer);
    const PackageRecord& package = packages_[first.package];
    event::OfferAccepted body{package.content.id, package.procedure->content.stages[first.stage].name, first.id(),
                              providers_.id(first.provider), first.arrival_ns, std::nullopt, true, false, first.provider};
    if (first.supersedes != no_index) body.supersedes = offers_.at(first.supersedes).id();
    body.withdrawn = first.state == OfferState::withdrawn || first.state == OfferState::superseded;
    emit(now_ns_, body, &package);
}

std::optional<Code> Engine::State::unmet_requirement(const PackageRecord& package, const command::Provider& provider,
                                                     const command::Offer& offer) const {
    for (const Requirement requirement : package.procedure->content.requires_) {
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
                if (provider.vacancies.value_or(0) < 1) return Code::no_vacancy;
                break;
            case Requirement::price:
                if (!offer.price_pence) return Code::price_missing;
                break;
        }
    }
    return std::nullopt;
}

// Scores are the provider's at the moment its offer is accepted.
RankKey Engine::State::rank_key(const PackageRecord& package, const command::Provider& provider,
                                const command::Offer& offer) const {
    const ProcedureRevision& procedure = *package.procedure;
    RankFacts facts{offer.start_ns, now_ns_, offer.price_pence, std::nullopt, provider.feedback};
    if (procedure.ranking.uses(CriterionKind::highest_quality))
        facts.quality = quality_at(provider, procedure.content.rating_rule, now_ns_);
    return procedure.ranking.key(facts);
}

// Puts an offer that passed every check into the book, in place of the provider's live one.
void Engine::State::accept(const Answering& answering, const command::Offer& command, std::uint64_t id_hash) {
    PackageRecord& package = *answering.package;
    ProviderRecord& provider = providers_.at(answering.provider);
    const OfferIndex replaced = package.book.offer_at(answering.seat);
    const OfferIndex offer =
        offers_.add(provider, id_hash, command.id, command.landlord,
                    {.arrival_ns = now_ns_,
                     .start_ns = command.start_ns,
                     .price_pence = command.price_pence.value_or(OfferRecord::no_price),
                     .package = package.index,
                     .provider = answering.provider,
                     .supersedes = replaced,
                     .stage = package.stage});
    package.book.put(answering.seat, rank_key(package, provider.content, command), offer);

    event::OfferAccepted body{package.content.id, package.stage_rules().name, offers_.at(offer).id(), provider.id, now_ns_};
    body.provider_index = answering.provider;
    if (replaced != no_index) {
        offers_.at(replaced).state = OfferState::superseded;
        body.supersedes = offers_.at(replaced).id();
    } else {
        ++live_;
    }
    emit(now_ns_, body, &package);

    if (package.stage_rules().close == CloseRule::first_offer) return close_stage(package, now_ns_, CloseCause::first_offer);
    close_if_all_answered(package);
}

// What a confirmation and a decline are checked for; nothing after the reject. A confirmation needs a confirm stage.
std::optional<Engine::State::Answering> Engine::State::check_answer(std::string_view command, std::string_view package_id,
                                                                    std::string_view provider_id, bool confirming) {
    const auto refuse_with = [&](Code code) {
        reject(command, code, {.package = package_id, .provider = provider_id});
        return std::nullopt;
    };
    PackageRecord* const package = find_package(package_id);
    if (package == nullptr) return refuse_with(Code::unknown_package);
    const ProviderIndex provider = providers_.find(provider_id);
    if (provider == no_index) return refuse_with(Code::unknown_provider);
    if (!package->is_open()) return refuse_with(Code::closed);
    if (providers_.suspended(provider)) return refuse_with(Code::suspended);
    if (confirming && package->stage_rules().kind != StageKind::confirm) return refuse_with(Code::wrong_stage);
    const auto seat = package->invited->seat_of(provider);
    if (!seat) return refuse_with(Code::not_invited);
    return Answering{package, provider, *seat};
}

void Engine::State::on(const command::Confirm& command) {
    const auto answering = check_answer("confirm", command.package, command.provider, true);
    if (!answering) return;
    PackageRecord& package = *answering->package;
    package.book.note(answering->seat, Answer::confirmed);
    emit(now_ns_,
         event::ProviderConfirmed{package.content.id, package.stage_rules().name, providers_.id(answering->provider)}, &package);
    close_if_all_answered(package);
}

// A decline takes back a live offer or a confirmation, and counts as an answer.
void Engine::State::on(const command::Decline& command) {
    const auto answering = check_answer("decline", command.package, command.provider, false);
    if (!answering) return;
    PackageRecord& package = *answering->package;
    if (package.book.answer_at(answering->seat) == Answer::offered)
        withdraw_at(package, answering->seat, WithdrawCause::declined);
    package.book.note(answering->seat, Answer::declined);
    emit(now_ns_,
         event::ProviderDeclined{package.content.id, package.stage_rules().name, providers_.id(answering->provider)}, &package);
    close_if_all_answered(package);
}

// Takes the live offer at a seat out of an open book.
void Engine::State::withdraw_at(PackageRecord& package, Seat seat, WithdrawCause cause) {
    OfferRecord& offer = offers_.at(package.book.offer_at(seat));
    offer.state = OfferState::withdrawn;
    package.book.take(seat);
    --live_;
    emit(now_ns_,
         event::OfferWithdrawn{package.content.id, package.stage_rules().name, offer.id(), providers_.id(offer.provider), cause},
         &package);
}

void Engine::State::on(const command::Withdraw& command) {
    Named named{.provider = command.provider, .offer = command.offer};
    const ProviderIndex provider = providers_.find(command.provider);
    if (provider == no_index) return reject("withdraw", Code::unknown_provider, named);
    const OfferIndex offer = offers_.find(providers_.at(provider), command.offer, IdIndex::hash_of(command.offer));
    if (offer == no_index) return reject("withdraw", Code::unknown_offer, named);

    const OfferRecord& record = offers_.at(offer);
    PackageRecord& package = packages_[record.package];
    const bool pending = package.phase == Phase::choice || package.phase == Phase::approval_to_award;
    if (record.stage != package.stage || !(package.is_open() || pending)) return reject("withdraw", Code::closed, named);
    if (record.state != OfferState::live) return reject("withdraw", Code::unknown_offer, named);

    if (package.is_open())
        withdraw_at(package, *package.invited->seat_of(provider), WithdrawCause::withdrawn);
    else
        withdraw_from_ranking(package, offer);
}

// While a choice or an approval is pending: what is left goes on.
void Engine::State::withdraw_from_ranking(PackageRecord& package, OfferIndex offer) {
    const bool was_up = package.phase == Phase::approval_to_award && package.candidate().offer == offer;
    const OfferRecord& record = offers_.at(offer);
    drop_from_ranking(package, offer, OfferState::withdrawn);
    emit(now_ns_,
         event::OfferWithdrawn{package.content.id, package.stage_rules().name, record.id(), providers_.id(record.provider),
                               WithdrawCause::withdrawn},
         &package);
    if (package.phase == Phase::choice)
        shortlist_withdrawn(package, offer);
    else if (was_up)
        come_up(package, now_ns_);
}

}  // namespace tiebreak::matching
