// Finds a dense number by its id text. The texts live elsewhere (in the records that the numbers stand for): the
// index holds numbers and half of each hash, so that a look-up costs one probe and one comparison.
//
// Never iterated, so that the order of hashes cannot leak into what matching does.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "matching/prefetch.hpp"

namespace tiebreak::matching {

class IdIndex {
public:
    static constexpr std::uint32_t none = 0xffff'ffff;

    [[nodiscard]] static std::uint64_t hash_of(std::string_view text) noexcept;

    // The number stored for `text`, or `none`. `text_of(number)` gives the text that a number stands for.
    template <typename TextOf>
    [[nodiscard]] std::uint32_t find(std::string_view text, std::uint64_t hash, const TextOf& text_of) const {
        return first(hash, [&](std::uint32_t number) { return text_of(number) == text; });
    }
    template <typename TextOf>
    [[nodiscard]] std::uint32_t find(std::string_view text, const TextOf& text_of) const {
        return find(text, hash_of(text), text_of);
    }

    // The first number that was stored under such a hash, or `none`: most likely the one that find() gives.
    [[nodiscard]] std::uint32_t guess(std::uint64_t hash) const noexcept {
        return first(hash, [](std::uint32_t) { return true; });
    }
    // Brings near what the next look-up of this hash reads.
    void prefetch(std::uint64_t hash) const noexcept {
        if (slots_ != nullptr) matching::prefetch(&slots_[home_of(half_of(hash))]);
    }

    // Stores a number under a text that is not in the index yet.
    void insert(std::uint64_t hash, std::uint32_t number) {
        if (slots_ == nullptr || std::size_t{count_ + 1} * 3 > size() * 2) grow();
        place({half_of(hash), number});
        ++count_;
    }

private:
    struct Slot {
        std::uint32_t hash = 0;  // a half of it: it says where the slot belongs however large the index is
        std::uint32_t number = none;
    };

    static std::uint32_t half_of(std::uint64_t hash) noexcept { return static_cast<std::uint32_t>(hash >> 32U); }
    [[nodiscard]] std::size_t size() const noexcept { return std::size_t{1} << bits_; }
    [[nodiscard]] std::size_t mask() const noexcept { return size() - 1; }
    // By the hash's high bits, so that growing goes through both tables from front to back.
    [[nodiscard]] std::size_t home_of(std::uint32_t hash) const noexcept { return hash >> (32U - bits_); }

    template <typename Fits>
    [[nodiscard]] std::uint32_t first(std::uint64_t whole_hash, const Fits& fits) const {
        if (slots_ == nullptr) return none;
        const std::uint32_t hash = half_of(whole_hash);
        for (std::size_t i = home_of(hash);; i = (i + 1) & mask()) {
            const Slot& slot = slots_[i];
            if (slot.number == none) return none;
            if (slot.hash == hash && fits(slot.number)) return slot.number;
        }
    }

    void place(Slot slot) noexcept {
        std::size_t i = home_of(slot.hash);
        while (slots_[i].number != none) i = (i + 1) & mask();
        slots_[i] = slot;
    }
    void grow() {
        const std::size_t old_size = slots_ == nullptr ? 0 : size();
        const std::unique_ptr<Slot[]> old = std::move(slots_);
        bits_ = old_size == 0 ? 2 : bits_ + 1;
        slots_ = std::make_unique<Slot[]>(size());
        for (std::size_t i = 0; i < old_size; ++i)
            if (old[i].number != none) place(old[i]);
    }

    std::unique_ptr<Slot[]> slots_;  // open addressing; at most two thirds full
    std::uint32_t bits_ = 0;         // there are 2^bits_ slots
    std::uint32_t count_ = 0;
};

// Reads the text eight bytes at a time and mixes by multiplying. Ids are short, so that what counts is the fixed cost.
inline std::uint64_t IdIndex::hash_of(std::string_view text) noexcept {
    constexpr std::uint64_t odd = 0x9e37'79b9'7f4a'7c15U;
    const auto mix = [](std::uint64_t h) {
        h *= odd;
        return h ^ (h >> 32U);
    };
    const auto word_at = [&](std::size_t place) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + place, sizeof word);
        return word;
    };
    std::uint64_t hash = text.size();
    if (text.size() >= 8) {
        for (std::size_t place = 0; place + 8 < text.size(); place += 8) hash = mix(hash ^ word_at(place));
        return mix(mix(hash ^ word_at(text.size() - 8)));  // the last word may overlap the one before it: no harm
    }
    std::uint64_t word = 0;
    for (const char c : text) word = word << 8U | static_cast<unsigned char>(c);
    return mix(mix(hash ^ word));
}

}  // namespace tiebreak::matching
