// Everything that happened to one package, and why: what `tiebreak explain` shows. Plain values that own their texts.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matching/codes.hpp"
#include "matching/commands.hpp"
#include "matching/events.hpp"
#include "matching/procedure.hpp"
#include "matching/rank_key.hpp"
#include "wire/explain_audience.hpp"

namespace tiebreak::wire {

// What became of an accepted offer. `left_out`: its provider was suspended when an offer came up for the award.
enum class OfferFate : std::uint8_t { live, withdrawn, declined, suspended, superseded, refused, left_out };

struct OfferStory {
    std::string provider;
    std::string offer;
    std::string stage;
    std::uint64_t sequence = 0;  // of its acceptance
    matching::RankFacts facts;   // at its acceptance
    std::optional<std::string> landlord;
    std::optional<matching::Instant> submitted_at_ns;
    OfferFate fate = OfferFate::live;
};

struct NotInvited {
    std::string provider;
    WhyNot why;
};

struct StageStory {
    matching::Stage rules;
    bool skipped = false;
    matching::Instant opened_ns = 0;  // or skipped
    matching::Instant closes_ns = 0;  // as it stands now
    std::optional<matching::Instant> closed_ns;
    matching::CloseCause cause = matching::CloseCause::deadline;
    std::uint64_t answers = 0;            // live offers, or confirmations, at the close
    std::vector<std::string> invited;     // these three sorted by id
    std::vector<NotInvited> not_invited;  // every other provider registered at that moment
    std::vector<std::string> silent;      // invited, and without any answer at the close
};

// What happened, in the order of matching::event_names; then what commands did that has no event of its own.
enum class What : std::uint8_t {
    procedure_registered, provider_registered, package_opened, stage_opened, stage_skipped, offer_accepted,
    provider_confirmed, provider_declined, offer_withdrawn, window_extended, stage_closed, shortlisted,
    approval_pending, awarded, award_refused, unawarded, package_cancelled, standing, rejected,
    choice_made, choice_declined, choice_lapsed, choice_dropped, approval_given, approval_denied, offer_left_out,
};
[[nodiscard]] std::string_view what_name(What what) noexcept;  // "offer_accepted", as in JSON

// One line of the story. Which fields mean something depends on `what`; absent texts are empty.
struct Happening {
    matching::Instant at_ns = 0;
    std::uint64_t sequence = 0;  // of its event; 0 for what has none
    std::uint64_t order = 0;     // rises through everything that one recorder has seen
    What what = What::rejected;
    std::string package;  // only of a reject that named a package which was never opened
    std::string stage;
    std::string provider;
    std::string offer;
    std::string supersedes;
    std::string role;
    std::string reason;   // free text that came with a command
    std::string command;  // what was rejected
    std::optional<matching::Code> code;
    std::optional<matching::Instant> until_ns;  // closes, choose_by
    std::optional<matching::Instant> start_ns;  // of an offer, accepted or rejected; of an award
    std::optional<matching::Pence> price_pence;
    std::optional<matching::Duration> late_ns;  // since the last stage closed, of what was rejected as `closed`
    std::uint64_t count = 0;                    // invited, live offers, the procedure's revision
    std::vector<std::string> providers;         // of a shortlist
    matching::CloseCause close_cause = matching::CloseCause::deadline;
    matching::WithdrawCause withdraw_cause = matching::WithdrawCause::withdrawn;
    matching::UnawardedReason unawarded = matching::UnawardedReason::no_offers;
    matching::DecidedBy decided_by = matching::DecidedBy::only_offer;
    bool confirming = false;   // of a stage: it asks for confirmations
    bool duplicate = false;
    bool withdrawn = false;    // of a duplicate
    bool alternative = false;  // of a choice
};

struct ApprovalStory {
    std::string role;
    bool before_opening = false;
    std::string provider;  // whose offer is to be approved; empty before opening
    std::string offer;
    matching::Instant asked_ns = 0;
    std::optional<matching::Instant> answered_ns;
    bool approved = false;
    bool dropped = false;  // no longer asked: the offer left, or the package was cancelled
    std::string reason;
};

enum class ChoiceEnd : std::uint8_t { open, chosen, declined, lapsed, dropped };

struct ChoiceStory {
    std::string stage;
    matching::Instant asked_ns = 0;
    matching::Instant choose_by_ns = 0;
    std::vector<std::string> offers;  // both in rank order
    std::vector<std::string> providers;
    ChoiceEnd end = ChoiceEnd::open;
    std::optional<matching::Instant> ended_ns;
    std::string chosen;  // the provider
    bool alternative = false;
    bool top_up_agreed = false;
};

struct RankedStory {
    std::size_t offer = 0;  // its place in Dossier::offers
    std::optional<matching::CriterionKind> lost_on;
};

struct AwardStory {
    matching::Instant at_ns = 0;
    std::uint64_t sequence = 0;
    std::size_t stage = 0;  // its place in Dossier::stages
    matching::DecidedBy decided_by = matching::DecidedBy::only_offer;
    std::vector<RankedStory> ranking;  // the winner first
    std::optional<matching::Instant> refused_ns;
    std::string refused_reason;
};

enum class PackageState : std::uint8_t {
    approval_to_open, open, choice, approval_to_award, awarded, unawarded, cancelled
};

struct Dossier {
    matching::command::Package package;
    matching::command::Procedure procedure;  // the revision that the package keeps
    std::uint64_t revision = 0;
    matching::Instant opened_ns = 0;
    matching::Instant as_of_ns = 0;  // the story is told up to here
    PackageState state = PackageState::open;
    matching::UnawardedReason unawarded = matching::UnawardedReason::no_offers;
    std::vector<StageStory> stages;
    std::vector<OfferStory> offers;  // accepted ones, by acceptance
    std::vector<Happening> happenings;
    std::vector<ApprovalStory> approvals;
    std::vector<ChoiceStory> choices;
    std::vector<AwardStory> awards;  // refused ones too
    std::map<std::string, std::string> names;  // of every provider that is registered with one

    // Who holds the award now, if anybody does.
    [[nodiscard]] const AwardStory* award() const noexcept;
    [[nodiscard]] const OfferStory& winner(const AwardStory& award) const { return offers[award.ranking.front().offer]; }
    [[nodiscard]] std::string_view confirm_stage_before(std::size_t stage) const noexcept;
};

}  // namespace tiebreak::wire
