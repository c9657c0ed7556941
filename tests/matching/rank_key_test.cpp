#include "matching/rank_key.hpp"

#include "matching/book.hpp"
#include "tests/catch.hpp"

using namespace tiebreak::matching;

namespace {

Criterion criterion(CriterionKind kind, std::optional<Instant> from = {}, std::optional<Instant> until = {}) {
    return {kind, from, until, kind == CriterionKind::citizen_choice ? choice_window_default_ns : 0, {}};
}

}  // namespace

TEST_CASE("no score and no price are worse than any") {
    const CompiledRanking ranking({criterion(CriterionKind::highest_quality), criterion(CriterionKind::lowest_price)});
    const auto order = ranking.order_at(0);
    const RankKey unrated = ranking.key({.arrival_ns = 1, .price_pence = 5});
    const RankKey rated_zero = ranking.key({.arrival_ns = 2, .price_pence = 5, .quality = 0});
    CHECK(order.difference(rated_zero, unrated).sign < 0);
    CHECK(order.difference(rated_zero, unrated).kind == CriterionKind::highest_quality);
    const RankKey dear = ranking.key({.arrival_ns = 3, .price_pence = std::numeric_limits<Pence>::max(), .quality = 0});
    const RankKey unpriced = ranking.key({.arrival_ns = 4, .quality = 0});
    CHECK(order.difference(dear, unpriced).kind == CriterionKind::lowest_price);
    CHECK(order.difference(dear, unpriced).sign < 0);
}

TEST_CASE("a criterion with from and until counts by the stage's close: from is in, until is out") {
    const CompiledRanking ranking({criterion(CriterionKind::highest_feedback, 100, 200)});
    const RankKey better = ranking.key({.arrival_ns = 2, .feedback = 90'000});
    const RankKey earlier = ranking.key({.arrival_ns = 1, .feedback = 10'000});
    CHECK(ranking.order_at(99).difference(better, earlier).kind == CriterionKind::earliest_response);
    CHECK(ranking.order_at(100).difference(better, earlier).kind == CriterionKind::highest_feedback);
    CHECK(ranking.order_at(199).difference(better, earlier).kind == CriterionKind::highest_feedback);
    CHECK(ranking.order_at(200).difference(better, earlier).kind == CriterionKind::earliest_response);
}

TEST_CASE("the last earliest_response always counts, even written with from and until") {
    const CompiledRanking ranking({criterion(CriterionKind::earliest_response, 1000, 2000)});
    const RankKey a = ranking.key({.arrival_ns = 1});
    const RankKey b = ranking.key({.arrival_ns = 2});
    CHECK(ranking.order_at(0).difference(a, b).sign < 0);
}

TEST_CASE("an earliest_response that is not the last decides before what stands after it, also between equal stamps") {
    const CompiledRanking ranking({criterion(CriterionKind::earliest_response), criterion(CriterionKind::lowest_price)});
    const auto order = ranking.order_at(0);
    const Candidate first{ranking.key({.arrival_ns = 5, .price_pence = 9}), 1, 0};
    const Candidate cheaper{ranking.key({.arrival_ns = 5, .price_pence = 1}), 2, 1};
    CHECK(ranks_before(first, cheaper, order));
    CHECK(order.difference(first.key, cheaper.key).kind == CriterionKind::earliest_response);
    CHECK_FALSE(order.plain());
}

TEST_CASE("offers are put to the citizen when they are equal on all that stands before the choice") {
    const CompiledRanking ranking({criterion(CriterionKind::highest_quality), criterion(CriterionKind::citizen_choice)});
    const auto order = ranking.order_at(0);
    const RankKey a = ranking.key({.arrival_ns = 1, .quality = 90'000});
    const RankKey b = ranking.key({.arrival_ns = 2, .quality = 90'000});
    const RankKey c = ranking.key({.arrival_ns = 3, .quality = 89'999});
    CHECK(order.equal_before_choice(a, b));
    CHECK_FALSE(order.equal_before_choice(a, c));
    REQUIRE(order.choice() != nullptr);
}

TEST_CASE("whole keys compare in rank order exactly where every criterion counts in its place") {
    CHECK(CompiledRanking({criterion(CriterionKind::earliest_start)}).order_at(0).plain());
    CHECK(CompiledRanking({criterion(CriterionKind::earliest_start), criterion(CriterionKind::earliest_start)}).order_at(0).plain());
    CHECK_FALSE(CompiledRanking({criterion(CriterionKind::lowest_price, 10)}).order_at(0).plain());
    CHECK(CompiledRanking({criterion(CriterionKind::lowest_price, 10)}).order_at(10).plain());
}
