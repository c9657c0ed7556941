#include "deploy/demo/ledger.hpp"

#include <variant>

namespace tiebreak::demo {

namespace event = matching::event;

void Ledger::expect(std::string_view package, std::string_view zone) {
    auto& record = packages_[std::string(package)];
    record.id = package;
    record.zone = zone;
}

void Ledger::note_start(std::string_view package, OfferKey offer, matching::Instant start_ns) {
    if (auto* record = package_of(package)) {
        record->starts[std::move(offer)] = start_ns;
    }
}

const PackageRecord* Ledger::find(std::string_view package) const {
    const auto found = packages_.find(package);
    return found == packages_.end() ? nullptr : &found->second;
}

PackageRecord* Ledger::package_of(std::string_view package) {
    const auto found = packages_.find(package);
    return found == packages_.end() ? nullptr : &found->second;
}

const PackageRecord* Ledger::end(PackageRecord& package) {
    ++ended_;
    return &package;
}

const PackageRecord* Ledger::on_event(const matching::Event& event) {
    if (const auto* opened = std::get_if<event::StageOpened>(&event.body)) {
        if (auto* package = package_of(opened->package)) {
            package->stages.push_back(
                {std::string(opened->stage), event.at_ns, opened->closes_ns, opened->invited.size(), 0, {}, false});
        }
    } else if (const auto* accepted = std::get_if<event::OfferAccepted>(&event.body)) {
        if (auto* package = package_of(accepted->package); package && !accepted->duplicate) {
            package->arrivals[{std::string(accepted->provider), std::string(accepted->offer)}] = accepted->arrival_ns;
        }
    } else if (const auto* extended = std::get_if<event::WindowExtended>(&event.body)) {
        if (auto* package = package_of(extended->package); package && !package->stages.empty()) {
            package->stages.back().closes_ns = extended->closes_ns;
        }
    } else if (const auto* closed = std::get_if<event::StageClosed>(&event.body)) {
        if (auto* package = package_of(closed->package); package && !package->stages.empty()) {
            auto& stage = package->stages.back();
            stage.closes_ns = event.at_ns;
            stage.offers = closed->offers;
            stage.cause = closed->cause;
            stage.closed = true;
        }
    } else if (const auto* awarded = std::get_if<event::Awarded>(&event.body)) {
        if (auto* package = package_of(awarded->package)) {
            AwardRecord award{std::string(awarded->stage), event.at_ns, awarded->start_ns, awarded->decided_by, {}};
            for (const auto& ranked : awarded->ranking) {
                award.ranking.push_back({std::string(ranked.offer), std::string(ranked.provider), ranked.lost_on});
            }
            package->award = std::move(award);
            return end(*package);
        }
    } else if (const auto* unawarded = std::get_if<event::Unawarded>(&event.body)) {
        if (auto* package = package_of(unawarded->package)) {
            package->unawarded = true;
            return end(*package);
        }
    }
    return nullptr;
}

}  // namespace tiebreak::demo
