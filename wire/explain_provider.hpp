// What one provider may know of a package: its own invitations (or why not), its own answers and rejects, where it came,
// and the winner's deciding value. Never who the others were, what they said or what they asked for.
//
// A view is made of nothing but what may be shown, so whatever renders it can leak nothing. Free text that others wrote
// (the reason of an extension, of an approval, of a cancellation) is left out, because it may name anybody.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/explain_dossier.hpp"
#include "wire/prose_table.hpp"
#include "wire/prose_time.hpp"

namespace tiebreak::wire {

struct ProviderStage {
    std::string stage;
    bool confirming = false;
    bool skipped = false;  // nobody was asked
    bool invited = false;
    bool registered = true;  // when the stage opened
    WhyNot why;              // where not invited, though registered
    std::string why_text;    // "you hold none of the roles ...", as a clause; empty if invited
    matching::Instant opened_ns = 0;
    matching::Instant closes_ns = 0;
    std::optional<matching::Instant> closed_ns;
    matching::CloseCause cause = matching::CloseCause::deadline;
};

// Where the provider came in one award's ranking.
struct ProviderRank {
    matching::Instant at_ns = 0;
    std::string stage;
    std::string offer;     // the provider's own
    std::size_t rank = 0;  // from 1; 1: it was awarded
    std::size_t of = 0;
    matching::DecidedBy decided_by = matching::DecidedBy::only_offer;
    bool refused_by_winner = false;
    std::optional<matching::CriterionKind> lost_on;
    // The deciding values, where the criterion has one that may be told: the winner's start, arrival, quality or feedback.
    std::optional<matching::Instant> own_instant_ns, winning_instant_ns;
    std::optional<matching::Score> own_score, winning_score;
    std::optional<matching::Duration> by_ns;
    std::optional<matching::Score> by_score;
    std::string why;  // "same start, answered 1.204 318 ms later"; for a price only that it was higher
};

enum class ProviderStanding : std::uint8_t {
    not_invited,  // so far
    invited,      // a stage that it is invited to is open
    waiting,      // its stage has closed, nothing is decided yet
    awarded,
    lost,         // somebody else holds the award
    unawarded,
    cancelled,
};

struct ProviderView {
    std::string package;
    std::string procedure;
    std::optional<std::string> title;
    std::string provider;
    std::optional<std::string> name;
    matching::Instant opened_ns = 0;
    matching::Instant as_of_ns = 0;
    ProviderStanding standing = ProviderStanding::not_invited;
    bool shortlisted = false;       // its offer is before the citizen now
    std::string approval_by;        // the role that is asked to approve its award now
    std::vector<ProviderStage> stages;
    std::vector<ProviderRank> ranks;    // in each award's ranking that its offer was in
    std::vector<Happening> happenings;  // its own, and the stages that it was invited to
};

[[nodiscard]] ProviderView provider_view(const Dossier& dossier, std::string_view provider);

// "You came 2nd of 3: started 2 h later." and such: the whole outcome for this provider.
[[nodiscard]] std::string standing_text(const ProviderView& view, Clock clock);

// For people, ending with a line break; for programs, one object, its keys documented in EXPLAIN.md.
[[nodiscard]] std::string provider_text(const ProviderView& view, const Look& look, Clock clock);
void append_provider_json(std::string& to, const ProviderView& view);

}  // namespace tiebreak::wire
