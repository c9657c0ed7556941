// Rank keys: what an offer is worth under its procedure, as fixed-width words that compare in rank order.
//
// A procedure's ranking is compiled once. When an offer is accepted each criterion becomes one unsigned word of its
// key, smaller being better, in the order in which the criteria are written. Where every criterion counts, comparing two
// keys word by word is comparing the offers. Criteria with `from` or `until` count or not by when the stage closes,
// which nobody knows before: `order_at` says, for a close, which words count in which order.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "matching/instant.hpp"
#include "matching/procedure.hpp"

namespace tiebreak::matching {

// One for each kind of criterion that a word can hold: all but citizen_choice.
inline constexpr std::size_t rank_words = 5;
using RankKey = std::array<std::uint64_t, rank_words>;

// What a key is made from: the offer, and the provider's scores at the moment it is accepted.
struct RankFacts {
    Instant start_ns = 0;
    Instant arrival_ns = 0;
    std::optional<Pence> price_pence;
    std::optional<Score> quality;
    std::optional<Score> feedback;
};

// The criteria that count for a stage with a certain close, in order, each kind once.
class RankOrder {
public:
    struct Step {
        CriterionKind kind = CriterionKind::earliest_response;
        std::uint8_t word = 0;  // its place in the key; meaningless for citizen_choice
    };
    [[nodiscard]] const Step* begin() const noexcept { return steps_.data(); }
    [[nodiscard]] const Step* end() const noexcept { return steps_.data() + count_; }

    // The first criterion on which two offers differ, the citizen's choice aside: negative `sign` if `a` is better,
    // positive if `b` is. Offers of one stage that tie on every word differ on earliest_response, by sequence;
    // then `sign` is zero.
    struct Difference {
        CriterionKind kind = CriterionKind::earliest_response;
        int sign = 0;
    };
    [[nodiscard]] Difference difference(const RankKey& a, const RankKey& b) const noexcept;

    // Whether two offers are equal on all that stands before the citizen's choice.
    [[nodiscard]] bool equal_before_choice(const RankKey& a, const RankKey& b) const noexcept;

    // The citizen's choice among the criteria that count, if any.
    [[nodiscard]] const Criterion* choice() const noexcept { return choice_; }
    // Whether comparing whole keys, word by word, is the order.
    [[nodiscard]] bool plain() const noexcept { return plain_; }

private:
    friend class CompiledRanking;
    void add(CriterionKind kind, std::uint8_t word) noexcept { steps_[count_++] = {kind, word}; }

    std::array<Step, rank_words + 1> steps_{};
    std::uint8_t count_ = 0;
    bool plain_ = false;
    const Criterion* choice_ = nullptr;
};

class CompiledRanking {
public:
    CompiledRanking() = default;
    // Keeps a copy of the criteria, ending in earliest_response whether written or not.
    explicit CompiledRanking(const std::vector<Criterion>& ranking);

    [[nodiscard]] RankKey key(const RankFacts& facts) const noexcept;
    [[nodiscard]] bool uses(CriterionKind kind) const noexcept;

    // The order for a stage that closes at `close_ns`. It points into this object.
    [[nodiscard]] RankOrder order_at(Instant close_ns) const noexcept;

private:
    static constexpr std::uint8_t no_word = 0xff;
    std::vector<Criterion> criteria_;
    std::uint8_t words_ = 0;  // how many words of a key are used
    std::array<std::uint8_t, rank_words + 1> word_of_{no_word, no_word, no_word, no_word, no_word, no_word};
};

}  // namespace tiebreak::matching
