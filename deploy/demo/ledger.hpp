// What happened, told twice: by the receipts to those who sent something, and by the feed to everyone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "matching/events.hpp"
#include "matching/instant.hpp"

namespace tiebreak::demo {

enum class Answer : std::uint8_t { offer, decline, withdraw };

// One accepted answer, as its sender knows it: what it sent, and the stamp in the reply.
struct Receipt {
    Answer answer = Answer::offer;
    std::string package;
    std::string provider;
    std::string offer;  // empty for a decline
    matching::Instant start_ns = 0;
    matching::Instant arrival_ns = 0;
};

struct StageRecord {
    std::string name;
    matching::Instant opened_ns = 0;
    matching::Instant closes_ns = 0;  // the close itself once `closed`
    std::size_t invited = 0;
    std::uint64_t offers = 0;
    matching::CloseCause cause = matching::CloseCause::deadline;
    bool closed = false;
};

struct RankedRecord {
    std::string offer;
    std::string provider;
    std::optional<matching::CriterionKind> lost_on;
    bool operator==(const RankedRecord&) const = default;
};

struct AwardRecord {
    std::string stage;
    matching::Instant at_ns = 0;
    matching::Instant start_ns = 0;
    matching::DecidedBy decided_by = matching::DecidedBy::only_offer;
    std::vector<RankedRecord> ranking;
};

using OfferKey = std::pair<std::string, std::string>;  // provider, offer

// One package as the feed tells it.
struct PackageRecord {
    std::string id;
    std::string zone;
    std::vector<StageRecord> stages;
    std::map<OfferKey, matching::Instant> arrivals;  // of every offer accepted
    std::map<OfferKey, matching::Instant> starts;    // of every offer that anybody means to make: the feed has them not
    std::optional<AwardRecord> award;
    bool unawarded = false;
    [[nodiscard]] bool ended() const noexcept { return award.has_value() || unawarded; }
};

// Collects the feed's events by package. Not thread-safe.
class Ledger {
public:
    // Declares a package before any of its events; events of packages that were not declared are left aside.
    void expect(std::string_view package, std::string_view zone);

    // Notes the start of an offer before it is sent.
    void note_start(std::string_view package, OfferKey offer, matching::Instant start_ns);

    // The record of the package that ended by this event; null if none did.
    const PackageRecord* on_event(const matching::Event& event);

    // Null if the package was not declared.
    [[nodiscard]] const PackageRecord* find(std::string_view package) const;
    [[nodiscard]] const std::map<std::string, PackageRecord, std::less<>>& packages() const noexcept { return packages_; }
    // How often a package ended; once each, if all is well.
    [[nodiscard]] std::size_t ended() const noexcept { return ended_; }

private:
    PackageRecord* package_of(std::string_view package);
    const PackageRecord* end(PackageRecord& package);

    std::map<std::string, PackageRecord, std::less<>> packages_;
    std::size_t ended_ = 0;
};

}  // namespace tiebreak::demo
