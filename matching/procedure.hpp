// The words of a procedure: how one kind of package is allocated. Plain values, as the council's contract states
// them; engine.hpp compiles and carries them out, well_formed.hpp says which are acceptable.
//
// All texts are owned (UTF-8). Equality is equality by value, as the contract defines "the same content".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "matching/instant.hpp"

namespace tiebreak::matching {

// A score from 0 to 100 in thousandths, so that three decimals compare exactly: 87.5 is 87'500.
using Score = std::uint32_t;
inline constexpr Score score_max = 100'000;

using Pence = std::int64_t;  // 0 to 2^63-1

// Who is invited to a stage, beside being registered and not suspended.
struct Audience {
    std::optional<std::vector<std::string>> roles;  // absent: any; empty: nobody
    bool zone = false;       // "zone":"package": a membership must fit the package's zone
    bool scheme = false;     // "scheme":"package": and its scheme
    bool confirmed = false;  // only those who confirmed in the last confirm stage before this one
    bool operator==(const Audience&) const = default;
};

enum class StageKind : std::uint8_t { offer, confirm };
enum class CloseRule : std::uint8_t { deadline, all_answered, first_offer };

// One step: an audience, a response window, a way to close.
struct Stage {
    std::string name;
    Audience audience;
    StageKind kind = StageKind::offer;
    Duration window_ns = 0;
    std::vector<std::pair<std::string, Duration>> windows;  // by urgency; sorted by urgency, each once
    CloseRule close = CloseRule::deadline;
    bool operator==(const Stage&) const = default;
};

enum class CriterionKind : std::uint8_t {
    earliest_start,
    highest_quality,
    highest_feedback,
    lowest_price,
    earliest_response,
    citizen_choice,
};

// What a citizen's alternative must meet.
enum class AlternativeCondition : std::uint8_t { not_inadequate, direct_payment, on_site, top_up };

struct Criterion {
    CriterionKind kind = CriterionKind::earliest_response;
    std::optional<Instant> from_ns;   // counts only for stages that close at or after it
    std::optional<Instant> until_ns;  // counts only for stages that close before it
    // citizen_choice alone:
    Duration choice_window_ns = 0;                                       // 24 h where the text has none
    std::optional<std::vector<AlternativeCondition>> alternative;        // absent: no alternative may be chosen
    bool operator==(const Criterion&) const = default;
};
inline constexpr Duration choice_window_default_ns = 86'400'000'000'000;

enum class ApprovalBefore : std::uint8_t { award, opening };

struct Approval {
    std::string role;
    Pence over_pence = 0;  // asked where the package's value is more than this
    ApprovalBefore before = ApprovalBefore::award;
    bool operator==(const Approval&) const = default;
};

// What an offer must bring or its provider must be, in the order in which it is checked.
enum class Requirement : std::uint8_t { accommodation, not_inadequate, cqc_registered, vacancy, price };

// Which ratings make a provider's quality: see rating.hpp.
struct RatingRule {
    Instant baseline_ns = 0;
    std::vector<std::string> before;  // rating sources that count up to the baseline
    std::vector<std::string> after;   // and after it
    bool operator==(const RatingRule&) const = default;
};

// The share of its invitations, in whole per cent, that a role must answer and win.
struct Obligation {
    std::string role;
    std::uint8_t min_offered = 0;
    std::uint8_t min_awarded = 0;
    bool operator==(const Obligation&) const = default;
};

namespace command {

struct Procedure {
    std::string id;
    std::optional<std::string> title;
    std::optional<std::string> source;  // document and clause
    std::vector<Stage> stages;
    std::vector<Criterion> ranking;     // as written: a last earliest_response that was not written is not here
    std::vector<Approval> approvals;
    std::vector<Requirement> requires_;
    std::optional<RatingRule> rating_rule;
    std::vector<Obligation> obligations;
    bool operator==(const Procedure&) const = default;
};

}  // namespace command
}  // namespace tiebreak::matching
