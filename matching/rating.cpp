#include "matching/rating.hpp"

#include <algorithm>

namespace tiebreak::matching {
namespace {

bool counts(const std::vector<std::string>& sources, const std::string& source) {
    return std::find(sources.begin(), sources.end(), source) != sources.end();
}

// The latest of the ratings that `fits` lets through; of equal dates the later in the list.
template <typename Fits>
const Rating* latest(const std::vector<Rating>& ratings, const Fits& fits) {
    const Rating* found = nullptr;
    for (const Rating& rating : ratings)
        if (fits(rating) && (found == nullptr || rating.date_ns >= found->date_ns)) found = &rating;
    return found;
}

}  // namespace

std::optional<Score> quality_at(const command::Provider& provider, const std::optional<RatingRule>& rule,
                                Instant at_ns) {
    if (!rule || !provider.ratings) return provider.quality;
    const Rating* rating = latest(*provider.ratings, [&](const Rating& r) {
        return r.date_ns > rule->baseline_ns && r.date_ns <= at_ns && counts(rule->after, r.source);
    });
    if (rating == nullptr)
        rating = latest(*provider.ratings, [&](const Rating& r) {
            return r.date_ns <= rule->baseline_ns && counts(rule->before, r.source);
        });
    if (rating == nullptr) return std::nullopt;
    return rating->score;
}

}  // namespace tiebreak::matching
