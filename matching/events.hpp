// The events: everything that Tiebreak says happened. Plain values with no behaviour.
//
// Texts and spans are views of what the engine owns. They are valid until the sink returns; a sink that keeps an
// event copies it.
#pragma once

#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "matching/codes.hpp"
#include "matching/instant.hpp"
#include "matching/procedure.hpp"

namespace tiebreak::matching {

// Dense numbers that the engine gives packages and providers, in the order of their first acceptance. The same
// commands give the same numbers.
using PackageIndex = std::uint32_t;
using ProviderIndex = std::uint32_t;
inline constexpr std::uint32_t no_index = 0xffff'ffff;

enum class CloseCause : std::uint8_t { deadline, all_answered, first_offer };
enum class WithdrawCause : std::uint8_t { withdrawn, declined, suspended };
enum class UnawardedReason : std::uint8_t { no_offers, approval_refused, refused };
// The first six are the criteria, in the order of CriterionKind.
enum class DecidedBy : std::uint8_t {
    earliest_start,
    highest_quality,
    highest_feedback,
    lowest_price,
    earliest_response,
    citizen_choice,
    first_offer,
    refusal,
    only_offer,
};

// One line of an award's ranking; its rank is its place in the span, from 1.
struct RankedOffer {
    std::string_view offer;
    std::string_view provider;
    std::optional<CriterionKind> lost_on;  // absent for the winner alone
    ProviderIndex provider_index = no_index;  // a number for tables, never written; no_index where it isn't known
};

namespace event {

struct ProcedureRegistered {
    std::string_view procedure;
    std::uint64_t revision = 0;
};
struct ProviderRegistered {
    std::string_view provider;
    std::uint64_t revision = 0;
};
struct PackageOpened {
    std::string_view package;
    std::string_view procedure;
};
struct StageOpened {
    std::string_view package;
    std::string_view stage;
    Instant closes_ns = 0;
    std::span<const std::string_view> invited;  // provider ids, sorted by their bytes
};
struct StageSkipped {
    std::string_view package;
    std::string_view stage;
};
struct OfferAccepted {
    std::string_view package;
    std::string_view stage;
    std::string_view offer;
    std::string_view provider;
    Instant arrival_ns = 0;
    std::optional<std::string_view> supersedes;
    bool duplicate = false;  // written only where true
    bool withdrawn = false;  // likewise
    ProviderIndex provider_index = no_index;  // as in RankedOffer
};
struct ProviderConfirmed {
    std::string_view package;
    std::string_view stage;
    std::string_view provider;
};
struct ProviderDeclined {
    std::string_view package;
    std::string_view stage;
    std::string_view provider;
};
struct OfferWithdrawn {
    std::string_view package;
    std::string_view stage;
    std::string_view offer;
    std::string_view provider;
    WithdrawCause cause = WithdrawCause::withdrawn;
};
struct WindowExtended {
    std::string_view package;
    std::string_view stage;
    Instant closes_ns = 0;
    std::string_view reason;
};
struct StageClosed {
    std::string_view package;
    std::string_view stage;
    std::uint64_t offers = 0;  // how many are live
    CloseCause cause = CloseCause::deadline;
};
struct Shortlisted {
    std::string_view package;
    std::span<const std::string_view> offers;     // both in rank order
    std::span<const std::string_view> providers;
    Instant choose_by_ns = 0;
};
struct ApprovalPending {
    std::string_view package;
    std::optional<std::string_view> offer;  // both absent for an approval before opening
    std::optional<std::string_view> provider;
    std::string_view role;
};
struct Awarded {
    std::string_view package;
    std::string_view stage;
    std::string_view offer;
    std::string_view provider;
    Instant start_ns = 0;
    DecidedBy decided_by = DecidedBy::only_offer;
    std::span<const RankedOffer> ranking;  // the winner first
};
struct AwardRefused {
    std::string_view package;
    std::string_view provider;
};
struct Unawarded {
    std::string_view package;
    UnawardedReason reason = UnawardedReason::no_offers;
};
struct PackageCancelled {
    std::string_view package;
};
struct Standing {
    std::string_view procedure;
    std::string_view role;
    std::optional<std::string_view> zone;
    std::string_view provider;
    std::uint64_t invited = 0;
    std::uint64_t offered = 0;
    std::uint64_t awarded = 0;
    std::uint64_t refused = 0;
    std::optional<bool> met;  // absent where the role has no obligation
};
struct Rejected {
    std::string_view command;  // its type
    Code code = Code::malformed;
    std::string_view detail;   // for people
    std::optional<std::string_view> package;  // the ids that the command named
    std::optional<std::string_view> provider;
    std::optional<std::string_view> offer;
    std::optional<std::string_view> procedure;
};

}  // namespace event

// In the order of the contract's table.
using EventBody =
    std::variant<event::ProcedureRegistered, event::ProviderRegistered, event::PackageOpened, event::StageOpened,
                 event::StageSkipped, event::OfferAccepted, event::ProviderConfirmed, event::ProviderDeclined,
                 event::OfferWithdrawn, event::WindowExtended, event::StageClosed, event::Shortlisted,
                 event::ApprovalPending, event::Awarded, event::AwardRefused, event::Unawarded,
                 event::PackageCancelled, event::Standing, event::Rejected>;

inline constexpr std::string_view event_names[] = {
    "procedure_registered", "provider_registered", "package_opened",     "stage_opened",      "stage_skipped",
    "offer_accepted",       "provider_confirmed",  "provider_declined",  "offer_withdrawn",   "window_extended",
    "stage_closed",         "shortlisted",         "approval_pending",   "awarded",           "award_refused",
    "unawarded",            "package_cancelled",   "standing",           "rejected"};
static_assert(std::size(event_names) == std::variant_size_v<EventBody>);

struct Event {
    Instant at_ns = 0;           // the command's stamp, or the deadline that caused it
    std::uint64_t sequence = 0;  // from 1, one more with each event
    PackageIndex package = no_index;  // the package it is about, if any: a number for tables, never written
    std::string_view zone;            // that package's zone, empty if none: for topics, never written
    EventBody body;
};

// Takes events as they happen, in order. Called on the thread that called the engine; must not call it back.
class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void on_event(const Event& event) = 0;
};

}  // namespace tiebreak::matching
