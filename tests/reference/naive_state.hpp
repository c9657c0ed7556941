// What the naive engine remembers: plain values in vectors, in the order in which they came. Nothing is indexed,
// cached or counted ahead; whoever needs something looks through everything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matching/commands.hpp"
#include "matching/events.hpp"
#include "matching/instant.hpp"
#include "matching/procedure.hpp"

namespace tiebreak::reference {

// The revisions of one id, the current one last: revision 1 is the first.
template <typename Content>
struct Registered {
    std::vector<Content> revisions;

    [[nodiscard]] const Content& current() const { return revisions.back(); }
};

enum class OfferFate : std::uint8_t {
    live,
    withdrawn,   // by its provider, by a decline or by a suspension
    superseded,  // by another offer of its provider in the same stage
    refused,     // awarded, and the provider could not take it up
    left_out,    // its provider was suspended when an offer came up for the award, or when the award was made
};

struct NaiveOffer {
    std::string id;
    std::string provider;
    matching::Instant start_ns = 0;
    std::optional<matching::Pence> price_pence;
    std::optional<std::string> landlord;
    // As they were when it was accepted:
    matching::Instant arrival_ns = 0;
    std::uint64_t sequence = 0;
    std::optional<matching::Score> quality;
    std::optional<matching::Score> feedback;
    std::optional<std::string> supersedes;

    OfferFate fate = OfferFate::live;
};

struct Invitation {
    std::string provider;
    std::optional<std::string> role;  // the first of the audience's roles that it fitted; absent: it names none
};

// One stage of one package that opened. A skipped one leaves no trace.
struct NaiveStage {
    std::size_t number = 0;  // its place in the procedure
    matching::Instant opened_ns = 0;
    matching::Instant closes_ns = 0;
    std::optional<matching::CloseCause> closed_by;  // absent: still open, or cancelled while open
    matching::Instant closed_ns = 0;                // where closed_by is present
    std::vector<Invitation> invited;                // sorted by provider
    std::vector<NaiveOffer> offers;                 // every one accepted, in the order of acceptance
    std::vector<std::string> confirmed;             // providers whose confirmation stands
    std::vector<std::string> declined;              // providers whose decline stands
    std::vector<std::string> answered_at_close;     // providers with a live offer or a confirmation at the close
    std::optional<std::string> chosen;              // the offer that the citizen picked, while that pick holds
    std::vector<std::string> refused_by;            // providers that refused this stage's award
};

enum class Phase : std::uint8_t {
    opening_approval,  // a role must approve before the first stage opens
    stage_open,
    choice_open,
    award_approval,  // a role must approve before the award is made
    awarded,
    unawarded,
    cancelled,
};

struct NaivePackage {
    matching::command::Package registered;
    matching::command::Procedure procedure;  // the revision that was current when it opened
    Phase phase = Phase::stage_open;
    std::vector<NaiveStage> stages;  // those that opened; while one is open or pending, it is the last

    // choice_open:
    std::vector<std::size_t> shortlist;  // in rank order, each by its place in the last stage's offers
    matching::Instant choose_by_ns = 0;

    // opening_approval, award_approval: the roles that still have to approve, the one asked first.
    std::vector<std::string> approvals_left;
    // award_approval, awarded: the offer that came up, by its place in the last stage's offers.
    std::size_t came_up = 0;
};

}  // namespace tiebreak::reference
