#include <algorithm>

#include "tests/reference/naive_engine.hpp"

namespace tiebreak::reference {

using matching::Audience;
using matching::CloseCause;
using matching::CloseRule;
using matching::Code;
using matching::Duration;
using matching::Membership;
using matching::StageKind;
using matching::UnawardedReason;
namespace command = matching::command;
namespace event = matching::event;

namespace {

// "(a membership without a zone or scheme fits every one; a package without one is fitted only by those)"
bool fits_place(const std::optional<std::string>& of_membership, const std::optional<std::string>& of_package) {
    return !of_membership || of_membership == of_package;
}

bool fits_zone_and_scheme(const Audience& audience, const Membership& membership, const command::Package& package) {
    if (audience.zone && !fits_place(membership.zone, package.zone)) return false;
    if (audience.scheme && !fits_place(membership.scheme, package.scheme)) return false;
    return true;
}

// "at least one membership that fits `roles` (absent: any) and, with [...]": one membership fits all three.
bool has_fitting_membership(const Audience& audience, const command::Provider& provider,
                            const command::Package& package) {
    // "a provider with no membership at all fits only an audience that names none of the three"
    if (provider.memberships.empty()) return !audience.roles && !audience.zone && !audience.scheme;
    for (const Membership& membership : provider.memberships) {
        if (audience.roles && !contains(*audience.roles, membership.role)) continue;
        if (fits_zone_and_scheme(audience, membership, package)) return true;
    }
    return false;
}

// "the first of the audience's roles that it fitted"
std::optional<std::string> first_fitting_role(const Audience& audience, const command::Provider& provider,
                                              const command::Package& package) {
    if (!audience.roles) return std::nullopt;
    for (const std::string& role : *audience.roles) {
        for (const Membership& membership : provider.memberships) {
            if (membership.role == role && fits_zone_and_scheme(audience, membership, package)) return role;
        }
    }
    return std::nullopt;
}

bool serves(const command::Provider& provider, const command::Package& package) {
    if (!package.service) return true;    // "a package without `service` is served by everyone"
    if (!provider.services) return true;  // "(absent `services`: every one)"
    return contains(*provider.services, *package.service);
}

bool has_every_capability(const command::Provider& provider, const command::Package& package) {
    return std::all_of(package.needs.begin(), package.needs.end(),
                       [&](const std::string& need) { return contains(provider.capabilities, need); });
}

// "only those whose confirmation stood when the last confirm stage before it in the procedure closed, whatever lies
// between; nobody, if that one was skipped"
std::vector<std::string> confirmed_before(const NaivePackage& package, std::size_t number) {
    for (std::size_t earlier = number; earlier-- > 0;) {
        if (package.procedure.stages[earlier].kind != StageKind::confirm) continue;
        for (const NaiveStage& stage : package.stages) {
            if (stage.number == earlier) return stage.confirmed;
        }
        return {};
    }
    return {};
}

// "`windows` gives other lengths by the package's `urgency`; a package's own `window` overrides both in every stage"
Duration window_of(const matching::Stage& rules, const command::Package& package) {
    if (package.window_ns) return *package.window_ns;
    if (package.urgency) {
        for (const auto& [urgency, window_ns] : rules.windows) {
            if (urgency == *package.urgency) return window_ns;
        }
    }
    return rules.window_ns;
}

}  // namespace

std::vector<Invitation> NaiveEngine::audience(const NaivePackage& package, std::size_t number) const {
    const Audience& audience = package.procedure.stages[number].audience;
    std::vector<Invitation> invited;
    for (const Registered<command::Provider>& registered : providers_) {
        const command::Provider& provider = registered.current();
        if (provider.suspended) continue;
        if (!has_fitting_membership(audience, provider, package.registered)) continue;
        if (!serves(provider, package.registered)) continue;
        if (!has_every_capability(provider, package.registered)) continue;
        if (audience.confirmed && !contains(confirmed_before(package, number), provider.id)) continue;
        invited.push_back({provider.id, first_fitting_role(audience, provider, package.registered)});
    }
    std::sort(invited.begin(), invited.end(),
              [](const Invitation& a, const Invitation& b) { return a.provider < b.provider; });
    return invited;
}

void NaiveEngine::open_stage(NaivePackage& package, std::size_t number) {
    const std::vector<matching::Stage>& all = package.procedure.stages;
    if (number == all.size()) {
        // "A package that ends `unawarded` for want of a further stage has reason `refused` if any award of it was
        // refused, else `no_offers`."
        const bool refused = std::any_of(package.stages.begin(), package.stages.end(),
                                         [](const NaiveStage& stage) { return !stage.refused_by.empty(); });
        end_unawarded(package, refused ? UnawardedReason::refused : UnawardedReason::no_offers);
        return;
    }
    const matching::Stage& rules = all[number];
    std::vector<Invitation> invited = audience(package, number);
    if (invited.empty()) {
        emit(package, event::StageSkipped{package.registered.id, rules.name});
        open_stage(package, number + 1);
        return;
    }
    NaiveStage stage;
    stage.number = number;
    stage.opened_ns = at_ns_;
    stage.closes_ns = matching::end_of_window(at_ns_, window_of(rules, package.registered));
    stage.invited = std::move(invited);
    package.stages.push_back(std::move(stage));
    package.phase = Phase::stage_open;

    std::vector<std::string_view> ids;
    for (const Invitation& invitation : last_stage(package).invited) ids.push_back(invitation.provider);
    emit(package, event::StageOpened{package.registered.id, rules.name, last_stage(package).closes_ns, ids});
}

void NaiveEngine::open_next_stage(NaivePackage& package) { open_stage(package, last_stage(package).number + 1); }

void NaiveEngine::close_stage(NaivePackage& package, CloseCause cause) {
    NaiveStage& stage = last_stage(package);
    const matching::Stage& rules = rules_of(package, stage);
    stage.closed_by = cause;
    stage.closed_ns = at_ns_;
    std::uint64_t live = 0;
    for (const NaiveOffer& offer : stage.offers) {
        if (offer.fate != OfferFate::live) continue;
        ++live;
        stage.answered_at_close.push_back(offer.provider);
    }
    for (const std::string& provider : stage.confirmed) stage.answered_at_close.push_back(provider);
    emit(package, event::StageClosed{package.registered.id, rules.name, live, cause});

    // "when it closes, the next stage opens" (a confirm stage); "A stage that closes with no live offer leads to the
    // next one, which opens at that very instant"
    if (rules.kind == StageKind::confirm || live == 0) {
        open_next_stage(package);
    } else {
        ask_citizen_or_bring_up_best(package);
    }
}

// "as soon as every invited provider that is not suspended has a live offer, a confirmation or a decline"
void NaiveEngine::close_if_all_answered(NaivePackage& package) {
    const NaiveStage& stage = last_stage(package);
    if (rules_of(package, stage).close != CloseRule::all_answered) return;
    for (const Invitation& invitation : stage.invited) {
        if (suspended(invitation.provider)) continue;
        if (live_offer(stage, invitation.provider) != nullptr) continue;
        if (contains(stage.confirmed, invitation.provider)) continue;
        if (contains(stage.declined, invitation.provider)) continue;
        return;
    }
    close_stage(package, CloseCause::all_answered);
}

void NaiveEngine::end_unawarded(NaivePackage& package, UnawardedReason reason) {
    package.phase = Phase::unawarded;
    emit(package, event::Unawarded{package.registered.id, reason});
}

NaiveEngine::Refusal NaiveEngine::carry_out(const command::Extend& extend) {
    NaivePackage* package = find_package(extend.package);
    if (package == nullptr) return Code::unknown_package;
    if (package->phase != Phase::stage_open) return Code::closed;
    NaiveStage& stage = last_stage(*package);
    if (extend.closes_ns <= stage.closes_ns) return Code::bad_window;
    stage.closes_ns = extend.closes_ns;
    emit(*package, event::WindowExtended{package->registered.id, rules_of(*package, stage).name, stage.closes_ns,
                                         extend.reason});
    return {};
}

NaiveEngine::Refusal NaiveEngine::carry_out(const command::Cancel& cancel) {
    NaivePackage* package = find_package(cancel.package);
    if (package == nullptr) return Code::unknown_package;
    if (package->phase == Phase::unawarded || package->phase == Phase::cancelled) return Code::closed;
    package->phase = Phase::cancelled;
    emit(*package, event::PackageCancelled{package->registered.id});
    return {};
}

}  // namespace tiebreak::reference
