#include "daemon/expecting.hpp"

#include <algorithm>

#include "matching/prefetch.hpp"

namespace tiebreak::daemon {

namespace {

// A request of one offer is shorter.
constexpr std::size_t request_bytes_max = 512;

}  // namespace

void Expecting::offers(std::span<const matching::command::Offer> offers) {
    packages_.clear();
    engine_.expect(offers, packages_);
    for (const matching::PackageIndex package : packages_) feed_.expect(package);
}

void Expecting::requests(std::span<const std::span<const std::byte>> requests) {
    for (const auto request : requests) matching::prefetch(request.data(), std::min(request.size(), request_bytes_max));
    offers_.clear();
    for (const auto request : requests) {
        if (request.size() > request_bytes_max || reader_.open(request) || reader_.size() != 1 || !reader_.is_offer(0)) continue;
        matching::command::Offer& offer = offers_.emplace_back();
        if (reader_.decode_offer(0, offer)) offers_.pop_back();
    }
    if (offers_.size() > 1) this->offers(offers_);
}

}  // namespace tiebreak::daemon
