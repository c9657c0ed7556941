#include <algorithm>
#include <map>
#include <tuple>

#include "tests/reference/naive_engine.hpp"

namespace tiebreak::reference {

using matching::Code;
namespace command = matching::command;
namespace event = matching::event;

namespace {

struct Counts {
    std::uint64_t invited = 0;
    std::uint64_t offered = 0;
    std::uint64_t awarded = 0;
    std::uint64_t refused = 0;
};

// "sorted by role, zone, provider" and "none sorts first"
using Key = std::tuple<std::string, std::optional<std::string>, std::string>;

// "those whose award it holds (of a cancelled package no longer)"
bool holds_award(const NaivePackage& package, const NaiveStage& stage, const std::string& provider) {
    return package.phase == Phase::awarded && &stage == &last_stage(package) &&
           stage.offers[package.came_up].provider == provider;
}

void count(const NaivePackage& package, const NaiveStage& stage, std::map<Key, Counts>& rows) {
    for (const Invitation& invitation : stage.invited) {
        if (!invitation.role) continue;  // "an audience without roles is not counted"
        const bool offered = contains(stage.answered_at_close, invitation.provider);
        // "a stage that `first_offer` closed counts only for who offered"
        if (stage.closed_by == matching::CloseCause::first_offer && !offered) continue;
        Counts& row = rows[{*invitation.role, package.registered.zone, invitation.provider}];
        row.invited += 1;
        if (offered) row.offered += 1;
        if (holds_award(package, stage, invitation.provider)) row.awarded += 1;
        if (contains(stage.refused_by, invitation.provider)) row.refused += 1;
    }
}

// Whether `part` is at least that many per cent of `whole`.
bool at_least(std::uint64_t part, std::uint64_t per_cent, std::uint64_t whole) {
    return part * 100 >= per_cent * whole;
}

// "`met` says whether both minima hold (absent where the role has no obligation)"
std::optional<bool> met(const command::Procedure& procedure, const std::string& role, const Counts& counts) {
    for (const matching::Obligation& obligation : procedure.obligations) {
        if (obligation.role != role) continue;
        return at_least(counts.offered, obligation.min_offered, counts.invited) &&
               at_least(counts.awarded, obligation.min_awarded, counts.invited);
    }
    return std::nullopt;
}

}  // namespace

NaiveEngine::Refusal NaiveEngine::carry_out(const command::Report& report) {
    const command::Procedure* procedure = find_procedure(report.procedure);
    if (procedure == nullptr) return Code::unknown_procedure;
    std::map<Key, Counts> rows;
    for (const NaivePackage& package : packages_) {
        if (package.procedure.id != report.procedure) continue;
        for (const NaiveStage& stage : package.stages) {
            // "stages [...] that opened in `from <= t < to` and have closed (not those still open or cancelled while
            // open)"
            if (!stage.closed_by || stage.opened_ns < report.from_ns || stage.opened_ns >= report.to_ns) continue;
            count(package, stage, rows);
        }
    }
    for (const auto& [key, counts] : rows) {
        const auto& [role, zone, provider] = key;
        emit(event::Standing{procedure->id, role, zone, provider, counts.invited, counts.offered, counts.awarded,
                             counts.refused, met(*procedure, role, counts)});
    }
    return {};
}

}  // namespace tiebreak::reference
