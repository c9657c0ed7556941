// What offers will need is fetched into the cache before they come, for many at once: on the way to its book an offer waits for
// memory several times, one after the other; a few offers side by side wait together.
#include <algorithm>
#include <array>

#include "matching/engine_state.hpp"

namespace tiebreak::matching {

namespace {

constexpr std::size_t expected_at_once = 16;  // more of them push each other out of the caches' waiting lists

struct Expected {
    std::uint64_t package_hash = 0, provider_hash = 0;
    std::uint32_t package = IdIndex::none, provider = IdIndex::none;
};

}  // namespace

// Changes nothing, so it may guess: by hashes alone, without a look at the ids.
void Engine::State::expect(std::span<const command::Offer> offers, std::vector<PackageIndex>& packages) const {
    for (; !offers.empty(); offers = offers.subspan(std::min(expected_at_once, offers.size()))) {
        std::array<Expected, expected_at_once> expected;
        const auto each = [&](const auto& look) {
            for (std::size_t i = 0; i < std::min(expected_at_once, offers.size()); ++i) look(expected[i], offers[i]);
        };
        each([&](Expected& e, const command::Offer& offer) {
            e.package_hash = IdIndex::hash_of(offer.package);
            e.provider_hash = IdIndex::hash_of(offer.provider);
            package_index_.prefetch(e.package_hash);
            providers_.index().prefetch(e.provider_hash);
        });
        each([&](Expected& e, const command::Offer&) {
            e.package = package_index_.guess(e.package_hash);
            e.provider = providers_.index().guess(e.provider_hash);
            if (e.package != IdIndex::none) packages_[e.package].prefetch();
            if (e.provider != IdIndex::none) prefetch(&providers_.at(e.provider));
        });
        each([&](const Expected& e, const command::Offer& offer) {
            if (e.package == IdIndex::none || e.provider == IdIndex::none) return;
            const PackageRecord& package = packages_[e.package];
            if (!package.is_open()) return;
            packages.push_back(e.package);
            prefetch(package.content.id.data());
            if (const auto seat = package.invited->seat_of(e.provider)) package.book.prefetch(*seat);
            providers_.at(e.provider).offers.prefetch(IdIndex::hash_of(offer.id));
        });
    }
}

}  // namespace tiebreak::matching
