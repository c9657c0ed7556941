#include "tests/acceptance/recorder.hpp"

#include <variant>

#include "wire/json_words.hpp"

namespace tiebreak::acceptance {
namespace {

template <class Texts>
std::string joined(const Texts& texts) {
    std::string list;
    for (const auto text : texts) list += (list.empty() ? "" : ", ") + std::string(text);
    return list;
}

std::string text_of(std::string_view view) { return std::string(view); }

std::string ranking_of(const matching::event::Awarded& awarded) {
    std::string text;
    for (const auto& ranked : awarded.ranking) {
        text += (text.empty() ? "" : "; ") + std::string(ranked.provider);
        if (ranked.lost_on) text += " lost on " + spoken(wire::word_of(*ranked.lost_on));
    }
    return text;
}

}  // namespace

// One call for each kind of event: the fact, if it is one, and its line.
class Teller {
public:
    Teller(Recorder& to, matching::Instant at_ns) : to_(to), at_ns_(at_ns) {}

    void operator()(const matching::event::ProcedureRegistered&) const {}
    void operator()(const matching::event::ProviderRegistered& e) const {
        if (e.revision > 1) tell(text_of(e.provider) + " is registered anew");
    }
    void operator()(const matching::event::PackageOpened& e) const {
        tell(text_of(e.package) + " is open, under " + text_of(e.procedure));
    }
    void operator()(const matching::event::StageOpened& e) const {
        fact(to_.facts_.asked, e.package, {text_of(e.stage), joined(e.invited)}, e.closes_ns);
        tell(stage(e) + " is open until " + to_.calendar_.show(e.closes_ns) + "; asked: " + joined(e.invited));
    }
    void operator()(const matching::event::StageSkipped& e) const {
        fact(to_.facts_.asked, e.package, {text_of(e.stage), "nobody"});
        tell(stage(e) + " is skipped: it would ask nobody");
    }
    void operator()(const matching::event::OfferAccepted& e) const {
        tell(stage(e) + " has the offer of " + text_of(e.provider) +
             (e.supersedes ? ", in place of its earlier one" : ""));
    }
    void operator()(const matching::event::ProviderConfirmed& e) const {
        tell(stage(e) + " has the confirmation of " + text_of(e.provider));
    }
    void operator()(const matching::event::ProviderDeclined& e) const {
        tell(text_of(e.provider) + " has declined " + text_of(e.package));
    }
    void operator()(const matching::event::OfferWithdrawn& e) const {
        tell("the offer of " + text_of(e.provider) + " for " + text_of(e.package) +
             " is gone: " + text_of(wire::word_of(e.cause)));
    }
    void operator()(const matching::event::WindowExtended& e) const {
        tell(stage(e) + " is extended until " + to_.calendar_.show(e.closes_ns));
    }
    void operator()(const matching::event::StageClosed& e) const {
        tell(stage(e) + " closes with " + std::to_string(e.offers) + " offers: " + spoken(wire::word_of(e.cause)));
    }
    void operator()(const matching::event::Shortlisted& e) const {
        fact(to_.facts_.waits, e.package, {"the citizen's choice", joined(e.providers)}, e.choose_by_ns);
        tell(text_of(e.package) + " waits until " + to_.calendar_.show(e.choose_by_ns) +
             " for the citizen's choice among " + joined(e.providers));
    }
    void operator()(const matching::event::ApprovalPending& e) const {
        const auto about = e.provider ? text_of(*e.provider) : "the opening";
        fact(to_.facts_.waits, e.package, {"approval by " + text_of(e.role), about});
        tell(text_of(e.package) + " waits for approval by " + text_of(e.role) + " of " + about);
    }
    void operator()(const matching::event::Awarded& e) const {
        const auto decided_by = spoken(wire::word_of(e.decided_by));
        fact(to_.facts_.outcomes, e.package, {"awarded to " + text_of(e.provider), decided_by, ranking_of(e)});
        tell(text_of(e.package) + " is awarded to " + text_of(e.provider) + " by " + decided_by +
             "; ranking: " + ranking_of(e));
    }
    void operator()(const matching::event::AwardRefused& e) const {
        fact(to_.facts_.outcomes, e.package, {"refused by " + text_of(e.provider), "", ""});
        tell(text_of(e.provider) + " has refused the award of " + text_of(e.package));
    }
    void operator()(const matching::event::Unawarded& e) const {
        const auto reason = spoken(wire::word_of(e.reason));
        fact(to_.facts_.outcomes, e.package, {"unawarded: " + reason, "", ""});
        tell(text_of(e.package) + " ends without an award: " + reason);
    }
    void operator()(const matching::event::PackageCancelled& e) const {
        fact(to_.facts_.outcomes, e.package, {"cancelled", "", ""});
        tell(text_of(e.package) + " is cancelled");
    }
    void operator()(const matching::event::Standing& e) const {
        const auto met = !e.met ? "" : *e.met ? "yes" : "no";
        fact(to_.facts_.standings, "",
             {text_of(e.provider), text_of(e.role), text_of(e.zone.value_or("")), std::to_string(e.invited),
              std::to_string(e.offered), std::to_string(e.awarded), std::to_string(e.refused), met});
        tell(text_of(e.provider) + " as " + text_of(e.role) + " in " + text_of(e.zone.value_or("no zone")) +
             ": invited " + std::to_string(e.invited) + ", offered " + std::to_string(e.offered) + ", awarded " +
             std::to_string(e.awarded) + ", refused " + std::to_string(e.refused) + "; met: " + met);
    }
    void operator()(const matching::event::Rejected& e) const {
        to_.reject_code_ = matching::code_name(e.code);
        tell("rejected, " + spoken(to_.reject_code_) + ": " + text_of(e.detail));
    }

private:
    template <class Event>
    static std::string stage(const Event& event) {
        return text_of(event.package) + ", stage " + text_of(event.stage) + ',';
    }

    void fact(std::vector<Fact>& facts, std::string_view package, std::vector<std::string> words,
              std::optional<matching::Instant> until_ns = std::nullopt) const {
        facts.push_back({0, at_ns_, std::string(package), std::move(words), until_ns});
    }

    void tell(const std::string& what) const {
        to_.timeline_ += "    " + to_.calendar_.show(at_ns_) + "  " + what + '\n';
    }

    Recorder& to_;
    matching::Instant at_ns_;
};

void Recorder::on_event(const matching::Event& event) {
    ++events_;
    std::visit(Teller(*this, event.at_ns), event.body);
}

}  // namespace tiebreak::acceptance
