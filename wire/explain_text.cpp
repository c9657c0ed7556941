#include "wire/explain_text.hpp"

#include <algorithm>
#include <utility>

#include "wire/explain_story.hpp"
#include "wire/prose_units.hpp"
#include "wire/prose_words.hpp"

namespace tiebreak::wire {
namespace {

using namespace matching;

constexpr std::string_view deeper = "    ";

std::string named(const Dossier& dossier, const std::string& provider) {
    const auto name = dossier.names.find(provider);
    return name == dossier.names.end() ? provider : provider + " (" + name->second + ")";
}

std::string package_facts(const Dossier& dossier, Clock clock) {
    const command::Package& package = dossier.package;
    std::vector<std::string> facts;
    const auto add = [&](std::string_view what, const std::optional<std::string>& value) {
        if (value) facts.push_back(std::string{what} + ' ' + *value);
    };
    add("zone", package.zone);
    add("scheme", package.scheme);
    add("service", package.service);
    if (!package.needs.empty()) facts.push_back("needs " + listed(package.needs));
    add("urgency", package.urgency);
    if (package.window_ns) facts.push_back("window " + span_text(*package.window_ns));
    if (package.start_from_ns) facts.push_back("start from " + instant_text(*package.start_from_ns, clock));
    if (package.start_by_ns) facts.push_back("start by " + instant_text(*package.start_by_ns, clock));
    if (package.value_pence) facts.push_back("value " + money_text(*package.value_pence));
    if (package.standard_fee_pence) facts.push_back("standard fee " + money_text(*package.standard_fee_pence));
    if (package.direct_payment) facts.emplace_back("direct payment");
    std::string text;
    for (const std::string& fact : facts) (text.empty() ? text : text += "; ") += fact;
    return text;
}

std::string heading_text(const Dossier& dossier, const Look& look, Clock clock) {
    std::string text = look.bold("Package " + dossier.package.id) + '\n';
    text += wrapped(capitalised(outcome_text(dossier, clock)), look.width - page_indent.size(), page_indent) + "\n\n";
    Table facts{{"", ""}};
    std::string procedure = dossier.procedure.id + ", revision " + std::to_string(dossier.revision);
    if (dossier.procedure.title) procedure += ": " + *dossier.procedure.title;
    facts.add({"procedure", procedure});
    facts.add({"opened", instant_text(dossier.opened_ns, clock)});
    if (const std::string package = package_facts(dossier, clock); !package.empty()) facts.add({"package", package});
    facts.add({"as of", instant_text(dossier.as_of_ns, clock)});
    facts.add({"times", clock == Clock::uk ? "UK time" : "UTC"});
    return text + facts.text(look, page_indent);
}

std::string_view fate_text(OfferFate fate) {
    switch (fate) {
        case OfferFate::live: return "";
        case OfferFate::withdrawn: return "withdrawn";
        case OfferFate::declined: return "withdrawn by a decline";
        case OfferFate::suspended: return "taken out: the provider was suspended";
        case OfferFate::superseded: return "replaced by a later offer";
        case OfferFate::refused: return "awarded and refused";
        case OfferFate::left_out: return "left out: the provider was suspended";
    }
    return "";
}

bool ranks_by(const Dossier& dossier, CriterionKind kind) {
    const auto& ranking = dossier.procedure.ranking;
    return std::any_of(ranking.begin(), ranking.end(), [kind](const Criterion& c) { return c.kind == kind; });
}

// The facts of an offer, in the columns after rank, provider and offer.
std::vector<std::string> offer_cells(const Dossier& dossier, const OfferStory& offer, bool one_day, Clock clock) {
    const auto score = [&](CriterionKind kind, const std::optional<Score>& value) {
        if (!ranks_by(dossier, kind)) return std::string{};
        return value ? score_text(*value) : std::string{"none"};
    };
    return {table_time_text(offer.facts.start_ns, clock),
            offer.facts.price_pence ? money_text(*offer.facts.price_pence) : "",
            score(CriterionKind::highest_quality, offer.facts.quality),
            score(CriterionKind::highest_feedback, offer.facts.feedback),
            one_day ? time_of_day_text(civil_time(offer.facts.arrival_ns, clock)) : table_time_text(offer.facts.arrival_ns, clock)};
}

// Whether all accepted offers came on one day, so that the time of day is enough.
bool on_one_day(const Dossier& dossier, Clock clock) {
    const auto day = [clock](const OfferStory& offer) { return civil_time(offer.facts.arrival_ns, clock); };
    if (dossier.offers.empty()) return true;
    const CivilTime first = day(dossier.offers.front());
    return std::all_of(dossier.offers.begin(), dossier.offers.end(), [&](const OfferStory& offer) { return day(offer).same_day(first); });
}

Table offers_table() {
    Table table{{"", "provider", "offer", "start", "price", "quality", "feedback", "answered", ""}};
    for (const std::size_t column : {0U, 4U, 5U, 6U}) table.align(column, Align::right);
    return table;
}

void add_offer(Table& table, std::string rank, const OfferStory& offer, std::vector<std::string> cells, std::string why) {
    std::vector<std::string> row{std::move(rank), offer.provider, offer.offer};
    row.insert(row.end(), cells.begin(), cells.end());
    row.push_back(std::move(why));
    table.add(std::move(row));
}

std::string awards_text(const Dossier& dossier, const Look& look, Clock clock) {
    std::string text;
    for (const AwardStory& award : dossier.awards) {
        const std::string stage = dossier.stages[award.stage].rules.name;
        std::string heading = "Ranking of stage " + stage + ", " + instant_text(award.at_ns, clock);
        if (award.refused_ns) heading += " (award refused later)";
        text += '\n' + look.bold(heading) + '\n' + ranking_text(dossier, award, look, clock);
    }
    return text;
}

// Accepted offers that no award's ranking has.
std::string other_offers_text(const Dossier& dossier, const Look& look, Clock clock) {
    std::vector<bool> is_ranked(dossier.offers.size());
    for (const AwardStory& award : dossier.awards)
        for (const RankedStory& ranked : award.ranking) is_ranked[ranked.offer] = true;
    Table table = offers_table();
    const bool one_day = on_one_day(dossier, clock);
    for (std::size_t i = 0; i < dossier.offers.size(); ++i) {
        if (is_ranked[i]) continue;
        const OfferStory& offer = dossier.offers[i];
        add_offer(table, "", offer, offer_cells(dossier, offer, one_day, clock), std::string{fate_text(offer.fate)});
    }
    if (table.empty()) return {};
    const std::string heading = dossier.awards.empty() ? "Offers" : "Offers that are in no ranking";
    return '\n' + look.bold(heading) + '\n' + table.text(look, page_indent);
}

// "from 09:00 to 13:00" and how it went.
std::string stage_heading(const StageStory& stage, Clock clock) {
    std::string text = stage.rules.name + ": ";
    if (stage.skipped) return text + "skipped at " + instant_text(stage.opened_ns, clock) + ", as there was nobody to ask";
    const bool confirming = stage.rules.kind == StageKind::confirm;
    text += period_text(stage.opened_ns, stage.closed_ns.value_or(stage.closes_ns), clock);
    text += ", " + number_in_digits(stage.invited.size()) + " invited";
    if (!stage.closed_ns) return text + ", not closed";
    return text + ", " + answers_text(stage.answers, confirming) + ", closed " + close_cause_text(stage.cause);
}

// Those who were not asked, gathered by the reason; the most frequent reason first.
std::vector<std::pair<std::string, std::vector<std::string>>> by_reason(const Dossier& dossier, std::size_t place) {
    const StageStory& stage = dossier.stages[place];
    std::vector<std::pair<std::string, std::vector<std::string>>> reasons;
    for (const NotInvited& absent : stage.not_invited) {
        std::string why = why_not_text(absent.why, stage.rules.audience, dossier.package, Person::third);
        if (absent.why.missing == Missing::confirmation) why += " in stage " + std::string{dossier.confirm_stage_before(place)};
        auto found = std::find_if(reasons.begin(), reasons.end(), [&](const auto& reason) { return reason.first == why; });
        if (found == reasons.end()) found = reasons.insert(reasons.end(), {std::move(why), {}});
        found->second.push_back(absent.provider);
    }
    std::stable_sort(reasons.begin(), reasons.end(), [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
    return reasons;
}

// Labels above each other, texts wrapped beside them.
std::string labelled(std::string_view label, const std::string& content, const Look& look) {
    constexpr std::size_t label_width = 13;
    std::string head{deeper};
    head.append(label).append(label_width - std::min(label_width, width_of(label)), ' ');
    const std::string hanging(deeper.size() + label_width, ' ');
    return head + wrapped(content, look.width - hanging.size(), hanging).substr(hanging.size()) + '\n';
}

std::string stages_text(const Dossier& dossier, const Look& look, Clock clock) {
    std::string text = '\n' + look.bold("Who was asked") + '\n';
    for (std::size_t i = 0; i < dossier.stages.size(); ++i) {
        const StageStory& stage = dossier.stages[i];
        text += wrapped(stage_heading(stage, clock), look.width - page_indent.size(), page_indent) + '\n';
        if (!stage.invited.empty()) text += labelled("invited", listed(stage.invited), look);
        if (!stage.silent.empty()) text += labelled("no answer", listed(stage.silent), look);
        std::string_view label = "not invited";
        for (const auto& [why, providers] : by_reason(dossier, i)) {
            const std::string heads = providers.size() > 1 ? number_in_digits(providers.size()) + " providers: " : "";
            text += labelled(label, heads + listed(providers) + ": " + why, look);
            label = "";
        }
    }
    return dossier.stages.empty() ? std::string{} : text;
}

std::string approvals_text(const Dossier& dossier, const Look& look, Clock clock) {
    if (dossier.approvals.empty()) return {};
    Table table{{"role", "for", "asked", "answered", ""}};
    for (const ApprovalStory& approval : dossier.approvals) {
        const std::string answer = approval.answered_ns ? (approval.approved ? "yes" : "no") : approval.dropped ? "no longer asked" : "pending";
        table.add({said(approval.role), approval.before_opening ? "opening" : "award to " + approval.provider,
                   table_time_text(approval.asked_ns, clock),
                   approval.answered_ns ? table_time_text(*approval.answered_ns, clock) : "",
                   approval.reason.empty() ? answer : answer + ": " + approval.reason});
    }
    return '\n' + look.bold("Approvals") + '\n' + table.text(look, page_indent);
}

std::string choice_end_text(const ChoiceStory& choice) {
    switch (choice.end) {
        case ChoiceEnd::open: return "still open";
        case ChoiceEnd::chosen:
            return "chose " + choice.chosen + (choice.alternative ? ", as an alternative" : "") +
                   (choice.top_up_agreed ? ", with a top-up agreed" : "");
        case ChoiceEnd::declined: return "made no choice";
        case ChoiceEnd::lapsed: return "let the time run out";
        case ChoiceEnd::dropped: return "was asked no longer";
    }
    return {};
}

std::string choices_text(const Dossier& dossier, const Look& look, Clock clock) {
    std::string text;
    for (const ChoiceStory& choice : dossier.choices) {
        text += '\n' + look.bold("The citizen's choice") + '\n';
        text += labelled("shortlist", listed(choice.providers), look);
        text += labelled("asked", instant_text(choice.asked_ns, clock) + ", until " + instant_text(choice.choose_by_ns, clock), look);
        text += labelled("the citizen", choice_end_text(choice) + (choice.ended_ns ? " (" + instant_text(*choice.ended_ns, clock) + ")" : ""), look);
    }
    return text;
}

std::string happenings_text(const Dossier& dossier, const Look& look, Clock clock) {
    std::vector<TimelineLine> lines;
    for (const Happening& happening : dossier.happenings)
        lines.push_back({happening.at_ns, {}, happening_text(happening, Person::third, clock)});
    return '\n' + look.bold("What happened") + '\n' + timeline_text(lines, look, clock);
}

}  // namespace

Margin margin_of(const Dossier& dossier, const AwardStory& award, std::size_t place) {
    const CompiledRanking criteria{dossier.procedure.ranking};
    const Instant close_ns = dossier.stages[award.stage].closed_ns.value_or(award.at_ns);
    const RankedStory& loser = award.ranking[place];
    return margin_between(criteria.order_at(close_ns), dossier.winner(award).facts, dossier.offers[loser.offer].facts,
                          loser.lost_on.value_or(CriterionKind::earliest_response));
}

std::string ranking_text(const Dossier& dossier, const AwardStory& award, const Look& look, Clock clock) {
    Table table = offers_table();
    const bool one_day = on_one_day(dossier, clock);
    for (std::size_t place = 0; place < award.ranking.size(); ++place) {
        const OfferStory& offer = dossier.offers[award.ranking[place].offer];
        std::string why = award.refused_ns ? "awarded, refused" : "awarded";
        if (place > 0) why = margin_text(margin_of(dossier, award, place), dossier.winner(award).facts, offer.facts);
        add_offer(table, std::to_string(place + 1), offer, offer_cells(dossier, offer, one_day, clock), std::move(why));
    }
    return table.text(look, page_indent) + std::string{page_indent} + "decided by " + decided_by_text(award.decided_by) + '\n';
}

std::string outcome_text(const Dossier& dossier, Clock clock) {
    switch (dossier.state) {
        case PackageState::approval_to_open:
            return "waiting for the approval of " + said(dossier.approvals.back().role) + " before anybody is asked.";
        case PackageState::open:
            return "open: stage " + dossier.stages.back().rules.name + " until " + instant_text(dossier.stages.back().closes_ns, clock) + '.';
        case PackageState::choice:
            return "waiting for the citizen's choice until " + instant_text(dossier.choices.back().choose_by_ns, clock) + '.';
        case PackageState::approval_to_award:
            return "waiting for the approval of " + said(dossier.approvals.back().role) + " for the award to " +
                   named(dossier, dossier.approvals.back().provider) + '.';
        case PackageState::awarded: {
            const AwardStory& award = dossier.awards.back();
            const OfferStory& winner = dossier.winner(award);
            return "awarded to " + named(dossier, winner.provider) + ", start " + instant_text(winner.facts.start_ns, clock) +
                   "; decided by " + decided_by_text(award.decided_by) + '.';
        }
        case PackageState::unawarded: return "ended without an award: " + unawarded_text(dossier.unawarded) + '.';
        case PackageState::cancelled: return "cancelled.";
    }
    return {};
}

std::string dossier_text(const Dossier& dossier, const Look& look, Clock clock) {
    return heading_text(dossier, look, clock) + awards_text(dossier, look, clock) + other_offers_text(dossier, look, clock) +
           choices_text(dossier, look, clock) + approvals_text(dossier, look, clock) + stages_text(dossier, look, clock) +
           happenings_text(dossier, look, clock);
}

}  // namespace tiebreak::wire
