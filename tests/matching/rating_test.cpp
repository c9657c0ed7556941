// Schedule 8 §10a: the CQC rating at contract award counts until a council or NHS visit or a CQC inspection after it;
// then the most recent of these. Visits before contract award never count.
#include "matching/rating.hpp"

#include "tests/catch.hpp"

using namespace tiebreak::matching;

namespace {

const RatingRule rule{100, {"cqc"}, {"cqc", "council", "nhs"}};

command::Provider rated(std::vector<Rating> ratings) {
    command::Provider provider;
    provider.quality = 1'000;
    provider.ratings = std::move(ratings);
    return provider;
}

}  // namespace

TEST_CASE("before any visit the CQC rating at the baseline counts, the baseline's own instant included") {
    CHECK(quality_at(rated({{"cqc", 50, 60'000}, {"cqc", 100, 70'000}}), rule, 500) == Score{70'000});
}

TEST_CASE("a council visit before the baseline never counts") {
    CHECK(quality_at(rated({{"cqc", 50, 60'000}, {"council", 90, 99'000}}), rule, 500) == Score{60'000});
}

TEST_CASE("a visit after the baseline counts from its own date on") {
    const auto provider = rated({{"cqc", 50, 60'000}, {"council", 200, 80'000}});
    CHECK(quality_at(provider, rule, 199) == Score{60'000});
    CHECK(quality_at(provider, rule, 200) == Score{80'000});
}

TEST_CASE("of equal dates the later in the list counts") {
    CHECK(quality_at(rated({{"nhs", 200, 10'000}, {"council", 200, 20'000}}), rule, 300) == Score{20'000});
}

TEST_CASE("an empty list of ratings is no quality at all; no list at all leaves the provider's own") {
    CHECK(quality_at(rated({}), rule, 300) == std::nullopt);
    command::Provider unlisted;
    unlisted.quality = 42'000;
    CHECK(quality_at(unlisted, rule, 300) == Score{42'000});
    CHECK(quality_at(rated({{"cqc", 50, 60'000}}), std::nullopt, 300) == Score{1'000});
}
