#include "wire/event_reader.hpp"

#include "wire/code_names.hpp"
#include "wire/schema/event_generated.h"
#include "wire/verified.hpp"
#include "wire/word_numbers.hpp"

namespace tiebreak::wire {

namespace event = matching::event;

// Makes each kind of event out of its table. After a required field was missing or a word unknown, `flaw_` says so.
class EventFields {
public:
    explicit EventFields(EventReader& reader) : reader_(reader) {}

    std::optional<std::string> read(const fb::Event& event);

private:
    using Strings = flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>;

    std::string_view text(const flatbuffers::String* value, const char* field) {
        if (value == nullptr) fail(field, "is missing");
        return view_of(value);
    }
    static std::optional<std::string_view> optional_text(const flatbuffers::String* value) {
        if (value == nullptr) return std::nullopt;
        return view_of(value);
    }
    std::span<const std::string_view> texts(const Strings* values, const char* field,
                                            std::vector<std::string_view>& into) {
        into.clear();
        if (values == nullptr) fail(field, "is missing");
        for (unsigned i = 0; values != nullptr && i < values->size(); ++i) into.push_back(view_of(values->Get(i)));
        return into;
    }
    template <class Word>
    Word word(typename WordNumbers<Word>::Number number, const char* field) {
        const std::optional<Word> known = from_number<Word>(static_cast<std::uint8_t>(number));
        if (!known) fail(field, "is none of " + list_of_words<Word>());
        return known.value_or(Word{});
    }
    // The contract's instants begin in 1970, and whoever writes them as text relies on it.
    matching::Instant instant(std::int64_t value_ns, const char* field) {
        if (value_ns < 0) fail(field, "is before 1970");
        return value_ns;
    }
    void fail(const char* field, const std::string& what) {
        if (!flaw_) flaw_ = std::string{field} + ' ' + what;
    }

    event::ProcedureRegistered body(const fb::ProcedureRegistered& t) {
        return {text(t.procedure(), "procedure"), t.revision()};
    }
    event::ProviderRegistered body(const fb::ProviderRegistered& t) {
        return {text(t.provider(), "provider"), t.revision()};
    }
    event::PackageOpened body(const fb::PackageOpened& t) {
        return {text(t.package(), "package"), text(t.procedure(), "procedure")};
    }
    event::StageOpened body(const fb::StageOpened& t) {
        return {text(t.package(), "package"), text(t.stage(), "stage"), instant(t.closes(), "closes"),
                texts(t.invited(), "invited", reader_.texts_)};
    }
    event::StageSkipped body(const fb::StageSkipped& t) {
        return {text(t.package(), "package"), text(t.stage(), "stage")};
    }
    event::OfferAccepted body(const fb::OfferAccepted& t) {
        return {text(t.package(), "package"),
                text(t.stage(), "stage"),
                text(t.offer(), "offer"),
                text(t.provider(), "provider"),
                instant(t.arrival(), "arrival"),
                optional_text(t.supersedes()),
                t.duplicate(),
                t.withdrawn()};
    }
    event::ProviderConfirmed body(const fb::ProviderConfirmed& t) {
        return {text(t.package(), "package"), text(t.stage(), "stage"), text(t.provider(), "provider")};
    }
    event::ProviderDeclined body(const fb::ProviderDeclined& t) {
        return {text(t.package(), "package"), text(t.stage(), "stage"), text(t.provider(), "provider")};
    }
    event::OfferWithdrawn body(const fb::OfferWithdrawn& t) {
        return {text(t.package(), "package"), text(t.stage(), "stage"), text(t.offer(), "offer"),
                text(t.provider(), "provider"), word<matching::WithdrawCause>(t.cause(), "cause")};
    }
    event::WindowExtended body(const fb::WindowExtended& t) {
        return {text(t.package(), "package"), text(t.stage(), "stage"), instant(t.closes(), "closes"),
                text(t.reason(), "reason")};
    }
    event::StageClosed body(const fb::StageClosed& t) {
        return {text(t.package(), "package"), text(t.stage(), "stage"), t.offers(),
                word<matching::CloseCause>(t.cause(), "cause")};
    }
    event::Shortlisted body(const fb::Shortlisted& t) {
        return {text(t.package(), "package"), texts(t.offers(), "offers", reader_.texts_),
                texts(t.providers(), "providers", reader_.more_texts_), instant(t.choose_by(), "choose_by")};
    }
    event::ApprovalPending body(const fb::ApprovalPending& t) {
        return {text(t.package(), "package"), optional_text(t.offer()), optional_text(t.provider()),
                text(t.role(), "role")};
    }
    event::Awarded body(const fb::Awarded& t) {
        return {text(t.package(), "package"),
                text(t.stage(), "stage"),
                text(t.offer(), "offer"),
                text(t.provider(), "provider"),
                instant(t.start(), "start"),
                word<matching::DecidedBy>(t.decided_by(), "decided_by"),
                ranking(t.ranking())};
    }
    event::AwardRefused body(const fb::AwardRefused& t) {
        return {text(t.package(), "package"), text(t.provider(), "provider")};
    }
    event::Unawarded body(const fb::Unawarded& t) {
        return {text(t.package(), "package"), word<matching::UnawardedReason>(t.reason(), "reason")};
    }
    event::PackageCancelled body(const fb::PackageCancelled& t) { return {text(t.package(), "package")}; }
    event::Standing body(const fb::Standing& t) {
        std::optional<bool> met;
        if (const auto given = t.met()) met = *given;
        return {text(t.procedure(), "procedure"), text(t.role(), "role"), optional_text(t.zone()),
                text(t.provider(), "provider"),   t.invited(),            t.offered(),
                t.awarded(),                      t.refused(),            met};
    }
    event::Rejected body(const fb::Rejected& t) {
        const std::optional<matching::Code> code = find_code(view_of(t.code()));
        if (!code) fail("code", "is missing or unknown");
        return {text(t.command(), "command"),
                code.value_or(matching::Code::malformed),
                text(t.detail(), "detail"),
                optional_text(t.package()),
                optional_text(t.provider()),
                optional_text(t.offer()),
                optional_text(t.procedure())};
    }

