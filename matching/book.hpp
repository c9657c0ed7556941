// The book of one open stage: its live offers, at most one for each invited provider, with the best at hand.
//
// Providers sit at seats: their places in the stage's audience. An offer is added, replaced and removed by its
// seat without any search; the offers themselves are kept unsorted and ranked once, when the stage closes. (Keeping them
// sorted costs more with every offer and gains nothing before the close: see bench/README.md.)
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "matching/archive.hpp"
#include "matching/events.hpp"
#include "matching/prefetch.hpp"
#include "matching/rank_key.hpp"

namespace tiebreak::matching {

using OfferIndex = std::uint32_t;  // dense number of an accepted offer, in the order of acceptance
using Seat = std::uint32_t;

// One offer in a ranking.
struct Candidate {
    RankKey key{};
    OfferIndex offer = no_index;
    Seat seat = 0;
};
template <typename Archive>
void fields(Archive& ar, Candidate& c) {
    archive(ar, c.key, c.offer, c.seat);
}

// Whether `a` comes before `b` in rank order; equal stamps are decided by the order of acceptance.
[[nodiscard]] bool ranks_before(const Candidate& a, const Candidate& b, const RankOrder& order) noexcept;

// What an invited provider has said so far.
enum class Answer : std::uint8_t { none, offered, confirmed, declined };

class Book {
public:
    Book() = default;

    // Opens an empty book for so many invited providers.
    void open(std::size_t seats);

    [[nodiscard]] Answer answer_at(Seat seat) const noexcept;
    // The live offer at a seat, or no_index.
    [[nodiscard]] OfferIndex offer_at(Seat seat) const noexcept;

    // Puts an offer at a seat, in place of whatever the provider said before.
    void put(Seat seat, const RankKey& key, OfferIndex offer);
    // Takes the offer from a seat, which has one; the provider has then not answered.
    void take(Seat seat) noexcept;
    // Notes an answer other than an offer; a live offer must have been taken away first.
    void note(Seat seat, Answer answer) noexcept;

    // Brings near what put() will touch.
    void prefetch(Seat seat) const noexcept {
        matching::prefetch(seats_.data() + seat);
        matching::prefetch(candidates_.data() + candidates_.size());
        matching::prefetch_near(candidates_.data() + candidates_.size(), sizeof(Candidate) - 1);
    }

    // Brings near what close() will read.
    void prefetch_all() const noexcept {
        matching::prefetch(candidates_.data(), std::min(candidates_.size() * sizeof(Candidate), prefetch_bytes_max));
        matching::prefetch(seats_.data(), std::min(seats_.size() * sizeof(std::uint32_t), prefetch_bytes_max));
    }

    [[nodiscard]] std::size_t live() const noexcept { return candidates_.size(); }
    [[nodiscard]] std::size_t answered() const noexcept { return answered_; }

    // The best live offer by whole keys, or nullptr. It is what the ranking puts first where every criterion counts.
    [[nodiscard]] const Candidate* best() const noexcept;

    // The live offers in no particular order.
    [[nodiscard]] std::span<const Candidate> candidates() const noexcept { return candidates_; }

    // The seats with that answer, in order.
    [[nodiscard]] std::vector<Seat> seats_with(Answer answer) const;

    // Ends the book and empties it: its offers in rank order.
    [[nodiscard]] std::vector<Candidate> close(const RankOrder& order);

    // All that a book is, for snapshots.
    template <typename Archive>
    friend void fields(Archive& ar, Book& book) {
        archive(ar, book.candidates_, book.seats_);
        std::uint64_t answered = book.answered_;
        archive(ar, answered);
        book.answered_ = static_cast<std::uint32_t>(answered);
        if constexpr (Archive::reading) book.best_place_ = nothing;
    }

private:
    // What a seat holds: the place of its offer in candidates_, or one of the words below.
    static constexpr std::size_t prefetch_bytes_max = 4096;
    static constexpr std::uint32_t nothing = 0xffff'ffff;
    static constexpr std::uint32_t confirmation = 0xffff'fffe;
    static constexpr std::uint32_t refusal_to_offer = 0xffff'fffd;

    std::vector<Candidate> candidates_;
    std::vector<std::uint32_t> seats_;
    std::uint32_t answered_ = 0;
    mutable std::uint32_t best_place_ = nothing;  // of the best offer among candidates_; nothing: to be looked for again
    mutable RankKey best_key_{};                  // its key: to compare the next offer with it takes no look at the others
};

}  // namespace tiebreak::matching
