#include "deploy/demo/naive_rule.hpp"

#include <algorithm>

namespace tiebreak::demo {

namespace {

using matching::CriterionKind;
using matching::DecidedBy;

bool in_window(const StageRecord& stage, matching::Instant arrival_ns) {
    // The answer that completes a stage closes it at its own stamp; at a deadline that same stamp is late.
    const bool answer_may_close = stage.cause != matching::CloseCause::deadline;
    return arrival_ns >= stage.opened_ns &&
           (arrival_ns < stage.closes_ns || (answer_may_close && arrival_ns == stage.closes_ns));
}

AwardRecord award_by_hand(const std::vector<Standing>& standing) {
    AwardRecord award;
    const auto& best = standing.front();
    award.start_ns = best.start_ns;
    for (const auto& one : standing) {
        RankedRecord ranked{one.offer, one.provider, std::nullopt};
        if (&one != &best) {
            ranked.lost_on = one.start_ns != best.start_ns ? CriterionKind::earliest_start : CriterionKind::earliest_response;
        }
        award.ranking.push_back(std::move(ranked));
    }
    if (standing.size() == 1) {
        award.decided_by = DecidedBy::only_offer;
    } else {
        award.decided_by = award.ranking[1].lost_on == CriterionKind::earliest_start ? DecidedBy::earliest_start
                                                                                      : DecidedBy::earliest_response;
    }
    return award;
}

}  // namespace

std::vector<Standing> rank_by_hand(const StageRecord& stage, std::vector<Receipt> receipts) {
    std::sort(receipts.begin(), receipts.end(),
              [](const Receipt& a, const Receipt& b) { return a.arrival_ns < b.arrival_ns; });
    std::vector<Standing> standing;
    for (const auto& receipt : receipts) {
        if (!in_window(stage, receipt.arrival_ns)) {
            continue;
        }
        // Whatever a provider answers, its earlier offer goes: replaced, withdrawn or declined.
        std::erase_if(standing, [&](const Standing& one) { return one.provider == receipt.provider; });
        if (receipt.answer == Answer::offer) {
            standing.push_back({receipt.offer, receipt.provider, receipt.start_ns, receipt.arrival_ns});
        }
    }
    std::sort(standing.begin(), standing.end(), [](const Standing& a, const Standing& b) {
        return a.start_ns != b.start_ns ? a.start_ns < b.start_ns : a.arrival_ns < b.arrival_ns;
    });
    return standing;
}

std::vector<std::string> find_faults(const PackageRecord& package, const std::vector<Receipt>& receipts) {
    std::vector<std::string> faults;
    const auto fault = [&](const std::string& what) { faults.push_back(package.id + ": " + what); };

    if (package.award && package.unawarded) {
        fault("both awarded and unawarded");
    }
    if (!package.ended()) {
        fault("neither awarded nor unawarded");
    }
    for (const auto& receipt : receipts) {
        const auto published = package.arrivals.find({receipt.provider, receipt.offer});
        if (receipt.answer == Answer::offer &&
            (published == package.arrivals.end() || published->second != receipt.arrival_ns)) {
            fault("the receipt of offer " + receipt.offer + " of " + receipt.provider + " differs from what was published");
        }
    }
    bool decided = false;
    for (const auto& stage : package.stages) {
        if (!stage.closed) {
            fault("stage " + stage.name + " never closed");
            continue;
        }
        const auto standing = rank_by_hand(stage, receipts);
        if (decided) {
            fault("stage " + stage.name + " opened after one that had offers");
        }
        if (stage.offers != standing.size()) {
            fault("stage " + stage.name + " closed with " + std::to_string(stage.offers) + " offers; the receipts have " +
                  std::to_string(standing.size()));
        }
        if (standing.empty()) {
            continue;
        }
        decided = true;
        if (!package.award || package.award->stage != stage.name) {
            fault("stage " + stage.name + " had offers and no award");
            continue;
        }
        const auto expected = award_by_hand(standing);
        if (package.award->at_ns != stage.closes_ns) {
            fault("awarded at another instant than the close");
        }
        if (package.award->ranking.empty() || package.award->ranking.front() != expected.ranking.front()) {
            fault("awarded to another offer than " + expected.ranking.front().offer);
        } else if (package.award->ranking != expected.ranking || package.award->start_ns != expected.start_ns) {
            fault("the ranking differs from the receipts'");
        }
        if (package.award->decided_by != expected.decided_by) {
            fault("decided by another criterion than the receipts show");
        }
    }
    if (!decided && package.award) {
        fault("awarded although no receipt was in any window");
    }
    return faults;
}

}  // namespace tiebreak::demo
