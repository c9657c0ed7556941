#include "wire/prose_procedure.hpp"

#include <algorithm>

#include "wire/prose_ranking.hpp"
#include "wire/prose_units.hpp"
#include "wire/prose_words.hpp"

namespace tiebreak::wire {
namespace {

using namespace matching;

std::vector<std::string> all_said(const std::vector<std::string>& ids) {
    std::vector<std::string> words;
    for (const std::string& id : ids) words.push_back(said(id));
    return words;
}

// "strategic and zonal providers"; a role that is itself called a provider is not called one twice.
std::string holders_in_words(const std::vector<std::string>& roles) {
    constexpr std::string_view provider = " provider";
    std::vector<std::string> words;
    for (const std::string& role : roles) {
        std::string word = said(role);
        if (word.size() > provider.size() && word.ends_with(provider)) word.resize(word.size() - provider.size());
        words.push_back(std::move(word));
    }
    return listed(words) + " providers";
}

std::string place_in_words(const Audience& audience) {
    if (audience.zone && audience.scheme) return " of the package's zone and scheme";
    if (audience.zone) return " of the package's zone";
    return audience.scheme ? " of the package's scheme" : "";
}

bool is_one(const Audience& audience) { return !audience.roles; }  // "every provider is", "the lead providers are"

// "four hours (two hours for hospital discharge packages)"; urgencies of the same length stand together.
std::string window_in_words(const Stage& stage) {
    std::vector<std::pair<Duration, std::vector<std::string>>> others;
    for (const auto& [urgency, window_ns] : stage.windows) {
        if (window_ns == stage.window_ns) continue;
        const Duration length_ns = window_ns;
        auto same = std::find_if(others.begin(), others.end(), [&](const auto& other) { return other.first == length_ns; });
        if (same == others.end()) same = others.insert(others.end(), {length_ns, {}});
        same->second.push_back(said(urgency));
    }
    std::vector<std::string> words;
    for (const auto& [window_ns, urgencies] : others)
        words.push_back(duration_in_words(window_ns) + " for " + listed(urgencies) + " packages");
    return duration_in_words(stage.window_ns) + (words.empty() ? "" : " (" + listed(words) + ")");
}

bool same_audience(Audience a, Audience b) {
    a.confirmed = b.confirmed = false;
    return a == b;
}

const Stage* confirm_stage_before(const std::vector<Stage>& stages, std::size_t stage) {
    while (stage-- > 0)
        if (stages[stage].kind == StageKind::confirm) return &stages[stage];
    return nullptr;
}

// Whom a stage asks, as the subject of a sentence with its verb.
std::string asked_in_words(const std::vector<Stage>& stages, std::size_t place) {
    const Audience& audience = stages[place].audience;
    const Stage* const confirming = confirm_stage_before(stages, place);
    if (audience.roles && audience.roles->empty()) return "nobody is asked, as the audience names no role";
    if (!audience.confirmed || confirming == nullptr)
        return audience_in_words(audience) + (is_one(audience) ? " is asked" : " are asked");
    const std::string stage = confirming == &stages[place - 1] ? "" : " in the stage " + confirming->name;
    if (same_audience(audience, confirming->audience)) return "those who confirmed" + stage + " are asked";
    return "those who confirmed" + stage + " and are among " + audience_in_words(audience) + " are asked";
}

std::string closing_in_words(const Stage& stage) {
    switch (stage.close) {
        case CloseRule::deadline: return {};
        case CloseRule::all_answered: return " The stage closes as soon as everyone asked has answered.";
        case CloseRule::first_offer: return " The first offer closes the stage and wins.";
    }
    return {};
}

std::string stage_in_words(const std::vector<Stage>& stages, std::size_t place) {
    const Stage& stage = stages[place];
    const bool any_confirms = confirm_stage_before(stages, stages.size()) != nullptr;
    std::string opening = "For ";
    if (place > 0)
        opening = stages[place - 1].kind == StageKind::confirm ? "Then, for " : "If that brings no award, then for ";
    std::string text = opening + window_in_words(stage) + ", " + asked_in_words(stages, place);
    if (stage.kind == StageKind::confirm)
        text += " to confirm that they can deliver; no offers are taken yet";
    else if (any_confirms)
        text += " for offers";
    return text + '.' + closing_in_words(stage);
}

ProseSection asked_section(const command::Procedure& procedure) {
    ProseSection section{"asked", "Who is asked", {}};
    const auto& stages = procedure.stages;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        const std::string name = stages.size() == 1 ? "" : stages[i].name + ": ";
        section.paragraphs.push_back(name + stage_in_words(stages, i));
    }
    section.paragraphs.push_back(
        "Only providers that are not suspended, serve the package's service and have every capability that it needs are "
        "asked. A package's own window goes before " +
        std::string{stages.size() == 1 && stages[0].windows.empty() ? "this one." : "these lengths."});
    section.paragraphs.push_back(stages.size() == 1
                                     ? "If nobody is there to ask, or nobody can be awarded the package, it ends without an award."
                                     : "A stage with nobody to ask is skipped. If the last one brings no award either, the "
                                       "package ends without one.");
    return section;
}

ProseSection rating_section(const command::Procedure& procedure, Clock clock) {
    const RatingRule& rule = *procedure.rating_rule;
    const std::string baseline = instant_text(rule.baseline_ns, clock);
    std::vector<std::string> steps;
    if (!rule.after.empty())
        steps.push_back("its latest rating by " + listed(all_said(rule.after), "or") + " that is dated after " + baseline +
                        " and not after its answer");
    if (!rule.before.empty())
        steps.push_back("its latest rating by " + listed(all_said(rule.before), "or") + " that is dated up to " + baseline);
    if (steps.empty()) return {"rating", "Which rating counts", {"No rating counts: the rule names no source."}};
    std::string text = "A provider's quality rating is " + steps.front() + "; ";
    if (steps.size() == 2) text += "if it has none, " + steps.back() + "; ";
    return {"rating",
            "Which rating counts",
            {text + "without any it ranks last on quality. A provider that is registered without a list of ratings has the "
                    "quality that it is registered with."}};
}

ProseSection needs_section(const command::Procedure& procedure) {
    std::vector<std::string> of_offer, of_provider;
    for (const Requirement requirement : procedure.requires_) {
        switch (requirement) {
            case Requirement::accommodation: of_offer.push_back("the accommodation's landlord"); break;
            case Requirement::price: of_offer.push_back("a price"); break;
            case Requirement::not_inadequate: of_provider.push_back("not be rated inadequate by the CQC"); break;
            case Requirement::cqc_registered: of_provider.push_back("be registered with the CQC"); break;
            case Requirement::vacancy: of_provider.push_back("have declared at least one vacancy"); break;
        }
    }
    std::string text;
    if (!of_offer.empty()) text += "An offer must name " + listed(of_offer) + ". ";
    if (!of_provider.empty()) text += (of_offer.empty() ? "The provider of an offer must " : "Its provider must ") + listed(of_provider) + ". ";
    return {"needs", "What an offer needs", {text + "Any other offer is rejected with the reason."}};
}

std::string approvers_in_words(const command::Procedure& procedure, ApprovalBefore before) {
    std::vector<std::string> roles;
    for (const Approval& approval : procedure.approvals) {
        if (approval.before != before) continue;
        roles.push_back(said(approval.role) + (approval.over_pence == 0 ? " (for any value above " : " (for a value above ") +
                        money_in_words(approval.over_pence) + ")");
    }
    std::string text;
    for (const std::string& role : roles) (text.empty() ? text : text += ", then ") += role;
    return text;
}

ProseSection approvals_section(const command::Procedure& procedure) {
    ProseSection section{"approvals", "Who must approve", {}};
    const std::string opening = approvers_in_words(procedure, ApprovalBefore::opening);
    const std::string award = approvers_in_words(procedure, ApprovalBefore::award);
    if (!opening.empty()) section.paragraphs.push_back("Before anybody is asked about the package: " + opening + '.');
    if (!award.empty()) section.paragraphs.push_back("Before the award is made: " + award + '.');
    section.paragraphs.push_back("A no ends the package without an award. A package without a value needs no approval.");
    return section;
}

std::string share_in_words(unsigned per_cent) {
    return per_cent == 100 ? "all of" : "at least " + std::to_string(per_cent) + "% of";
}

ProseSection obligations_section(const command::Procedure& procedure) {
    ProseSection section{"obligations", "What is expected", {}};
    for (const Obligation& obligation : procedure.obligations) {
        std::vector<std::string> duties;
        if (obligation.min_offered > 0)
            duties.push_back("answer " + share_in_words(obligation.min_offered) + " its invitations with an offer");
        if (obligation.min_awarded > 0)
            duties.push_back("be awarded " + share_in_words(obligation.min_awarded) +
                             (duties.empty() ? " the packages to which it is invited" : " them"));
        if (duties.empty()) continue;
        std::string holder = holders_in_words({obligation.role});
        holder.pop_back();  // one provider
        section.paragraphs.push_back("Each " + holder + " must " + listed(duties) + '.');
    }
    return section;
}

}  // namespace

