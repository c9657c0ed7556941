#include "wire/prose_ranking.hpp"

#include <algorithm>
#include <span>

#include "wire/prose_units.hpp"
#include "wire/prose_words.hpp"

namespace tiebreak::wire {
namespace {

using namespace matching;

std::string_view best_in_words(CriterionKind kind) {
    switch (kind) {
        case CriterionKind::earliest_start: return "the earliest start";
        case CriterionKind::highest_quality: return "the highest quality rating";
        case CriterionKind::highest_feedback: return "the highest customer feedback";
        case CriterionKind::lowest_price: return "the lowest price";
        case CriterionKind::earliest_response: return "whoever answered first";
        case CriterionKind::citizen_choice: return "the citizen's choice";
    }
    return {};
}

// When a criterion counts: empty if always.
std::string dates_in_words(const Criterion& criterion, Clock clock) {
    if (!criterion.from_ns && !criterion.until_ns) return {};
    std::string text = "for stages that close";
    if (criterion.from_ns) text += " from " + date_in_words(*criterion.from_ns, clock) + " on";
    if (criterion.from_ns && criterion.until_ns) text += " and";
    if (criterion.until_ns) text += " before " + date_in_words(*criterion.until_ns, clock);
    return text;
}

// "the earliest start wins; if equal, whoever answered first"
std::string order_in_words(std::span<const Criterion> criteria, Clock clock) {
    std::string text;
    for (const Criterion& criterion : criteria) {
        const bool first = text.empty();
        if (!first) text += "; if equal, ";
        text += best_in_words(criterion.kind);
        if (first) text += " wins";
        if (const std::string dates = dates_in_words(criterion, clock); !dates.empty()) text += " (only " + dates + ")";
    }
    return text;
}

std::string condition_in_words(AlternativeCondition condition) {
    switch (condition) {
        case AlternativeCondition::not_inadequate: return "its CQC rating is not inadequate";
        case AlternativeCondition::direct_payment: return "the package has a direct payment";
        case AlternativeCondition::on_site: return "it is the on-site provider of the package's scheme";
        case AlternativeCondition::top_up:
            return "a third-party top-up is agreed where its price is above the package's standard fee";
    }
    return {};
}

std::string alternatives_in_words(const std::vector<AlternativeCondition>& conditions) {
    std::string text = "The citizen may turn that down and choose any other provider that has an offer in the stage";
    if (!conditions.empty()) {
        std::vector<std::string> words;
        for (const AlternativeCondition condition : conditions) words.push_back(condition_in_words(condition));
        text += ", as long as " + listed(words);
    }
    return text + "; so the citizen is asked whenever a stage closes with two or more offers.";
}

std::string choice_in_words(const Criterion& choice, bool first, Clock clock) {
    const std::string dates = dates_in_words(choice, clock);
    std::string text = first                ? "All offers of a stage are"
                       : choice.alternative ? "The offer in first place, or all that share it, is"
                                            : "Two or more offers that share the first place are";
    text += " put to the citizen, who has " + duration_in_words(choice.choice_window_ns) + " to choose";
    text += dates.empty() ? ". " : " (only " + dates + "). ";
    return text + (choice.alternative ? alternatives_in_words(*choice.alternative)
                                      : "One offer alone in first place is awarded without asking.");
}

}  // namespace

std::vector<Criterion> criteria_of(const command::Procedure& procedure) {
    std::vector<Criterion> criteria = procedure.ranking;
    const bool written = !criteria.empty() && criteria.back().kind == CriterionKind::earliest_response;
    if (!written) criteria.push_back({.kind = CriterionKind::earliest_response});
    // The last one always counts, whatever dates it carries.
    criteria.back().from_ns.reset();
    criteria.back().until_ns.reset();
    return criteria;
}

std::vector<std::string> ranking_in_words(const command::Procedure& procedure, Clock clock) {
    const std::vector<Criterion> criteria = criteria_of(procedure);
    const auto choice = std::find_if(criteria.begin(), criteria.end(),
                                     [](const Criterion& c) { return c.kind == CriterionKind::citizen_choice; });
    const auto place = choice - criteria.begin();
    const std::span all{criteria};
    std::vector<std::string> paragraphs;
    if (choice == criteria.end()) {
        paragraphs.push_back(capitalised(order_in_words(all, clock)) + '.');
    } else {
        const auto before = all.first(static_cast<std::size_t>(place));
        const auto after = all.subspan(static_cast<std::size_t>(place) + 1);
        if (!before.empty()) paragraphs.push_back(capitalised(order_in_words(before, clock)) + '.');
        paragraphs.push_back(choice_in_words(*choice, before.empty(), clock));
        paragraphs.push_back("If the citizen makes no choice, the offers in first place are ranked on: " +
                             order_in_words(after, clock) + '.');
    }
    const auto has_a_next = [](const Stage& stage) { return stage.kind == StageKind::offer && stage.close != CloseRule::first_offer; };
    if (std::any_of(procedure.stages.begin(), procedure.stages.end(), has_a_next)) {
        paragraphs.push_back(std::string{"If the winner cannot take the package up, the next in this order is awarded it"} +
                             (choice == criteria.end() ? "." : ", and the citizen is not asked again."));
    }
    return paragraphs;
}

}  // namespace tiebreak::wire
