// By how much an offer lost, in the words that officers and providers read.
#include "tests/catch.hpp"
#include "wire/explain_margin.hpp"

using namespace tiebreak;
using namespace tiebreak::matching;
using namespace tiebreak::wire;
using enum CriterionKind;

namespace {

constexpr Duration hour_ns = 3'600'000'000'000;

std::vector<Criterion> ranking(std::vector<CriterionKind> kinds) {
    std::vector<Criterion> criteria;
    for (const CriterionKind kind : kinds) criteria.push_back({.kind = kind});
    return criteria;
}

struct Told {
    Margin margin;
    std::string officer;
    std::string loser;
};

Told told(const std::vector<Criterion>& criteria, const RankFacts& winner, const RankFacts& loser, CriterionKind lost_on,
          Instant close_ns = 0) {
    const CompiledRanking compiled{criteria};
    const Margin margin = margin_between(compiled.order_at(close_ns), winner, loser, lost_on);
    return {margin, margin_text(margin, winner, loser), margin_text_for_loser(margin, winner, loser)};
}

RankFacts facts(Instant start_ns, Instant arrival_ns, std::optional<Pence> price = {}, std::optional<Score> quality = {},
                std::optional<Score> feedback = {}) {
    return {start_ns, arrival_ns, price, quality, feedback};
}

}  // namespace

TEST_CASE("A later start, and by how much") {
    const Told lost = told(ranking({earliest_start}), facts(0, 0), facts(2 * hour_ns, 0), earliest_start);
    CHECK(lost.officer == "started 2 h later");
    CHECK(lost.loser == "started 2 h later");
    CHECK(lost.margin.by_ns == 2 * hour_ns);
    CHECK(lost.margin.equal.empty());
}

TEST_CASE("What was equal comes before what decided") {
    const Told lost = told(ranking({earliest_start, highest_quality, earliest_response}), facts(5, 10, {}, 87'000),
                           facts(5, 1'204'328, {}, 87'000), earliest_response);
    CHECK(lost.officer == "same start, same rating, answered 1.204 318 ms later");
    CHECK(lost.margin.equal == std::vector{earliest_start, highest_quality});
}

TEST_CASE("Scores are told against each other, and none at all as none") {
    const auto by_quality = ranking({highest_quality});
    CHECK(told(by_quality, facts(0, 0, {}, 87'000), facts(0, 0, {}, 82'500), highest_quality).officer == "quality 82.5 against 87");
    CHECK(told(by_quality, facts(0, 0, {}, 87'000), facts(0, 0, {}, 82'500), highest_quality).margin.by_score == 4'500);
    CHECK(told(by_quality, facts(0, 0, {}, 0), facts(0, 0), highest_quality).officer == "no quality against 0");
    CHECK(told(by_quality, facts(0, 0), facts(0, 1), earliest_response).officer == "both without a rating, answered 1 ns later");
    CHECK(told(ranking({highest_feedback}), facts(0, 0, {}, {}, 90'125), facts(0, 0, {}, {}, 90'124), highest_feedback).officer ==
          "feedback 90.124 against 90.125");
}

TEST_CASE("A dearer offer: the officer reads by how much, the loser does not") {
    const auto by_price = ranking({lowest_price});
    const Told lost = told(by_price, facts(0, 0, 2'907), facts(0, 0, 3'027), lowest_price);
    CHECK(lost.officer == "£1.20 dearer");
    CHECK(lost.loser == "the price was higher");
    CHECK(lost.margin.by_pence == 120);
    CHECK(told(by_price, facts(0, 0, 2'907), facts(0, 0), lowest_price).officer == "no price given");
    const Told equal = told(by_price, facts(0, 0, 2'907), facts(0, 7, 2'907), earliest_response);
    CHECK(equal.officer == "same price, answered 7 ns later");
    CHECK(equal.loser == "answered 7 ns later");
}

TEST_CASE("The same nanosecond is told as such") {
    CHECK(told({}, facts(0, 5), facts(0, 5), earliest_response).officer == "answered in the same nanosecond, next in line");
}

TEST_CASE("The citizen's choice: of equals, and of one that ranked lower") {
    const auto criteria = ranking({highest_quality, citizen_choice, earliest_start});
    CHECK(told(criteria, facts(9, 0, {}, 80'000), facts(5, 0, {}, 80'000), citizen_choice).officer == "same rating, the citizen chose another");
    const Told passed = told(criteria, facts(5, 0, {}, 60'000), facts(5, 0, {}, 80'000), citizen_choice);
    CHECK(passed.officer == "ranked higher, but the citizen chose another");
    CHECK(passed.margin.ranked_higher);
    CHECK(told(criteria, facts(5, 0, {}, 60'000), facts(5, 0), highest_quality).officer == "no quality against 60");
}

TEST_CASE("A criterion that did not count when the stage closed is not told of") {
    auto criteria = ranking({highest_quality, highest_feedback});
    criteria[1].from_ns = 1'000;
    const RankFacts winner = facts(0, 1, {}, 80'000, 10'000), loser = facts(0, 2, {}, 80'000, 90'000);
    CHECK(told(criteria, winner, loser, earliest_response, 999).officer == "same rating, answered 1 ns later");
    CHECK(told(criteria, loser, winner, highest_feedback, 1'000).officer == "same rating, feedback 10 against 90");
}