std::string audience_in_words(const Audience& audience) {
    const std::string place = place_in_words(audience);
    if (!audience.roles) return place.empty() ? "every registered provider" : "every provider" + place;
    return "the " + holders_in_words(*audience.roles) + place;
}

std::vector<ProseSection> procedure_prose(const command::Procedure& procedure, Clock clock) {
    std::vector<ProseSection> sections;
    sections.push_back(asked_section(procedure));
    sections.push_back({"wins", "Who wins", ranking_in_words(procedure, clock)});
    if (procedure.rating_rule) sections.push_back(rating_section(procedure, clock));
    if (!procedure.requires_.empty()) sections.push_back(needs_section(procedure));
    if (!procedure.approvals.empty()) sections.push_back(approvals_section(procedure));
    if (!procedure.obligations.empty()) sections.push_back(obligations_section(procedure));
    if (procedure.source) sections.push_back({"source", "Source", {*procedure.source}});
    std::erase_if(sections, [](const ProseSection& section) { return section.paragraphs.empty(); });
    return sections;
}

std::string prose_text(const std::vector<ProseSection>& sections, std::size_t width) {
    constexpr std::string_view indent = "    ";
    std::string text;
    for (const ProseSection& section : sections) {
        (text += "  ").append(section.heading) += '\n';
        for (const std::string& paragraph : section.paragraphs)
            text += wrapped(paragraph, width - indent.size(), indent) + '\n';
    }
    return text;
}

}  // namespace tiebreak::wire
