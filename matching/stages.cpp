// Stages: opening, extending and closing them, and the cascade from one to the next.
#include <algorithm>

#include "matching/engine_state.hpp"
#include "matching/invariant.hpp"

namespace tiebreak::matching {

// Opens the first stage from `stage` on that invites anybody; with none left the package ends unawarded.
void Engine::State::open_stage_from(PackageRecord& package, std::uint32_t stage, Instant at_ns) {
    const auto& stages = package.procedure->content.stages;
    for (; stage < stages.size(); ++stage) {
        package.invited = invite(package, stage);
        if (package.invited->size() > 0) return open_stage(package, stage, at_ns);
        emit(at_ns, event::StageSkipped{package.content.id, stages[stage].name}, &package);
    }
    end_unawarded(package, package.any_refused ? UnawardedReason::refused : UnawardedReason::no_offers, at_ns);
}

namespace {

// A package's own window overrides the stage's; the stage may have another for the package's urgency.
Duration window_of(const PackageRecord& package, const Stage& stage) {
    if (package.content.window_ns) return *package.content.window_ns;
    if (package.content.urgency)
        for (const auto& [urgency, window_ns] : stage.windows)
            if (urgency == *package.content.urgency) return window_ns;
    return stage.window_ns;
}

}  // namespace

void Engine::State::open_stage(PackageRecord& package, std::uint32_t stage, Instant at_ns) {
    const Stage& rules = package.procedure->content.stages[stage];
    package.phase = Phase::open;
    package.stage = stage;
    package.opened_ns = at_ns;
    package.deciding = {};
    package.book.open(package.invited->size());
    open_.insert(package.index);
    wait_until(package, end_of_window(at_ns, window_of(package, rules)));
    emit(at_ns, event::StageOpened{package.content.id, rules.name, package.deadline_ns, package.invited->ids()}, &package);
}

// Packages that are alike to an audience share one list of invited providers, until a registration may change it.
std::shared_ptr<const Invited> Engine::State::invite(const PackageRecord& package, std::uint32_t stage) {
    if (package.procedure->content.stages[stage].audience.confirmed) return invite_afresh(package, stage);
    const auto& content = package.content;
    auto& invited = audiences_[{package.procedure->number, stage, content.zone, content.scheme, content.service, content.needs}];
    if (!invited) invited = invite_afresh(package, stage);
    return invited;
}

namespace {

// The providers whose confirmation stood when the last confirm stage before `stage` closed; none if it was skipped.
std::vector<ProviderIndex> confirmed_before(const PackageRecord& package, std::uint32_t stage) {
    const auto& stages = package.procedure->content.stages;
    std::uint32_t asked = stage - 1;  // a well-formed procedure has a confirm stage before this one
    while (stages[asked].kind != StageKind::confirm) --asked;
    std::vector<ProviderIndex> confirmed;
    for (const ClosedStage& closed : package.closed)
        if (closed.stage == asked)
            for (const Seat seat : closed.offered) confirmed.push_back(closed.invited->at(seat).provider);
    return confirmed;
}

}  // namespace

std::shared_ptr<const Invited> Engine::State::invite_afresh(const PackageRecord& package, std::uint32_t stage) const {
    const Audience& audience = package.procedure->content.stages[stage].audience;
    std::vector<ProviderIndex> confirmed;
    if (audience.confirmed) confirmed = confirmed_before(package, stage);

    std::vector<Invited::Guest> guests;
    for (const ProviderIndex provider : providers_.by_id()) {
        if (audience.confirmed && std::find(confirmed.begin(), confirmed.end(), provider) == confirmed.end()) continue;
        const Fit fit = fit_of(providers_.at(provider).content, audience, package.content);
        if (fit.missing == Missing::nothing) guests.push_back({provider, fit.role, providers_.id(provider)});
    }
    return std::make_shared<const Invited>(std::move(guests));
}

// A confirm stage leads to the next one; any other to the decision among its offers.
void Engine::State::close_stage(PackageRecord& package, Instant at_ns, CloseCause cause) {
    TIEBREAK_INVARIANT(package.is_open(), "only an open stage can close");
    const bool confirming = package.stage_rules().kind == StageKind::confirm;
    emit(at_ns, event::StageClosed{package.content.id, package.stage_rules().name, package.book.live(), cause}, &package);

    package.phase = Phase::deciding;
    open_.erase(package.index);
    live_ -= package.book.live();
    package.closed.push_back({package.stage, package.opened_ns, cause, package.invited,
                              package.book.seats_with(confirming ? Answer::confirmed : Answer::offered), {}, no_index});
    if (confirming) return open_stage_from(package, package.stage + 1, at_ns);

    package.deciding.closed_ns = at_ns;
    package.deciding.order = package.procedure->ranking.order_at(at_ns);
    package.deciding.ranking = package.book.close(package.deciding.order);
    decide(package, at_ns);
}

void Engine::State::close_if_all_answered(PackageRecord& package) {
    if (package.is_open() && package.stage_rules().close == CloseRule::all_answered && all_answered(package))
        close_stage(package, now_ns_, CloseCause::all_answered);
}

// Whether every invited provider that is not suspended has a live offer, a confirmation or a decline.
bool Engine::State::all_answered(const PackageRecord& package) const {
    if (package.book.answered() + providers_.suspended_count() < package.invited->size()) return false;
    for (Seat seat = 0; seat < package.invited->size(); ++seat)
        if (package.book.answer_at(seat) == Answer::none && !providers_.suspended(package.invited->at(seat).provider))
            return false;
    return true;
}

void Engine::State::on(const command::Extend& command) {
    const Named named{.package = command.package};
    PackageRecord* const package = find_package(command.package);
    if (package == nullptr) return reject("extend", Code::unknown_package, named);
    if (!package->is_open()) return reject("extend", Code::closed, named);
    if (command.closes_ns <= package->deadline_ns) return reject("extend", Code::bad_window, named);

    wait_until(*package, command.closes_ns);
    emit(now_ns_,
         event::WindowExtended{package->content.id, package->stage_rules().name, command.closes_ns, command.reason}, package);
}

}  // namespace tiebreak::matching
