#include "deploy/demo/summary.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <map>
#include <optional>

#include "deploy/demo/figures.hpp"
#include "deploy/demo/naive_rule.hpp"

namespace tiebreak::demo {

namespace {

using ReceiptsByPackage = std::map<std::string, std::vector<Receipt>, std::less<>>;

ReceiptsByPackage by_package(const std::vector<Receipt>& receipts) {
    ReceiptsByPackage sorted;
    for (const auto& receipt : receipts) {
        sorted[receipt.package].push_back(receipt);
    }
    return sorted;
}

[[gnu::format(printf, 1, 2)]] std::string formed(const char* form, ...) {
    char text[256];
    va_list arguments;
    va_start(arguments, form);
    std::vsnprintf(text, sizeof text, form, arguments);
    va_end(arguments);
    return text;
}

// "p50 81.2  p90 110.9  p99 240.0  max 391.5 us"
std::string in_words(const Percentiles& p) {
    return "p50 " + microseconds(p.p50) + "  p90 " + microseconds(p.p90) + "  p99 " + microseconds(p.p99) + "  max " +
           microseconds(p.max) + " us";
}

struct Race {
    const PackageRecord* package = nullptr;
    matching::Duration margin_ns = 0;
};

// The award that was decided by response with the least to spare.
std::optional<Race> closest_race(const Ledger& ledger) {
    std::optional<Race> closest;
    for (const auto& [id, package] : ledger.packages()) {
        const auto margin = margin_of(package);
        if (margin.arrival_ns && (!closest || *margin.arrival_ns < closest->margin_ns)) {
            closest = Race{&package, *margin.arrival_ns};
        }
    }
    return closest;
}

// By how much the answers that missed a close missed it; one for each that was refused as `closed` or `not_invited`.
std::vector<matching::Duration> too_late_by(const Played& played) {
    std::vector<matching::Duration> late;
    for (const auto& refusal : played.returns.refusals) {
        const auto* package = played.ledger.find(refusal.answer.package);
        if (package == nullptr) {
            continue;
        }
        for (auto stage = package->stages.rbegin(); stage != package->stages.rend(); ++stage) {
            if (stage->closed && refusal.arrival_ns >= stage->closes_ns) {
                late.push_back(refusal.arrival_ns - stage->closes_ns);
                break;
            }
        }
    }
    return late;
}

}  // namespace

std::vector<std::string> check_day(const Played& played) {
    auto faults = played.returns.faults;
    const auto receipts = by_package(played.returns.receipts);
    for (const auto& [id, package] : played.ledger.packages()) {
        const auto found = receipts.find(id);
        for (auto& what : find_faults(package, found == receipts.end() ? std::vector<Receipt>{} : found->second)) {
            faults.push_back(std::move(what));
        }
        if (package.award && !played.seen_ns.contains(id)) {
            faults.push_back(id + ": its award never reached the subscriber of awards");
        }
    }
    if (played.ledger.ended() != played.ledger.packages().size()) {
        faults.push_back(std::to_string(played.ledger.ended()) + " ends for " +
                         std::to_string(played.ledger.packages().size()) + " packages");
    }
    return faults;
}

void print_summary(Board& board, const Played& played, std::size_t front_ends) {
    std::map<matching::DecidedBy, std::size_t> decided_by;
    std::vector<std::int64_t> lateness;
    std::size_t awards = 0, offers = 0, together = 0;
    matching::Instant last_together_ns = 0;
    for (const auto& [id, package] : played.ledger.packages()) {
        offers += package.arrivals.size();
        if (!package.award) {
            continue;
        }
        ++awards;
        ++decided_by[package.award->decided_by];
        const auto seen = played.seen_ns.find(id);
        if (seen == played.seen_ns.end()) {
            continue;
        }
        if (package.stages.back().cause == matching::CloseCause::deadline) {
            lateness.push_back(seen->second - package.award->at_ns);
        }
        if (package.award->at_ns == played.closed_together_ns) {
            ++together;
            last_together_ns = std::max(last_together_ns, seen->second);
        }
    }
    const auto line = [&](const char* name, const std::string& value) { board.line(formed("  %-24s", name) + value); };

    board.heading("The day");
    line("packages", std::to_string(played.ledger.packages().size()) + " in " + duration_for_people(played.took_ns));
    line("offers", std::to_string(offers) + " accepted, over " + std::to_string(front_ends) + " connections");
    line("awards", std::to_string(awards) + "; nobody wanted the other " +
                       std::to_string(played.ledger.packages().size() - awards));
    std::string shares;
    for (const auto& [criterion, count] : decided_by) {
        shares += (shares.empty() ? "" : ", ") + std::string(word_of(criterion)) + " " + std::to_string(count);
    }
    line("decided by", shares);
    if (const auto race = closest_race(played.ledger)) {
        const auto& ranking = race->package->award->ranking;
        line("smallest winning margin", std::to_string(race->margin_ns) + " ns: " + ranking[0].provider + " before " +
                                            ranking[1].provider + " for " + race->package->id);
    }
    if (const auto late = too_late_by(played); !late.empty()) {
        line("too late", std::to_string(late.size()) + " answers; the closest by " +
                             duration_for_people(*std::min_element(late.begin(), late.end())));
    }
    if (together > 0) {
        line("closed at one instant", std::to_string(together) + " packages; the last award seen " +
                                          microseconds(last_together_ns - played.closed_together_ns) + " us later");
    }
    line("deadline to award, seen", in_words(percentiles_of(lateness)));
    line("answer to receipt", in_words(percentiles_of(played.returns.acknowledged_ns)) + "; durable by then");
}

}  // namespace tiebreak::demo
