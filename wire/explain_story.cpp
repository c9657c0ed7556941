#include "wire/explain_story.hpp"

#include <algorithm>
#include <optional>

#include "wire/prose_units.hpp"
#include "wire/prose_words.hpp"

namespace tiebreak::wire {
namespace {

using namespace matching;

// The words for whoever a happening is about.
struct Subject {
    const Happening& of;
    Person person;

    [[nodiscard]] std::string who() const { return person == Person::second ? "You" : of.provider; }
    [[nodiscard]] std::string whose() const { return person == Person::second ? "Your" : of.provider + "'s"; }
};

std::string with_reason(std::string sentence, const std::string& reason) {
    if (reason.empty()) return sentence + '.';
    const bool ends = reason.ends_with('.') || reason.ends_with('!') || reason.ends_with('?');
    return sentence + ": " + reason + (ends ? "" : ".");
}

// What an offer says: its start and price.
std::string offer_words(const Happening& h, Clock clock) {
    std::string text;
    if (h.start_ns) text += "start " + instant_text(*h.start_ns, clock);
    if (h.price_pence) text += (text.empty() ? "" : ", ") + std::string{"price "} + money_text(*h.price_pence);
    return text;
}

std::string stage_opened(const Happening& h, Person person, Clock clock) {
    std::string text = "Stage " + h.stage + " opened";
    if (h.confirming) text += " for confirmations";
    text += ", until " + instant_text(*h.until_ns, clock);
    if (person == Person::third) text += "; " + counted(h.count, "provider", "providers") + " invited";
    return text + '.';
}

std::string stage_closed(const Happening& h, Person person) {
    std::string text = "Stage " + h.stage + " closed " + close_cause_text(h.close_cause);
    if (person == Person::third) text += ", with " + answers_text(h.count, h.confirming);
    return text + '.';
}

std::string offer_accepted(const Happening& h, const Subject& subject, Clock clock) {
    if (h.duplicate)
        return subject.who() + " sent offer " + h.offer + " again: the first answer was given again" +
               (h.withdrawn ? ", with the remark that it no longer stands." : ".");
    std::string text = subject.who() + " offered " + h.offer;
    if (!h.supersedes.empty()) text += " in place of " + h.supersedes;
    return text + ": " + offer_words(h, clock) + '.';
}

std::string offer_withdrawn(const Happening& h, const Subject& subject) {
    switch (h.withdraw_cause) {
        case WithdrawCause::withdrawn: return with_reason(subject.who() + " withdrew offer " + h.offer, h.reason);
        case WithdrawCause::declined: return subject.whose() + " offer " + h.offer + " went with the decline that follows.";
        case WithdrawCause::suspended: return subject.whose() + " offer " + h.offer + " was taken out: the provider was suspended.";
    }
    return {};
}

std::string what_was_rejected(const Happening& h, const Subject& subject) {
    if (h.command == "offer") return subject.whose() + " offer " + h.offer;
    if (h.command == "confirm") return subject.whose() + " confirmation";
    if (h.command == "decline") return subject.whose() + " decline";
    if (h.command == "withdraw") return subject.whose() + " withdrawal of offer " + h.offer;
    if (h.command == "refuse") return subject.whose() + " refusal of the award";
    if (h.command == "choice") return h.provider.empty() ? "The citizen's choice of nobody" : "The citizen's choice of " + h.provider;
    if (h.command == "approval") return "The answer of " + said(h.role);
    if (h.command == "extend") return "An extension of the window";
    if (h.command == "cancel") return "A cancellation";
    if (h.command == "package") return "The package, sent again with other content,";
    return "A command (" + h.command + ")";
}

std::string rejected(const Happening& h, const Subject& subject, Clock clock) {
    const Code code = h.code.value_or(Code::malformed);
    std::string text = what_was_rejected(h, subject) + " was rejected (" + std::string{code_name(code)} + "): ";
    text += code_sentence(code);
    if (!h.package.empty()) text += " (" + h.package + ")";
    if (code == Code::start_out_of_range && h.start_ns) text += "; its start was " + instant_text(*h.start_ns, clock);
    if (h.late_ns)
        text += *h.late_ns == 0 ? "; it came at the very instant at which the stage closed"
                                : "; it came " + span_text(*h.late_ns) + " after the stage had closed";
    return text + '.';
}

std::string award_text(const Happening& h, const Subject& subject, Clock clock) {
    const std::string whom = subject.person == Person::second ? "you" : h.provider;
    return "Awarded to " + whom + " (offer " + h.offer + "), " + offer_words(h, clock) + "; decided by " +
           decided_by_text(h.decided_by) + '.';
}

std::string approval_pending(const Happening& h) {
    if (h.offer.empty()) return "Approval by " + said(h.role) + " was asked for, before anybody is asked.";
    return "Approval by " + said(h.role) + " was asked for the award to " + h.provider + '.';
}

}  // namespace

std::string happening_text(const Happening& h, Person person, Clock clock) {
    const Subject subject{h, person};
    switch (h.what) {
        case What::procedure_registered: return "Procedure " + h.reason + " registered, revision " + std::to_string(h.count) + '.';
        case What::provider_registered:
            return "Provider " + h.provider + " registered" + (h.count == 1 ? "." : " anew, revision " + std::to_string(h.count) + '.');
        case What::package_opened: return "The package opened, under revision " + std::to_string(h.count) + " of its procedure.";
        case What::stage_opened: return stage_opened(h, person, clock);
        case What::stage_skipped: return "Stage " + h.stage + " was skipped: there was nobody to ask.";
        case What::offer_accepted: return offer_accepted(h, subject, clock);
        case What::provider_confirmed: return subject.who() + " confirmed, able to deliver.";
        case What::provider_declined: return with_reason(subject.who() + " declined", h.reason);
        case What::offer_withdrawn: return offer_withdrawn(h, subject);
        case What::window_extended:
            return with_reason("The window of stage " + h.stage + " was extended until " + instant_text(*h.until_ns, clock), h.reason);
        case What::stage_closed: return stage_closed(h, person);
        case What::shortlisted:
            return "Put to the citizen, to choose until " + instant_text(*h.until_ns, clock) + ": " + listed(h.providers) + '.';
        case What::approval_pending: return approval_pending(h);
        case What::awarded: return award_text(h, subject, clock);
        case What::award_refused: return with_reason(subject.who() + " refused the award", h.reason);
        case What::unawarded: return "The package ended without an award: " + unawarded_text(h.unawarded) + '.';
        case What::package_cancelled: return with_reason("The package was cancelled", h.reason);
        case What::standing: return {};
        case What::rejected: return rejected(h, subject, clock);
        case What::choice_made:
            return h.alternative ? "The citizen turned down the shortlist and chose " + h.provider + '.'
                                 : "The citizen chose " + h.provider + '.';
        case What::choice_declined: return "The citizen made no choice.";
        case What::choice_lapsed: return "The time to choose ran out without a choice.";
        case What::choice_dropped: return "The choice ended: too few offers were left to choose from.";
        case What::approval_given: return with_reason(capitalised(said(h.role)) + " approved", h.reason);
        case What::approval_denied: return with_reason(capitalised(said(h.role)) + " said no", h.reason);
        case What::offer_left_out:
            return subject.whose() + " offer " + h.offer + " was left out of the ranking: its provider was suspended.";
    }
    return {};
}

std::string decided_by_text(DecidedBy decided_by) {
    switch (decided_by) {
        case DecidedBy::earliest_start: return "the earliest start";
        case DecidedBy::highest_quality: return "the highest quality rating";
        case DecidedBy::highest_feedback: return "the highest customer feedback";
        case DecidedBy::lowest_price: return "the lowest price";
        case DecidedBy::earliest_response: return "the earliest answer";
        case DecidedBy::citizen_choice: return "the citizen's choice";
        case DecidedBy::first_offer: return "being the first offer";
        case DecidedBy::refusal: return "being next in rank after a refused award";
        case DecidedBy::only_offer: return "being the only offer";
    }
    return {};
}

std::string answers_text(std::uint64_t answers, bool confirming) {
    if (answers == 0) return confirming ? "no confirmations" : "no offers";
    return confirming ? counted(answers, "confirmation", "confirmations") : counted(answers, "offer", "offers");
}

std::string close_cause_text(CloseCause cause) {
    switch (cause) {
        case CloseCause::deadline: return "at its deadline";
        case CloseCause::all_answered: return "because everyone asked had answered";
        case CloseCause::first_offer: return "by its first offer";
    }
    return {};
}

std::string unawarded_text(UnawardedReason reason) {
    switch (reason) {
        case UnawardedReason::no_offers: return "there was no offer that could be awarded, and no further stage";
        case UnawardedReason::approval_refused: return "an approval was refused";
        case UnawardedReason::refused: return "the award was refused, and there was no further offer or stage";
    }
    return {};
}

std::string timeline_text(std::span<const TimelineLine> lines, const Look& look, Clock clock) {
    std::size_t times_width = 0, whose_width = 0;
    for (const TimelineLine& line : lines) {
        times_width = std::max(times_width, width_of(time_of_day_text(civil_time(line.at_ns, clock))));
        whose_width = std::max(whose_width, width_of(line.whose));
    }
    std::string text;
    std::optional<CivilTime> day;
    for (const TimelineLine& line : lines) {
        const CivilTime time = civil_time(line.at_ns, clock);
        if (!day || !day->same_day(time)) text += "  " + day_text(time) + '\n';
        day = time;
        std::string head = "    " + time_of_day_text(time);
        head.append(4 + times_width - width_of(head), ' ').append("  ");
        if (whose_width > 0) head += line.whose + std::string(whose_width - width_of(line.whose) + 2, ' ');
        const std::string indent(width_of(head), ' ');
        const std::size_t room = look.width > indent.size() + 30 ? look.width - indent.size() : 30;
        text += head + wrapped(line.text, room, indent).substr(indent.size()) + '\n';
    }
    return text;
}

}  // namespace tiebreak::wire
