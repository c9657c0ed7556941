#include "matching/book.hpp"

#include <algorithm>

#include "matching/invariant.hpp"

namespace tiebreak::matching {
namespace {

// Rank order where every criterion counts.
bool before(const Candidate& a, const Candidate& b) noexcept {
    for (std::size_t word = 0; word < rank_words; ++word)  // most are decided by the first: no call for it
        if (a.key[word] != b.key[word]) return a.key[word] < b.key[word];
    return a.offer < b.offer;
}

}  // namespace

bool ranks_before(const Candidate& a, const Candidate& b, const RankOrder& order) noexcept {
    const auto difference = order.difference(a.key, b.key);
    return difference.sign != 0 ? difference.sign < 0 : a.offer < b.offer;
}

void Book::open(std::size_t seats) {
    candidates_.clear();
    seats_.assign(seats, nothing);
    answered_ = 0;
    best_place_ = nothing;
}

Answer Book::answer_at(Seat seat) const noexcept {
    switch (seats_[seat]) {
        case nothing: return Answer::none;
        case confirmation: return Answer::confirmed;
        case refusal_to_offer: return Answer::declined;
        default: return Answer::offered;
    }
}

OfferIndex Book::offer_at(Seat seat) const noexcept {
    return answer_at(seat) == Answer::offered ? candidates_[seats_[seat]].offer : no_index;
}

void Book::put(Seat seat, const RankKey& key, OfferIndex offer) {
    if (answer_at(seat) == Answer::offered) take(seat);
    if (seats_[seat] == nothing) ++answered_;
    const auto place = static_cast<std::uint32_t>(candidates_.size());
    if (place == candidates_.capacity()) candidates_.reserve(place + place / 2 + 8);
    candidates_.push_back({key, offer, seat});
    seats_[seat] = place;
    // An equal key stays behind: it was accepted later.
    if (place == 0 || (best_place_ != nothing && key < best_key_)) {
        best_place_ = place;
        best_key_ = key;
    }
}

void Book::take(Seat seat) noexcept {
    TIEBREAK_INVARIANT(answer_at(seat) == Answer::offered, "only a live offer can be taken from a book");
    const std::uint32_t place = seats_[seat];
    const auto last = static_cast<std::uint32_t>(candidates_.size() - 1);
    if (place != last) {
        candidates_[place] = candidates_[last];
        seats_[candidates_[place].seat] = place;
    }
    candidates_.pop_back();
    seats_[seat] = nothing;
    --answered_;
    if (best_place_ == place)
        best_place_ = nothing;
    else if (best_place_ == last)
        best_place_ = place;
}

void Book::note(Seat seat, Answer answer) noexcept {
    TIEBREAK_INVARIANT(answer_at(seat) != Answer::offered, "a live offer is taken away before another answer is noted");
    TIEBREAK_INVARIANT(answer == Answer::confirmed || answer == Answer::declined, "an offer is put, not noted");
    if (seats_[seat] == nothing) ++answered_;
    seats_[seat] = answer == Answer::confirmed ? confirmation : refusal_to_offer;
}

const Candidate* Book::best() const noexcept {
    if (candidates_.empty()) return nullptr;
    if (best_place_ == nothing) {
        best_place_ = static_cast<std::uint32_t>(std::min_element(candidates_.begin(), candidates_.end(), before) -
                                                 candidates_.begin());
        best_key_ = candidates_[best_place_].key;
    }
    return &candidates_[best_place_];
}

std::vector<Seat> Book::seats_with(Answer answer) const {
    std::vector<Seat> found;
    found.reserve(candidates_.empty() ? answered_ : candidates_.size());
    for (Seat seat = 0; seat < seats_.size(); ++seat)
        if (answer_at(seat) == answer) found.push_back(seat);
    return found;
}

std::vector<Candidate> Book::close(const RankOrder& order) {
    std::vector<Candidate> ranked = std::move(candidates_);
    *this = {};
    if (order.plain())
        std::sort(ranked.begin(), ranked.end(), before);
    else
        std::sort(ranked.begin(), ranked.end(),
                  [&](const Candidate& a, const Candidate& b) { return ranks_before(a, b, order); });
    return ranked;
}

}  // namespace tiebreak::matching
