// What was sent and what was said about it: from this alone the awards are worked out again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tiebreak::bench {

enum class OfferState : std::uint8_t { unanswered, accepted, closed, busy, refused };

struct SentOffer {
    std::int64_t stamp_ns = 0;  // of its receipt, also of a refusal
    std::uint32_t package = 0;
    std::uint16_t provider = 0;
    std::uint8_t start = 0;     // which of the scene's starts
    OfferState state = OfferState::unanswered;
};

// By the steady clock.
struct RequestTimes {
    std::int64_t due_ns = 0;
    std::int64_t sent_ns = 0;
    std::int64_t answered_ns = 0;  // 0: not yet
};

// One load thread's offers of one round. An offer's id names its round, its ledger and its place there.
struct Ledger {
    std::vector<SentOffer> offers;
    std::vector<RequestTimes> requests;  // request r has the offers from r * batch on
    std::uint32_t number = 0;            // the thread in its offers' ids
    std::uint64_t duplicated = 0;      // answers to what had been answered, or was never asked
    std::uint64_t wrong_answers = 0;   // that contradict the stamps: see `note`
    std::string note;                  // the first of them, for people
};

struct OfferPlace {
    std::uint32_t round = 0;
    std::uint32_t thread = 0;
    std::uint32_t index = 0;
};

inline constexpr std::size_t offer_id_bytes = 13;  // "rrttt-iiiiiii", in hexadecimal

inline std::string_view write_offer_id(const OfferPlace& place, char (&text)[offer_id_bytes]) noexcept {
    constexpr char digits[] = "0123456789abcdef";
    const auto put = [&](std::size_t begin, std::size_t end, std::uint32_t value) {
        while (end-- > begin) {
            text[end] = digits[value & 15U];
            value >>= 4U;
        }
    };
    put(0, 2, place.round);
    put(2, 5, place.thread);
    text[5] = '-';
    put(6, offer_id_bytes, place.index);
    return {text, offer_id_bytes};
}

}  // namespace tiebreak::bench
