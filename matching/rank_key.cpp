#include "matching/rank_key.hpp"

#include <limits>

#include "matching/invariant.hpp"

namespace tiebreak::matching {
namespace {

constexpr std::uint64_t worst = std::numeric_limits<std::uint64_t>::max();

std::size_t index_of(CriterionKind kind) noexcept { return static_cast<std::size_t>(kind); }

// The larger score is better, none at all is worst.
std::uint64_t score_word(std::optional<Score> score) noexcept { return score ? score_max - *score : worst; }

std::uint64_t word(CriterionKind kind, const RankFacts& facts) noexcept {
    switch (kind) {
        case CriterionKind::earliest_start: return static_cast<std::uint64_t>(facts.start_ns);
        case CriterionKind::highest_quality: return score_word(facts.quality);
        case CriterionKind::highest_feedback: return score_word(facts.feedback);
        case CriterionKind::lowest_price: return facts.price_pence ? static_cast<std::uint64_t>(*facts.price_pence) : worst;
        case CriterionKind::earliest_response: return static_cast<std::uint64_t>(facts.arrival_ns);
        case CriterionKind::citizen_choice: break;
    }
    return 0;
}

bool counts_at(const Criterion& criterion, Instant close_ns) noexcept {
    return (!criterion.from_ns || close_ns >= *criterion.from_ns) &&
           (!criterion.until_ns || close_ns < *criterion.until_ns);
}

}  // namespace

RankOrder::Difference RankOrder::difference(const RankKey& a, const RankKey& b) const noexcept {
    for (const Step& step : *this) {
        if (step.kind == CriterionKind::citizen_choice) continue;
        if (a[step.word] != b[step.word]) return {step.kind, a[step.word] < b[step.word] ? -1 : 1};
        if (step.kind == CriterionKind::earliest_response) break;  // equal stamps: the sequence decides
    }
    return {CriterionKind::earliest_response, 0};
}

bool RankOrder::equal_before_choice(const RankKey& a, const RankKey& b) const noexcept {
    for (const Step& step : *this) {
        if (step.kind == CriterionKind::citizen_choice) return true;
        if (step.kind == CriterionKind::earliest_response) return false;  // no two offers are equal on it
        if (a[step.word] != b[step.word]) return false;
    }
    return true;
}

CompiledRanking::CompiledRanking(const std::vector<Criterion>& ranking) : criteria_(ranking) {
    // The last earliest_response always counts, written or not, with or without from and until.
    if (criteria_.empty() || criteria_.back().kind != CriterionKind::earliest_response) criteria_.emplace_back();
    criteria_.back().from_ns.reset();
    criteria_.back().until_ns.reset();

    std::uint8_t next = 0;
    for (const Criterion& criterion : criteria_) {
        auto& place = word_of_[index_of(criterion.kind)];
        if (criterion.kind != CriterionKind::citizen_choice && place == no_word) place = next++;
    }
    TIEBREAK_INVARIANT(next <= rank_words, "a rank key has a word for each kind of criterion");
    words_ = next;
}

RankKey CompiledRanking::key(const RankFacts& facts) const noexcept {
    RankKey key{};
    for (std::size_t kind = 0; kind < word_of_.size(); ++kind)
        if (word_of_[kind] != no_word) key[word_of_[kind]] = word(static_cast<CriterionKind>(kind), facts);
    return key;
}

bool CompiledRanking::uses(CriterionKind kind) const noexcept {
    for (const Criterion& criterion : criteria_)
        if (criterion.kind == kind) return true;
    return false;
}

RankOrder CompiledRanking::order_at(Instant close_ns) const noexcept {
    RankOrder order;
    std::array<bool, rank_words + 1> seen{};
    std::uint8_t words = 0;
    bool in_order = true;
    for (const Criterion& criterion : criteria_) {
        if (!counts_at(criterion, close_ns) || seen[index_of(criterion.kind)]) continue;
        seen[index_of(criterion.kind)] = true;
        order.add(criterion.kind, word_of_[index_of(criterion.kind)]);
        if (criterion.kind == CriterionKind::citizen_choice)
            order.choice_ = &criterion;
        else
            in_order = in_order && word_of_[index_of(criterion.kind)] == words++;
    }
    // Whole keys compare in rank order only where each word counts, in its place, and the response comes last.
    order.plain_ = in_order && words == words_ && order.steps_[order.count_ - 1].kind == CriterionKind::earliest_response;
    return order;
}

}  // namespace tiebreak::matching