    std::span<const matching::RankedOffer> ranking(
        const flatbuffers::Vector<flatbuffers::Offset<fb::RankedOffer>>* offers) {
        reader_.ranking_.clear();
        if (offers == nullptr) fail("ranking", "is missing");
        for (unsigned i = 0; offers != nullptr && i < offers->size(); ++i) {
            const fb::RankedOffer& t = *offers->Get(i);
            matching::RankedOffer ranked{text(t.offer(), "ranking.offer"), text(t.provider(), "ranking.provider"), {}};
            if (t.lost_on() != fb::CriterionKind::unspecified) {
                ranked.lost_on = word<matching::CriterionKind>(t.lost_on(), "ranking.lost_on");
            }
            reader_.ranking_.push_back(ranked);
        }
        return reader_.ranking_;
    }

    // The table is sure to be of that type: the Verifier has followed the union's type field.
    template <class Table>
    void take(const fb::Event& event) {
        reader_.event_.body = body(*static_cast<const Table*>(event.body()));
    }

    EventReader& reader_;
    std::optional<std::string> flaw_;
};

std::optional<std::string> EventFields::read(const fb::Event& event) {
    if (event.body() == nullptr) return "body is missing";
    switch (event.body_type()) {
        case fb::EventBody::ProcedureRegistered: take<fb::ProcedureRegistered>(event); break;
        case fb::EventBody::ProviderRegistered: take<fb::ProviderRegistered>(event); break;
        case fb::EventBody::PackageOpened: take<fb::PackageOpened>(event); break;
        case fb::EventBody::StageOpened: take<fb::StageOpened>(event); break;
        case fb::EventBody::StageSkipped: take<fb::StageSkipped>(event); break;
        case fb::EventBody::OfferAccepted: take<fb::OfferAccepted>(event); break;
        case fb::EventBody::ProviderConfirmed: take<fb::ProviderConfirmed>(event); break;
        case fb::EventBody::ProviderDeclined: take<fb::ProviderDeclined>(event); break;
        case fb::EventBody::OfferWithdrawn: take<fb::OfferWithdrawn>(event); break;
        case fb::EventBody::WindowExtended: take<fb::WindowExtended>(event); break;
        case fb::EventBody::StageClosed: take<fb::StageClosed>(event); break;
        case fb::EventBody::Shortlisted: take<fb::Shortlisted>(event); break;
        case fb::EventBody::ApprovalPending: take<fb::ApprovalPending>(event); break;
        case fb::EventBody::Awarded: take<fb::Awarded>(event); break;
        case fb::EventBody::AwardRefused: take<fb::AwardRefused>(event); break;
        case fb::EventBody::Unawarded: take<fb::Unawarded>(event); break;
        case fb::EventBody::PackageCancelled: take<fb::PackageCancelled>(event); break;
        case fb::EventBody::Standing: take<fb::Standing>(event); break;
        case fb::EventBody::Rejected: take<fb::Rejected>(event); break;
        default: return "body is of an unknown kind";
    }
    reader_.event_.at_ns = instant(event.at(), "at");
    reader_.event_.sequence = event.sequence();
    return std::move(flaw_);
}

std::size_t EventReader::kind_of(std::span<const std::byte> message) noexcept {
    return static_cast<std::size_t>(flatbuffers::GetRoot<fb::Event>(message.data())->body_type()) - 1;
}

std::optional<std::string> EventReader::open(std::span<const std::byte> message) {
    event_ = matching::Event{};
    const auto* const event = verified_copy<fb::Event>(message, event_identifier, buffer_);
    if (event == nullptr) return "the message is no sound " + std::string{event_identifier} + " event";
    return EventFields{*this}.read(*event);
}

}  // namespace tiebreak::wire
