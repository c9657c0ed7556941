#include "tests/reference/naive_ranking.hpp"

#include <algorithm>

namespace tiebreak::reference {

using matching::Criterion;
using matching::CriterionKind;
using matching::Instant;
using matching::Score;
namespace command = matching::command;

std::vector<Criterion> criteria_that_count(const command::Procedure& procedure, Instant closed_ns) {
    // "Every ranking ends in earliest_response, written or not."
    std::vector<Criterion> written = procedure.ranking;
    if (written.empty() || written.back().kind != CriterionKind::earliest_response) {
        written.push_back(Criterion{});
        written.back().kind = CriterionKind::earliest_response;
    }
    // "the criterion counts only for stages that close at or after `from` (`until` likewise: before it); any
    // criterion may have them, but the last `earliest_response` always counts."
    std::vector<Criterion> counting;
    for (std::size_t i = 0; i < written.size(); ++i) {
        const bool last = i + 1 == written.size();
        const bool begun = !written[i].from_ns || closed_ns >= *written[i].from_ns;
        const bool ended = written[i].until_ns && closed_ns >= *written[i].until_ns;
        if (last || (begun && !ended)) counting.push_back(written[i]);
    }
    return counting;
}

std::size_t place_of_choice(const std::vector<Criterion>& criteria) {
    for (std::size_t i = 0; i < criteria.size(); ++i) {
        if (criteria[i].kind == CriterionKind::citizen_choice) return i;
    }
    return criteria.size();
}

bool better_on(CriterionKind criterion, const NaiveOffer& a, const NaiveOffer& b) {
    switch (criterion) {
        case CriterionKind::earliest_start:
            return a.start_ns < b.start_ns;
        case CriterionKind::highest_quality:  // "none at all is worst"
            return a.quality && (!b.quality || *a.quality > *b.quality);
        case CriterionKind::highest_feedback:
            return a.feedback && (!b.feedback || *a.feedback > *b.feedback);
        case CriterionKind::lowest_price:
            return a.price_pence && (!b.price_pence || *a.price_pence < *b.price_pence);
        case CriterionKind::earliest_response:  // "equal stamps by sequence"
            if (a.arrival_ns != b.arrival_ns) return a.arrival_ns < b.arrival_ns;
            return a.sequence < b.sequence;
        case CriterionKind::citizen_choice:
            return false;
    }
    return false;
}

std::size_t first_difference(const std::vector<Criterion>& criteria, const NaiveOffer& a, const NaiveOffer& b) {
    for (std::size_t i = 0; i < criteria.size(); ++i) {
        if (better_on(criteria[i].kind, a, b) || better_on(criteria[i].kind, b, a)) return i;
    }
    return criteria.size();
}

std::vector<std::size_t> ranked(const std::vector<Criterion>& criteria, const NaiveStage& stage) {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < stage.offers.size(); ++i) {
        if (stage.offers[i].fate == OfferFate::live) places.push_back(i);
    }
    std::sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
        const std::size_t place = first_difference(criteria, stage.offers[a], stage.offers[b]);
        return place < criteria.size() && better_on(criteria[place].kind, stage.offers[a], stage.offers[b]);
    });
    return places;
}

CriterionKind lost_on(const std::vector<Criterion>& criteria, const NaiveOffer& winner, const NaiveOffer& loser,
                      bool winner_was_chosen) {
    // No two offers are equal on all criteria: the last one is earliest_response, which ends in the sequence.
    const std::size_t place = first_difference(criteria, winner, loser);
    if (winner_was_chosen) {
        // "`citizen_choice` where the citizen's choice came before that, or passed over an offer that ranks higher"
        if (place_of_choice(criteria) < place) return CriterionKind::citizen_choice;
        if (better_on(criteria[place].kind, loser, winner)) return CriterionKind::citizen_choice;
    }
    return criteria[place].kind;
}

namespace {

bool contains(const std::vector<std::string>& list, const std::string& word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

// The latest of those; "equal dates: the later in the list".
const matching::Rating* latest(const std::vector<const matching::Rating*>& ratings) {
    const matching::Rating* found = nullptr;
    for (const matching::Rating* rating : ratings) {
        if (found == nullptr || rating->date_ns >= found->date_ns) found = rating;
    }
    return found;
}

}  // namespace

std::optional<Score> quality_at(const command::Procedure& procedure, const command::Provider& provider,
                                Instant at_ns) {
    // "Where it is present and the provider has `ratings`"
    if (!procedure.rating_rule || !provider.ratings) return provider.quality;
    const matching::RatingRule& rule = *procedure.rating_rule;

    // "the latest rating dated after the baseline and not after `t` whose source is in `after`"
    std::vector<const matching::Rating*> after;
    // "if there is none, [...] the latest one dated not after the baseline whose source is in `before`"
    std::vector<const matching::Rating*> before;
    for (const matching::Rating& rating : *provider.ratings) {
        if (rating.date_ns > rule.baseline_ns && rating.date_ns <= at_ns && contains(rule.after, rating.source)) {
            after.push_back(&rating);
        }
        if (rating.date_ns <= rule.baseline_ns && contains(rule.before, rating.source)) before.push_back(&rating);
    }
    if (const matching::Rating* rating = latest(after)) return rating->score;
    if (const matching::Rating* rating = latest(before)) return rating->score;
    return std::nullopt;  // "if there is none either, it has none"
}

}  // namespace tiebreak::reference
