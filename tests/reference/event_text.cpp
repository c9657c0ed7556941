#include "tests/reference/event_text.hpp"

#include <type_traits>
#include <variant>

namespace tiebreak::reference {

namespace event = matching::event;

namespace {

constexpr std::string_view criterion_words[] = {"earliest_start", "highest_quality",   "highest_feedback",
                                                "lowest_price",   "earliest_response", "citizen_choice"};
constexpr std::string_view close_words[] = {"deadline", "all_answered", "first_offer"};
constexpr std::string_view withdraw_words[] = {"withdrawn", "declined", "suspended"};
constexpr std::string_view unawarded_words[] = {"no_offers", "approval_refused", "refused"};
constexpr std::string_view decided_words[] = {"earliest_start",    "highest_quality", "highest_feedback",
                                              "lowest_price",      "earliest_response", "citizen_choice",
                                              "first_offer",       "refusal",         "only_offer"};

std::string word(std::string_view text) { return std::string{text}; }
std::string word(matching::CriterionKind kind) { return word(criterion_words[static_cast<std::size_t>(kind)]); }
std::string word(matching::CloseCause cause) { return word(close_words[static_cast<std::size_t>(cause)]); }
std::string word(matching::WithdrawCause cause) { return word(withdraw_words[static_cast<std::size_t>(cause)]); }
std::string word(matching::UnawardedReason reason) { return word(unawarded_words[static_cast<std::size_t>(reason)]); }
std::string word(matching::DecidedBy by) { return word(decided_words[static_cast<std::size_t>(by)]); }
std::string word(bool truth) { return truth ? "true" : "false"; }
template <typename Integer>
    requires std::is_integral_v<Integer>
std::string word(Integer number) {
    return std::to_string(number);
}

std::string word(std::span<const std::string_view> list) {
    std::string text;
    for (const std::string_view element : list) {
        if (!text.empty()) text += ',';
        text += element;
    }
    return text;
}

std::string word(std::span<const matching::RankedOffer> ranking) {
    std::string text;
    for (const matching::RankedOffer& ranked : ranking) {
        if (!text.empty()) text += ',';
        text += word(ranked.offer) + '/' + word(ranked.provider);
        if (ranked.lost_on) text += '(' + word(*ranked.lost_on) + ')';
    }
    return text;
}

// Puts " name=value" after what is there.
class Fields {
public:
    template <typename Value>
    Fields& add(std::string_view name, const Value& value) {
        text_ += ' ';
        text_ += name;
        text_ += '=';
        text_ += word(value);
        return *this;
    }
    template <typename Value>
    Fields& add(std::string_view name, const std::optional<Value>& value) {
        return value ? add(name, *value) : *this;
    }
    Fields& add_if_true(std::string_view name, bool value) { return value ? add(name, value) : *this; }

    [[nodiscard]] std::string text() const { return text_; }

private:
    std::string text_;
};

struct FieldsOf {
    Fields f;

    Fields operator()(const event::ProcedureRegistered& e) {
        return f.add("procedure", e.procedure).add("revision", e.revision);
    }
    Fields operator()(const event::ProviderRegistered& e) {
        return f.add("provider", e.provider).add("revision", e.revision);
    }
    Fields operator()(const event::PackageOpened& e) {
        return f.add("package", e.package).add("procedure", e.procedure);
    }
    Fields operator()(const event::StageOpened& e) {
        return f.add("package", e.package).add("stage", e.stage).add("closes", e.closes_ns).add("invited", e.invited);
    }
    Fields operator()(const event::StageSkipped& e) { return f.add("package", e.package).add("stage", e.stage); }
    Fields operator()(const event::OfferAccepted& e) {
        f.add("package", e.package).add("stage", e.stage).add("offer", e.offer).add("provider", e.provider);
        f.add("arrival", e.arrival_ns).add("supersedes", e.supersedes);
        return f.add_if_true("duplicate", e.duplicate).add_if_true("withdrawn", e.withdrawn);
    }
    Fields operator()(const event::ProviderConfirmed& e) {
        return f.add("package", e.package).add("stage", e.stage).add("provider", e.provider);
    }
    Fields operator()(const event::ProviderDeclined& e) {
        return f.add("package", e.package).add("stage", e.stage).add("provider", e.provider);
    }
    Fields operator()(const event::OfferWithdrawn& e) {
        f.add("package", e.package).add("stage", e.stage).add("offer", e.offer).add("provider", e.provider);
        return f.add("cause", e.cause);
    }
    Fields operator()(const event::WindowExtended& e) {
        return f.add("package", e.package).add("stage", e.stage).add("closes", e.closes_ns).add("reason", e.reason);
    }
    Fields operator()(const event::StageClosed& e) {
        return f.add("package", e.package).add("stage", e.stage).add("offers", e.offers).add("cause", e.cause);
    }
    Fields operator()(const event::Shortlisted& e) {
        f.add("package", e.package).add("offers", e.offers).add("providers", e.providers);
        return f.add("choose_by", e.choose_by_ns);
    }
    Fields operator()(const event::ApprovalPending& e) {
        return f.add("package", e.package).add("offer", e.offer).add("provider", e.provider).add("role", e.role);
    }
    Fields operator()(const event::Awarded& e) {
        f.add("package", e.package).add("stage", e.stage).add("offer", e.offer).add("provider", e.provider);
        return f.add("start", e.start_ns).add("decided_by", e.decided_by).add("ranking", e.ranking);
    }
    Fields operator()(const event::AwardRefused& e) { return f.add("package", e.package).add("provider", e.provider); }
    Fields operator()(const event::Unawarded& e) { return f.add("package", e.package).add("reason", e.reason); }
    Fields operator()(const event::PackageCancelled& e) { return f.add("package", e.package); }
    Fields operator()(const event::Standing& e) {
        f.add("procedure", e.procedure).add("role", e.role).add("zone", e.zone).add("provider", e.provider);
        f.add("invited", e.invited).add("offered", e.offered).add("awarded", e.awarded).add("refused", e.refused);
        return f.add("met", e.met);
    }
    Fields operator()(const event::Rejected& e) {
        f.add("command", e.command).add("code", matching::code_name(e.code)).add("package", e.package);
        return f.add("provider", e.provider).add("offer", e.offer).add("procedure", e.procedure);
    }
};

}  // namespace

std::string what_of(const matching::EventBody& body) {
    return word(matching::event_names[body.index()]) + std::visit(FieldsOf{}, body).text();
}

std::string text_of(const matching::Event& event) {
    return "at=" + word(event.at_ns) + " sequence=" + word(event.sequence) + ' ' + what_of(event.body);
}

void EventTexts::on_event(const matching::Event& event) {
    texts.push_back(text_of(event));
    const bool rejected = std::holds_alternative<event::Rejected>(event.body);
    if (rejected || event.package == matching::no_index) return;
    texts.back() += "   [package number " + word(event.package) + ", zone " + word(event.zone) + ']';
}

}  // namespace tiebreak::reference
