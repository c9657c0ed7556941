// Finds a dense number by its id text. The texts live elsewhere (in the records that the numbers stand for): the
// index holds numbers and a few bits of each hash, so that a look-up costs one probe and one comparison.
//
// Never iterated, so that the order of hashes cannot leak into what matching does.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace tiebreak::matching {

class IdIndex {
public:
    static constexpr std::uint32_t none = 0xffff'ffff;

    [[nodiscard]] static std::uint64_t hash_of(std::string_view text) noexcept {
        return std::hash<std::string_view>{}(text);
    }

    // The number stored for `text`, or `none`. `text_of(number)` gives the text that a number stands for.
    template <typename TextOf>
    [[nodiscard]] std::uint32_t find(std::string_view text, std::uint64_t hash, const TextOf& text_of) const {
        if (slots_.empty()) return none;
        const auto tag = tag_of(hash);
        for (std::size_t i = hash & mask();; i = (i + 1) & mask()) {
            const Slot& slot = slots_[i];
            if (slot.number == none) return none;
            if (slot.tag == tag && text_of(slot.number) == text) return slot.number;
        }
    }
    template <typename TextOf>
    [[nodiscard]] std::uint32_t find(std::string_view text, const TextOf& text_of) const {
        return find(text, hash_of(text), text_of);
    }

    // Stores a number under a text that is not in the index yet.
    void insert(std::uint64_t hash, std::uint32_t number) {
        if ((count_ + 1) * 2 > slots_.size()) grow();
        place({tag_of(hash), static_cast<std::uint32_t>(hash), number});
        ++count_;
    }

private:
    struct Slot {
        std::uint32_t tag = 0;
        std::uint32_t low = 0;  // the hash's low half, so that growing needs no texts
        std::uint32_t number = none;
    };

    static std::uint32_t tag_of(std::uint64_t hash) noexcept { return static_cast<std::uint32_t>(hash >> 32U); }
    [[nodiscard]] std::size_t mask() const noexcept { return slots_.size() - 1; }

    void place(Slot slot) noexcept {
        std::size_t i = slot.low & mask();
        while (slots_[i].number != none) i = (i + 1) & mask();
        slots_[i] = slot;
    }
    void grow() {
        std::vector<Slot> old = std::move(slots_);
        slots_.assign(old.empty() ? 16 : old.size() * 2, Slot{});
        for (const Slot& slot : old)
            if (slot.number != none) place(slot);
    }

    std::vector<Slot> slots_;  // a power of two, at most half full
    std::size_t count_ = 0;
};

}  // namespace tiebreak::matching
