#include <algorithm>

#include "wire/explain_json.hpp"
#include "wire/explain_provider.hpp"
#include "wire/explain_story.hpp"
#include "wire/json_out.hpp"
#include "wire/prose_units.hpp"
#include "wire/prose_words.hpp"

namespace tiebreak::wire {
namespace {

using namespace matching;

// The winner's deciding value in a clause, if there is one to tell.
std::string winning_value_text(const ProviderRank& rank, Clock clock) {
    if (!rank.winning_instant_ns) return {};
    const std::string_view what = rank.lost_on == CriterionKind::earliest_start ? "starts on " : "answered on ";
    return "; the winner " + std::string{what} + instant_text(*rank.winning_instant_ns, clock);
}

std::string rank_text(const ProviderRank& rank, Clock clock) {
    const std::string place = "you came " + ordinal(rank.rank) + " of " + number_in_digits(rank.of);
    if (rank.rank == 1 && rank.refused_by_winner) return "you refused the award";
    if (rank.rank == 1) return place + ", decided by " + decided_by_text(rank.decided_by);
    return place + ": " + rank.why + winning_value_text(rank, clock);
}

bool has_offered(const ProviderView& view) {
    return std::any_of(view.happenings.begin(), view.happenings.end(), [](const Happening& h) { return h.what == What::offer_accepted; });
}

// For a provider without a rank: what kept it out.
std::string without_rank_text(const ProviderView& view) {
    const bool asked = std::any_of(view.stages.begin(), view.stages.end(), [](const ProviderStage& s) { return s.invited; });
    if (!asked) return "You were not invited";
    return has_offered(view) ? "None of your offers stood in the ranking" : "You were invited and no offer of yours was accepted";
}

std::string waiting_text(const ProviderView& view) {
    if (!view.approval_by.empty()) return "Your offer is up for the award and waits for the approval of " + said(view.approval_by) + ".";
    if (view.shortlisted) return "Your offer is one of those put to the citizen.";
    return "Your stage has closed; nothing is decided yet.";
}

constexpr std::string_view standing_names[] = {"not_invited", "invited", "waiting", "awarded", "lost", "unawarded", "cancelled"};

void write_rank(JsonOut& out, const ProviderRank& rank) {
    out.open_object();
    out.instant("at", rank.at_ns);
    out.string("stage", rank.stage);
    out.string("offer", rank.offer);
    out.number("rank", rank.rank);
    out.number("of", rank.of);
    if (rank.rank == 1) out.word("decided_by", rank.decided_by);
    if (rank.refused_by_winner) out.boolean("refused", true);
    if (rank.lost_on) {
        out.word("lost_on", *rank.lost_on);
        const bool is_start = rank.lost_on == CriterionKind::earliest_start;
        out.instant(is_start ? "own_start" : "own_arrival", rank.own_instant_ns);
        out.instant(is_start ? "winning_start" : "winning_arrival", rank.winning_instant_ns);
        out.score("own_score", rank.own_score);
        out.score("winning_score", rank.winning_score);
        out.number("by_ns", rank.by_ns);
        out.score("by_points", rank.by_score);
        out.string("why", rank.why);
    }
    out.close_object();
}

void write_stage(JsonOut& out, const ProviderStage& stage) {
    out.open_object();
    out.string("stage", stage.stage);
    out.string("kind", stage.confirming ? "confirm" : "offer");
    out.boolean("invited", stage.invited);
    if (stage.skipped) out.boolean("skipped", true);
    if (stage.invited) {
        out.instant("opened", stage.opened_ns);
        out.instant("closes", stage.closes_ns);
        out.instant("closed", stage.closed_ns);
        if (stage.closed_ns) out.word("cause", stage.cause);
    } else {
        if (stage.registered) append_why_not_json(out, stage.why);
        out.string("why", stage.why_text);
    }
    out.close_object();
}

}  // namespace

std::string standing_text(const ProviderView& view, Clock clock) {
    const ProviderRank* const last = view.ranks.empty() ? nullptr : &view.ranks.back();
    switch (view.standing) {
        case ProviderStanding::not_invited: return "You are not invited so far.";
        case ProviderStanding::invited:
            return "The package is open: " + std::string{has_offered(view) ? "you have answered" : "you are invited"} + ". The stage " +
                   view.stages.back().stage + " closes " + instant_text(view.stages.back().closes_ns, clock) + '.';
        case ProviderStanding::waiting: return waiting_text(view);
        case ProviderStanding::awarded: return "The package was awarded to you: " + rank_text(*last, clock) + '.';
        case ProviderStanding::lost:
            return "The package was awarded to another provider. " +
                   (last == nullptr ? without_rank_text(view) : capitalised(rank_text(*last, clock))) + '.';
        case ProviderStanding::unawarded: return "The package ended without an award.";
        case ProviderStanding::cancelled: return "The package was cancelled.";
    }
    return {};
}

std::string provider_text(const ProviderView& view, const Look& look, Clock clock) {
    std::string text = look.bold("Package " + view.package + " for " + view.provider + (view.name ? " (" + *view.name + ")" : "")) + '\n';
    text += wrapped(standing_text(view, clock), look.width - page_indent.size(), page_indent) + "\n\n";
    Table facts{{"", ""}};
    facts.add({"procedure", view.procedure + (view.title ? ": " + *view.title : "")});
    facts.add({"opened", instant_text(view.opened_ns, clock)});
    facts.add({"as of", instant_text(view.as_of_ns, clock)});
    facts.add({"times", clock == Clock::uk ? "UK time" : "UTC"});
    text += facts.text(look, page_indent);

    if (view.ranks.size() > 1) {
        text += '\n' + look.bold("Where you came") + '\n';
        for (const ProviderRank& rank : view.ranks)
            text += wrapped("stage " + rank.stage + ", " + instant_text(rank.at_ns, clock) + ": " + rank_text(rank, clock) +
                                (rank.refused_by_winner && rank.rank > 1 ? "; the award was refused later" : ""),
                            look.width - page_indent.size(), page_indent) +
                    '\n';
    }
    text += '\n' + look.bold("Your invitations") + '\n';
    for (const ProviderStage& stage : view.stages) {
        std::string line = stage.stage + ": ";
        if (stage.invited)
            line += "invited, " + period_text(stage.opened_ns, stage.closed_ns.value_or(stage.closes_ns), clock);
        else
            line += (stage.skipped ? "nobody was invited; " : "not invited: ") + stage.why_text;
        text += wrapped(line, look.width - page_indent.size(), page_indent) + '\n';
    }
    if (view.happenings.empty()) return text;
    std::vector<TimelineLine> lines;
    for (const Happening& h : view.happenings)
        lines.push_back({h.at_ns, {}, happening_text(h, Person::second, clock)});
    return text + '\n' + look.bold("What happened") + '\n' + timeline_text(lines, look, clock);
}

void append_provider_json(std::string& to, const ProviderView& view) {
    JsonOut out{to};
    out.open_object();
    out.string("package", view.package);
    out.string("for", view.provider);
    out.string("name", view.name);
    out.string("standing", standing_names[static_cast<std::size_t>(view.standing)]);
    out.string("outcome", standing_text(view, Clock::uk));
    if (view.shortlisted) out.boolean("shortlisted", true);
    if (!view.approval_by.empty()) out.string("approval_by", view.approval_by);
    out.string("procedure", view.procedure);
    out.string("title", view.title);
    out.instant("opened", view.opened_ns);
    out.instant("told_until", view.as_of_ns);
    out.key("ranks");
    out.open_list();
    for (const ProviderRank& rank : view.ranks) {
        out.item();
        write_rank(out, rank);
    }
    out.close_list();
    out.key("stages");
    out.open_list();
    for (const ProviderStage& stage : view.stages) {
        out.item();
        write_stage(out, stage);
    }
    out.close_list();
    out.key("happenings");
    out.open_list();
    for (const Happening& h : view.happenings) {
        out.item();
        append_happening_json(out, h, Person::second);
    }
    out.close_list();
    out.close_object();
}

}  // namespace tiebreak::wire
