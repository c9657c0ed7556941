// Standings: how often each provider was invited, answered, won and refused, by role and zone.
#include <algorithm>
#include <tuple>

#include "matching/engine_state.hpp"

namespace tiebreak::matching {
namespace {

struct Tally {
    std::uint64_t invited = 0, offered = 0, awarded = 0, refused = 0;
};

// Sorted as the contract asks: by role, zone (none first), provider.
using Standings = std::map<std::tuple<std::string_view, std::optional<std::string_view>, std::string_view>, Tally>;

template <typename T>
bool contains(const std::vector<T>& list, const T& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

void count(Standings& standings, const PackageRecord& package, const ClosedStage& closed) {
    const auto& roles = package.procedure->content.stages[closed.stage].audience.roles;
    if (!roles) return;  // an audience without roles is not counted
    for (Seat seat = 0; seat < closed.invited->size(); ++seat) {
        const Invited::Guest& guest = closed.invited->at(seat);
        const bool offered = contains(closed.offered, seat);
        // The others had no chance to answer a stage that its first offer closed.
        if (closed.cause == CloseCause::first_offer && !offered) continue;
        Tally& tally = standings[{(*roles)[guest.role], package.content.zone, guest.id}];
        ++tally.invited;
        if (offered) ++tally.offered;
        if (closed.holder == guest.provider && package.phase == Phase::awarded) ++tally.awarded;
        if (contains(closed.refused, guest.provider)) ++tally.refused;
    }
}

// Whole per cent of the invited; absent where the role has no obligation.
std::optional<bool> met(const std::vector<Obligation>& obligations, std::string_view role, const Tally& tally) {
    for (const Obligation& obligation : obligations)
        if (obligation.role == role)
            return tally.offered * 100 >= tally.invited * obligation.min_offered &&
                   tally.awarded * 100 >= tally.invited * obligation.min_awarded;
    return std::nullopt;
}

}  // namespace

void Engine::State::on(const command::Report& command) {
    const ProcedureRevision* const procedure = procedures_.find(command.procedure);
    if (procedure == nullptr) return reject("report", Code::unknown_procedure, {.procedure = command.procedure});

    Standings standings;
    for (std::size_t i = 0; i < packages_.size(); ++i) {
        const PackageRecord& package = packages_[i];
        if (package.procedure->content.id != procedure->content.id) continue;
        for (const ClosedStage& closed : package.closed)
            if (closed.opened_ns >= command.from_ns && closed.opened_ns < command.to_ns) count(standings, package, closed);
    }
    for (const auto& [key, tally] : standings) {
        const auto& [role, zone, provider] = key;
        emit(now_ns_, event::Standing{procedure->content.id, role, zone, provider, tally.invited, tally.offered,
                                      tally.awarded, tally.refused, met(procedure->content.obligations, role, tally)});
    }
}

}  // namespace tiebreak::matching
