// The rule of Framework Schedule 4 §2.2.1, carried out once more in the plainest way from the receipts alone: of the
// offers that stand when the window closes, the earliest start wins; on a tie, the earliest arrival.
//
// It shares no code with the engine, so that the demo proves its awards instead of repeating them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "deploy/demo/ledger.hpp"

namespace tiebreak::demo {

// One offer that stands at the close of a stage, best first in a vector of them.
struct Standing {
    std::string offer;
    std::string provider;
    matching::Instant start_ns = 0;
    matching::Instant arrival_ns = 0;
};

// The offers that stand at the close of `stage`, best first. `receipts`: everything accepted for its package, in any order.
[[nodiscard]] std::vector<Standing> rank_by_hand(const StageRecord& stage, std::vector<Receipt> receipts);

// Every way in which what the feed said of a package differs from what the receipts say; empty if it is all right.
[[nodiscard]] std::vector<std::string> find_faults(const PackageRecord& package, const std::vector<Receipt>& receipts);

}  // namespace tiebreak::demo
