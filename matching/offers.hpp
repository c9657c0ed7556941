// Every offer that was ever accepted, so that repeating one gets the first answer again, whatever has become of it.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
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

// One cache line, because closing a stage visits the offers of its ranking wherever they lie in memory; so a short id lies in
// it as well.
struct alignas(64) OfferRecord {
    Instant arrival_ns = 0;
    Instant start_ns = 0;
    Pence price_pence = no_price;
    PackageIndex package = no_index;
    ProviderIndex provider = no_index;
    OfferIndex supersedes = no_index;
    std::uint32_t landlord = no_index;  // place among the landlords that Offers keeps
    std::uint32_t stage = 0;
    OfferState state = OfferState::live;
    std::uint8_t id_bytes = 0;
    std::array<char, 18> id_text{};  // or, of an id that is longer, where Offers keeps it

    static constexpr Pence no_price = -1;
    static constexpr std::size_t id_bytes_max = 64;
    [[nodiscard]] std::string_view id() const noexcept {
        if (id_bytes <= id_text.size()) return {id_text.data(), id_bytes};
        const char* kept = nullptr;
        std::memcpy(&kept, id_text.data(), sizeof kept);
        return {kept, id_bytes};
    }
    [[nodiscard]] std::optional<Pence> price() const noexcept {
        return price_pence == no_price ? std::nullopt : std::optional<Pence>{price_pence};
    }
};
static_assert(sizeof(OfferRecord) == 64);

class Offers {
public:
    // The offer of that id that was accepted from this provider, or no_index.
    [[nodiscard]] OfferIndex find(const ProviderRecord& provider, std::string_view id, std::uint64_t hash) const {
        return provider.offers.find(id, hash, [this](std::uint32_t n) { return records_[n].id(); });
    }

    // Keeps a newly accepted offer; `rest` says what id and landlord do not.
    OfferIndex add(ProviderRecord& provider, std::uint64_t hash, std::string_view id,
                   std::optional<std::string_view> landlord, const OfferRecord& rest) {
        OfferRecord record = rest;
        const auto index = static_cast<OfferIndex>(records_.size());
        record.id_bytes = static_cast<std::uint8_t>(id.size());
        if (id.size() <= record.id_text.size()) {
            std::memcpy(record.id_text.data(), id.data(), id.size());
        } else {
            const char* const kept = texts_.keep(id).data();
            std::memcpy(record.id_text.data(), &kept, sizeof kept);
        }
        if (landlord) {
            record.landlord = static_cast<std::uint32_t>(landlords_.size());
            landlords_.push_back(texts_.keep(*landlord));
        }
        records_.push_back(record);
        provider.offers.insert(hash, index);
        return index;
    }

    [[nodiscard]] std::optional<std::string_view> landlord(const OfferRecord& record) const {
        if (record.landlord == no_index) return std::nullopt;
        return landlords_[record.landlord];
    }

    // Whether the command says the same as the accepted offer: start, price and landlord; the package is the caller's.
    [[nodiscard]] bool same_content(const OfferRecord& record, const command::Offer& offer) const {
        return record.start_ns == offer.start_ns && record.price() == offer.price_pence && landlord(record) == offer.landlord;
    }

    [[nodiscard]] OfferRecord& at(OfferIndex offer) noexcept { return records_[offer]; }
    [[nodiscard]] const OfferRecord& at(OfferIndex offer) const noexcept { return records_[offer]; }
    [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }

private:
    StableVector<OfferRecord, 4096> records_;
    TextArena texts_;
    StableVector<std::string_view> landlords_;
};

}  // namespace tiebreak::matching
