#include "wire/explain_json.hpp"

#include "wire/explain_story.hpp"
#include "wire/explain_text.hpp"
#include "wire/json_package.hpp"

namespace tiebreak::wire {
namespace {

using namespace matching;

template <class Enum, std::size_t N>
std::string_view name_in(const std::string_view (&names)[N], Enum value) noexcept {
    return names[static_cast<std::size_t>(value)];
}

constexpr std::string_view state_names[] = {"approval_to_open", "open",      "choice",   "approval_to_award",
                                            "awarded",          "unawarded", "cancelled"};
constexpr std::string_view fate_names[] = {"live", "withdrawn", "declined", "suspended", "superseded", "refused", "left_out"};
constexpr std::string_view missing_names[] = {"nothing", "suspended", "membership", "service", "capability", "confirmation"};
constexpr std::string_view part_names[] = {"", "any", "role", "zone", "scheme", "together"};
constexpr std::string_view choice_end_names[] = {"open", "chosen", "declined", "lapsed", "dropped"};

void text_field(JsonOut& out, std::string_view name, const std::string& text) {
    if (!text.empty()) out.string(name, text);
}

template <class Items, class Write>
void list(JsonOut& out, std::string_view name, const Items& items, Write write) {
    out.key(name);
    out.open_list();
    for (const auto& item : items) {
        out.item();
        out.open_object();
        write(item);
        out.close_object();
    }
    out.close_list();
}

void write_package(JsonOut& out, const Dossier& dossier) {
    const command::Package& package = dossier.package;
    out.string("package", package.id);
    out.string("state", state_name(dossier.state));
    if (dossier.state == PackageState::unawarded) out.word("reason", dossier.unawarded);
    out.string("outcome", outcome_text(dossier, Clock::uk));
    out.string("procedure", package.procedure);
    out.number("revision", dossier.revision);
    out.string("title", dossier.procedure.title);
    out.instant("opened", dossier.opened_ns);
    out.instant("told_until", dossier.as_of_ns);
    write_terms(out, package);
}

void write_facts(JsonOut& out, const OfferStory& offer) {
    out.string("offer", offer.offer);
    out.string("provider", offer.provider);
    out.instant("arrival", offer.facts.arrival_ns);
    out.instant("start", offer.facts.start_ns);
    out.number("price_pence", offer.facts.price_pence);
    out.score("quality", offer.facts.quality);
    out.score("feedback", offer.facts.feedback);
}

void write_ranked(JsonOut& out, const Dossier& dossier, const AwardStory& award, std::size_t place) {
    const OfferStory& offer = dossier.offers[award.ranking[place].offer];
    out.number("rank", place + 1);
    write_facts(out, offer);
    if (place == 0) return;
    const Margin margin = margin_of(dossier, award, place);
    out.word("lost_on", margin.lost_on);
    if (!margin.equal.empty()) out.words("equal_on", margin.equal);
    out.number("by_ns", margin.by_ns);
    out.score("by_points", margin.by_score);
    out.number("by_pence", margin.by_pence);
    out.string("why", margin_text(margin, dossier.winner(award).facts, offer.facts));
}

void write_award(JsonOut& out, const Dossier& dossier, const AwardStory& award) {
    const OfferStory& winner = dossier.winner(award);
    out.instant("at", award.at_ns);
    out.number("sequence", award.sequence);
    out.string("stage", dossier.stages[award.stage].rules.name);
    out.string("offer", winner.offer);
    out.string("provider", winner.provider);
    out.instant("start", winner.facts.start_ns);
    out.word("decided_by", award.decided_by);
    out.instant("refused", award.refused_ns);
    text_field(out, "refused_reason", award.refused_reason);
    out.key("ranking");
    out.open_list();
    for (std::size_t place = 0; place < award.ranking.size(); ++place) {
        out.item();
        out.open_object();
        write_ranked(out, dossier, award, place);
        out.close_object();
    }
    out.close_list();
}

void write_stage(JsonOut& out, const Dossier& dossier, std::size_t place) {
    const StageStory& stage = dossier.stages[place];
    out.string("stage", stage.rules.name);
    out.word("kind", stage.rules.kind);
    if (stage.skipped) {
        out.instant("skipped", stage.opened_ns);
    } else {
        out.instant("opened", stage.opened_ns);
        out.instant("closes", stage.closes_ns);
        out.strings("invited", stage.invited);
    }
    if (stage.closed_ns) {
        out.instant("closed", *stage.closed_ns);
        out.word("cause", stage.cause);
        out.number("answers", stage.answers);
        out.strings("no_answer", stage.silent);
    }
    list(out, "not_invited", stage.not_invited, [&](const NotInvited& absent) {
        out.string("provider", absent.provider);
        append_why_not_json(out, absent.why);
        out.string("why", why_not_text(absent.why, stage.rules.audience, dossier.package, Person::third));
    });
}

void write_choice(JsonOut& out, const ChoiceStory& choice) {
    out.string("stage", choice.stage);
    out.instant("asked", choice.asked_ns);
    out.instant("choose_by", choice.choose_by_ns);
    out.strings("offers", choice.offers);
    out.strings("providers", choice.providers);
    out.string("end", name_in(choice_end_names, choice.end));
    out.instant("ended", choice.ended_ns);
    text_field(out, "chosen", choice.chosen);
    if (choice.alternative) out.boolean("alternative", true);
    if (choice.top_up_agreed) out.boolean("top_up_agreed", true);
}

void write_approval(JsonOut& out, const ApprovalStory& approval) {
    out.string("role", approval.role);
    out.string("before", approval.before_opening ? "opening" : "award");
    text_field(out, "provider", approval.provider);
    text_field(out, "offer", approval.offer);
    out.instant("asked", approval.asked_ns);
    out.instant("answered", approval.answered_ns);
    if (approval.answered_ns) out.boolean("approved", approval.approved);
    if (approval.dropped) out.boolean("dropped", true);
    text_field(out, "reason", approval.reason);
}

void write_offer(JsonOut& out, const OfferStory& offer) {
    write_facts(out, offer);
    out.string("stage", offer.stage);
    out.number("sequence", offer.sequence);
    out.string("landlord", offer.landlord);
    out.instant("submitted_at", offer.submitted_at_ns);
    out.string("fate", fate_name(offer.fate));
}

void write_names(JsonOut& out, const Dossier& dossier) {
    out.key("names");
    out.open_object();
    for (const auto& [id, name] : dossier.names) out.string(id, name);
    out.close_object();
}

// What a happening says beside its instant, by what it is.
void write_details(JsonOut& out, const Happening& h) {
    text_field(out, "command", h.command);
    if (h.code) out.string("code", code_name(*h.code));
    text_field(out, "stage", h.stage);
    text_field(out, "provider", h.provider);
    text_field(out, "offer", h.offer);
    text_field(out, "supersedes", h.supersedes);
    text_field(out, "role", h.role);
    text_field(out, "reason", h.reason);
    if (h.what == What::shortlisted) {
        out.strings("providers", h.providers);
        out.instant("choose_by", h.until_ns);
    } else {
        out.instant("closes", h.until_ns);
    }
    out.instant("start", h.start_ns);
    out.number("price_pence", h.price_pence);
    out.number("late_ns", h.late_ns);
    if (h.what == What::stage_closed) out.word("cause", h.close_cause);
    if (h.what == What::offer_withdrawn) out.word("cause", h.withdraw_cause);
    if (h.what == What::unawarded) out.word("cause", h.unawarded);
    if (h.what == What::awarded) out.word("decided_by", h.decided_by);
    if (h.duplicate) out.boolean("duplicate", true);
    if (h.withdrawn) out.boolean("withdrawn", true);
    if (h.alternative) out.boolean("alternative", true);
}

}  // namespace

std::string_view state_name(PackageState state) noexcept { return name_in(state_names, state); }
std::string_view fate_name(OfferFate fate) noexcept { return name_in(fate_names, fate); }

void append_why_not_json(JsonOut& out, const WhyNot& why) {
    out.string("missing", name_in(missing_names, why.missing));
    if (why.part != MembershipPart::none) out.string("part", name_in(part_names, why.part));
    if (!why.held.empty()) out.strings("held", why.held);
    if (!why.lacks.empty()) out.strings("lacks", why.lacks);
}

void append_happening_json(JsonOut& out, const Happening& happening, Person person, std::string_view package) {
    out.open_object();
    out.instant("at", happening.at_ns);
    if (happening.sequence != 0) out.number("sequence", happening.sequence);
    out.string("what", what_name(happening.what));
    if (!package.empty()) out.string("package", package);
    write_details(out, happening);
    out.string("text", happening_text(happening, person, Clock::uk));
    out.close_object();
}

void append_dossier_json(std::string& to, const Dossier& dossier) {
    JsonOut out{to};
    out.open_object();
    write_package(out, dossier);
    list(out, "awards", dossier.awards, [&](const AwardStory& award) { write_award(out, dossier, award); });
    list(out, "offers", dossier.offers, [&](const OfferStory& offer) { write_offer(out, offer); });
    out.key("stages");
    out.open_list();
    for (std::size_t place = 0; place < dossier.stages.size(); ++place) {
        out.item();
        out.open_object();
        write_stage(out, dossier, place);
        out.close_object();
    }
    out.close_list();
    list(out, "choices", dossier.choices, [&](const ChoiceStory& choice) { write_choice(out, choice); });
    list(out, "approvals", dossier.approvals, [&](const ApprovalStory& approval) { write_approval(out, approval); });
    out.key("happenings");
    out.open_list();
    for (const Happening& happening : dossier.happenings) {
        out.item();
        append_happening_json(out, happening, Person::third);
    }
    out.close_list();
    write_names(out, dossier);
    out.close_object();
}

}  // namespace tiebreak::wire
