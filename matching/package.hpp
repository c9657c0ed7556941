// One package on its way: where it stands in its procedure, the book of its open stage, and what is being decided.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "matching/audience.hpp"
#include "matching/book.hpp"
#include "matching/commands.hpp"
#include "matching/events.hpp"
#include "matching/registry.hpp"

namespace tiebreak::matching {

enum class Phase : std::uint8_t {
    approval_to_open,   // a role must approve before the first stage opens
    open,               // a stage takes answers
    deciding,           // between two others, within one step; never seen from outside
    choice,             // the citizen is asked
    approval_to_award,  // a role must approve before the award is made
    awarded,
    unawarded,
    cancelled,
};

// What a closed stage leaves behind, for reports and for the stages that look back at it.
struct ClosedStage {
    std::uint32_t stage = 0;
    Instant opened_ns = 0;
    CloseCause cause = CloseCause::deadline;
    std::shared_ptr<const Invited> invited;
    std::vector<Seat> offered;  // seats with a live offer (in a confirm stage: a confirmation) at the close
    std::vector<ProviderIndex> refused;
    ProviderIndex holder = no_index;  // who holds the award
};

// The choice among the offers of the stage that closed last. Empty while a stage is open.
struct Deciding {
    Instant closed_ns = 0;  // when the stage closed
    RankOrder order;        // what counts for a stage that closed then
    std::vector<Candidate> ranking;      // what is still in the ranking, best first, the citizen's choice aside
    std::vector<OfferIndex> shortlist;   // while a choice is open
    OfferIndex chosen = no_index;        // the citizen's pick
    bool refused = false;                // an award of this stage was refused
    std::uint32_t approval = 0;          // place of the role that is asked, in the procedure's approvals
};

// What an offer meets on its way comes first and together: packages lie anywhere in memory, and each of them is far away.
struct alignas(64) PackageRecord {
    const ProcedureRevision* procedure = nullptr;  // the revision current when it opened
    PackageIndex index = no_index;
    Phase phase = Phase::deciding;
    bool any_refused = false;  // some award of it, in any stage
    std::uint32_t stage = 0;
    Instant opened_ns = 0;    // the present stage's
    Instant deadline_ns = 0;  // the present stage's close, or the end of the choice window
    Instant earliest_start_ns = 0;  // the content's start_from and start_by, where it has them
    Instant latest_start_ns = std::numeric_limits<Instant>::max();
    std::shared_ptr<const Invited> invited;
    Book book;
    command::Package content;

    Deciding deciding;
    std::vector<ClosedStage> closed;

    static constexpr std::size_t hot_bytes = 5 * cache_line_bytes;  // up to the content's id and zone
    [[nodiscard]] bool is_open() const noexcept { return phase == Phase::open; }
    [[nodiscard]] bool is_waiting() const noexcept {
        return phase == Phase::approval_to_open || phase == Phase::choice || phase == Phase::approval_to_award;
    }
    [[nodiscard]] const Stage& stage_rules() const noexcept { return procedure->content.stages[stage]; }
    // Brings near what an offer meets, but for the book's insides.
    void prefetch() const noexcept { matching::prefetch(this, hot_bytes); }
    // The offer that comes up for the award: the citizen's pick, else the best.
    [[nodiscard]] const Candidate& candidate() const noexcept;
};

}  // namespace tiebreak::matching
