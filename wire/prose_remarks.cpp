// What a procedure is allowed to say but will hardly mean.
#include <algorithm>

#include "wire/prose_procedure.hpp"
#include "wire/prose_ranking.hpp"
#include "wire/prose_words.hpp"

namespace tiebreak::wire {
namespace {

using namespace matching;

using Remarks = std::vector<std::string>;

bool has_requirement(const command::Procedure& procedure, Requirement requirement) {
    return std::find(procedure.requires_.begin(), procedure.requires_.end(), requirement) != procedure.requires_.end();
}

const Criterion* find_criterion(const command::Procedure& procedure, CriterionKind kind) {
    const auto found = std::find_if(procedure.ranking.begin(), procedure.ranking.end(),
                                    [kind](const Criterion& criterion) { return criterion.kind == kind; });
    return found == procedure.ranking.end() ? nullptr : &*found;
}

bool allows(const Criterion* choice, AlternativeCondition condition) {
    return choice != nullptr && choice->alternative &&
           std::find(choice->alternative->begin(), choice->alternative->end(), condition) != choice->alternative->end();
}

bool is_always(const Criterion& criterion) { return !criterion.from_ns && !criterion.until_ns; }

void remark_on_stages(const command::Procedure& procedure, Remarks& remarks) {
    for (const Stage& stage : procedure.stages) {
        if (stage.audience.roles && stage.audience.roles->empty())
            remarks.push_back("The stage " + stage.name + " names no role (\"roles\":[]), so it asks nobody and is always skipped. "
                              "Leave \"roles\" out to ask every role.");
    }
    if (procedure.stages.back().kind == StageKind::confirm)
        remarks.push_back("The last stage, " + procedure.stages.back().name +
                          ", only asks for confirmations: no offer can follow, so nothing is ever awarded from it.");
}

void remark_on_ranking(const command::Procedure& procedure, Remarks& remarks) {
    const auto& ranking = procedure.ranking;
    for (std::size_t i = 0; i < ranking.size(); ++i) {
        if (ranking[i].kind == CriterionKind::earliest_response && is_always(ranking[i]) && i + 1 < ranking.size()) {
            remarks.push_back("No two offers are equal on earliest_response, so what stands after it never decides.");
            break;
        }
    }
    for (std::size_t i = 0; i < ranking.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (ranking[j].kind == ranking[i].kind && is_always(ranking[j])) {
                remarks.push_back("A criterion stands twice in the ranking; the second time it never decides.");
                return;
            }
}

void remark_on_facts(const command::Procedure& procedure, Remarks& remarks) {
    const Criterion* const choice = find_criterion(procedure, CriterionKind::citizen_choice);
    const bool price_required = has_requirement(procedure, Requirement::price);
    if (find_criterion(procedure, CriterionKind::lowest_price) != nullptr && !price_required)
        remarks.push_back("Offers are ranked by price but need not carry one (no \"requires\":[\"price\"]): one without a "
                          "price ranks last.");
    if (allows(choice, AlternativeCondition::top_up) && !price_required)
        remarks.push_back("A top-up is asked for only where an offer carries a price above the package's standard fee; "
                          "an offer without a price needs none.");
    if (procedure.rating_rule && find_criterion(procedure, CriterionKind::highest_quality) == nullptr)
        remarks.push_back("There is a rating_rule, but the ranking does not look at quality.");
}

void remark_on_obligations(const command::Procedure& procedure, Remarks& remarks) {
    for (const Obligation& obligation : procedure.obligations) {
        const bool invited = std::any_of(procedure.stages.begin(), procedure.stages.end(), [&](const Stage& stage) {
            const auto& roles = stage.audience.roles;
            return roles && std::find(roles->begin(), roles->end(), obligation.role) != roles->end();
        });
        if (!invited)
            remarks.push_back("No stage invites the role " + obligation.role + ", so its obligation is never measured.");
    }
}

}  // namespace

std::vector<std::string> procedure_remarks(const command::Procedure& procedure) {
    Remarks remarks;
    remark_on_stages(procedure, remarks);
    remark_on_ranking(procedure, remarks);
    remark_on_facts(procedure, remarks);
    remark_on_obligations(procedure, remarks);
    return remarks;
}

}  // namespace tiebreak::wire
