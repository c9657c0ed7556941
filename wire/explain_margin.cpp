#include "wire/explain_margin.hpp"

#include "wire/prose_units.hpp"
#include "wire/prose_words.hpp"

namespace tiebreak::wire {
namespace {

using namespace matching;

bool equal_on(CriterionKind kind, const RankFacts& a, const RankFacts& b) {
    switch (kind) {
        case CriterionKind::earliest_start: return a.start_ns == b.start_ns;
        case CriterionKind::highest_quality: return a.quality == b.quality;
        case CriterionKind::highest_feedback: return a.feedback == b.feedback;
        case CriterionKind::lowest_price: return a.price_pence == b.price_pence;
        case CriterionKind::earliest_response: return a.arrival_ns == b.arrival_ns;
        case CriterionKind::citizen_choice: return true;
    }
    return true;
}

// Whether `a` is better than `b`, which differs from it, on a criterion. Without a value it is worst.
bool better_on(CriterionKind kind, const RankFacts& a, const RankFacts& b) {
    switch (kind) {
        case CriterionKind::earliest_start: return a.start_ns < b.start_ns;
        case CriterionKind::highest_quality: return a.quality > b.quality;  // nothing is less than any score
        case CriterionKind::highest_feedback: return a.feedback > b.feedback;
        case CriterionKind::lowest_price: return a.price_pence && (!b.price_pence || *a.price_pence < *b.price_pence);
        case CriterionKind::earliest_response: return a.arrival_ns < b.arrival_ns;
        case CriterionKind::citizen_choice: return false;
    }
    return false;
}

template <class Value>
std::optional<Value> difference(const std::optional<Value>& a, const std::optional<Value>& b) {
    if (!a || !b) return std::nullopt;
    return *a > *b ? *a - *b : *b - *a;
}

void measure(Margin& margin, const RankFacts& winner, const RankFacts& loser) {
    switch (margin.lost_on) {
        case CriterionKind::earliest_start: margin.by_ns = loser.start_ns - winner.start_ns; break;
        case CriterionKind::highest_quality: margin.by_score = difference(winner.quality, loser.quality); break;
        case CriterionKind::highest_feedback: margin.by_score = difference(winner.feedback, loser.feedback); break;
        case CriterionKind::lowest_price: margin.by_pence = difference(winner.price_pence, loser.price_pence); break;
        case CriterionKind::earliest_response: margin.by_ns = loser.arrival_ns - winner.arrival_ns; break;
        case CriterionKind::citizen_choice: break;
    }
}

std::string equality_text(CriterionKind kind, const RankFacts& facts) {
    switch (kind) {
        case CriterionKind::earliest_start: return "same start";
        case CriterionKind::highest_quality: return facts.quality ? "same rating" : "both without a rating";
        case CriterionKind::highest_feedback: return facts.feedback ? "same feedback" : "both without feedback";
        case CriterionKind::lowest_price: return facts.price_pence ? "same price" : "both without a price";
        case CriterionKind::earliest_response: return "same instant";
        case CriterionKind::citizen_choice: return {};
    }
    return {};
}

std::string score_difference(std::string_view what, std::optional<Score> winner, std::optional<Score> loser) {
    const std::string against = winner ? " against " + score_text(*winner) : "";
    return loser ? std::string{what} + ' ' + score_text(*loser) + against : "no " + std::string{what} + against;
}

std::string deciding_text(const Margin& margin, const RankFacts& winner, const RankFacts& loser) {
    switch (margin.lost_on) {
        case CriterionKind::earliest_start: return "started " + span_text(*margin.by_ns) + " later";
        case CriterionKind::highest_quality: return score_difference("quality", winner.quality, loser.quality);
        case CriterionKind::highest_feedback: return score_difference("feedback", winner.feedback, loser.feedback);
        case CriterionKind::lowest_price:
            return margin.by_pence ? money_text(*margin.by_pence) + " dearer" : std::string{"no price given"};
        case CriterionKind::earliest_response:
            return *margin.by_ns > 0 ? "answered " + span_text(*margin.by_ns) + " later"
                                     : std::string{"answered in the same nanosecond, next in line"};
        case CriterionKind::citizen_choice:
            return margin.ranked_higher ? "ranked higher, but the citizen chose another" : "the citizen chose another";
    }
    return {};
}

std::string joined(const Margin& margin, const RankFacts& loser, bool with_prices, const std::string& deciding) {
    std::string text;
    for (const CriterionKind kind : margin.equal)
        if (with_prices || kind != CriterionKind::lowest_price) text += equality_text(kind, loser) + ", ";
    return text + deciding;
}

}  // namespace

Margin margin_between(const RankOrder& criteria, const RankFacts& winner, const RankFacts& loser, CriterionKind lost_on) {
    Margin margin;
    margin.lost_on = lost_on;
    for (const RankOrder::Step& step : criteria) {
        if (step.kind == lost_on) break;
        if (step.kind == CriterionKind::citizen_choice) continue;
        if (!equal_on(step.kind, winner, loser)) {
            // Only the citizen's choice passes over a difference.
            margin.ranked_higher = better_on(step.kind, loser, winner);
            break;
        }
        margin.equal.push_back(step.kind);
    }
    measure(margin, winner, loser);
    return margin;
}

std::string margin_text(const Margin& margin, const RankFacts& winner, const RankFacts& loser) {
    return joined(margin, loser, true, deciding_text(margin, winner, loser));
}

std::string margin_text_for_loser(const Margin& margin, const RankFacts& winner, const RankFacts& loser) {
    std::string deciding = deciding_text(margin, winner, loser);
    if (margin.lost_on == CriterionKind::lowest_price) deciding = loser.price_pence ? "the price was higher" : "no price given";
    return joined(margin, loser, false, deciding);
}

}  // namespace tiebreak::wire
