// Every offer that was ever accepted, so that repeating one gets the first answer again, whatever has become of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "matching/book.hpp"
#include "matching/commands.hpp"
#include "matching/events.hpp"
#include "matching/registry.hpp"
#include "matching/stable_vector.hpp"
#include "matching/text_arena.hpp"

namespace tiebreak::matching {

enum class OfferState : std::uint8_t {
    live,        // in an open book, or in the ranking of a closed stage
    withdrawn,   // by the provider, by its decline or by its suspension
    superseded,  // by the provider's next offer in the stage
    refused,     // awarded, and then not taken up
    left_out,    // left out of the ranking because its provider was suspended when it came up
};

struct OfferRecord {
    std::string_view id;
    std::string_view landlord;
    Instant arrival_ns = 0;
    Instant start_ns = 0;
    Pence price_pence = no_price;
    PackageIndex package = no_index;
    ProviderIndex provider = no_index;
    OfferIndex supersedes = no_index;
    std::uint32_t stage = 0;
    OfferState state = OfferState::live;
    bool has_landlord = false;

    static constexpr Pence no_price = -1;
    [[nodiscard]] std::optional<Pence> price() const noexcept {
        return price_pence == no_price ? std::nullopt : std::optional<Pence>{price_pence};
    }
};

class Offers {
public:
    // The offer of that id that was accepted from this provider, or no_index.
    [[nodiscard]] OfferIndex find(const ProviderRecord& provider, std::string_view id, std::uint64_t hash) const {
        return provider.offers.find(id, hash, [this](std::uint32_t n) { return records_[n].id; });
    }

    // Keeps a newly accepted offer.
    OfferIndex add(ProviderRecord& provider, std::uint64_t hash, const command::Offer& offer, OfferRecord record) {
        const auto index = static_cast<OfferIndex>(records_.size());
        record.id = texts_.keep(offer.id);
        record.start_ns = offer.start_ns;
        record.price_pence = offer.price_pence.value_or(OfferRecord::no_price);
        record.has_landlord = offer.landlord.has_value();
        if (offer.landlord) record.landlord = texts_.keep(*offer.landlord);
        records_.push_back(record);
        provider.offers.insert(hash, index);
        return index;
    }

    [[nodiscard]] OfferRecord& at(OfferIndex offer) noexcept { return records_[offer]; }
    [[nodiscard]] const OfferRecord& at(OfferIndex offer) const noexcept { return records_[offer]; }
    [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }

private:
    StableVector<OfferRecord, 4096> records_;
    TextArena texts_;
};

// Whether the command says the same as the accepted offer: package (compared by the caller), start, price and landlord.
[[nodiscard]] inline bool same_content(const OfferRecord& record, const command::Offer& offer) noexcept {
    return record.start_ns == offer.start_ns && record.price() == offer.price_pence &&
           record.has_landlord == offer.landlord.has_value() && (!offer.landlord || record.landlord == *offer.landlord);
}

}  // namespace tiebreak::matching
