#include "matching/book.hpp"

#include <algorithm>
#include <map>

#include <rapidcheck.h>

#include "tests/catch.hpp"

using namespace tiebreak::matching;

namespace {

const CompiledRanking by_start{{Criterion{CriterionKind::earliest_start, {}, {}, 0, {}}}};

RankKey key(Instant start_ns, Instant arrival_ns) {
    return by_start.key({.start_ns = start_ns, .arrival_ns = arrival_ns});
}

std::vector<OfferIndex> offers_of(const std::vector<Candidate>& ranked) {
    std::vector<OfferIndex> offers;
    for (const Candidate& candidate : ranked) offers.push_back(candidate.offer);
    return offers;
}

}  // namespace

TEST_CASE("a new book has no best offer and nobody has answered") {
    Book book;
    book.open(3);
    CHECK(book.best() == nullptr);
    CHECK(book.answered() == 0);
    CHECK(book.answer_at(2) == Answer::none);
}

TEST_CASE("looking ahead to the first offer of a book asks for an address, not for a place in an array that is not there yet") {
    Book book;
    book.open(3);
    book.prefetch(2);  // UBSan's pointer-overflow found the offset from a null pointer here
    CHECK(book.live() == 0);
}

TEST_CASE("the best offer is at hand after every change") {
    Book book;
    book.open(3);
    book.put(0, key(20, 1), 100);
    book.put(1, key(10, 2), 101);
    book.put(2, key(10, 3), 102);
    CHECK(book.best()->offer == 101);
    book.take(1);
    CHECK(book.best()->offer == 102);
    book.put(2, key(30, 4), 103);  // the provider's next offer replaces its live one
    CHECK(book.best()->offer == 100);
    CHECK(book.live() == 2);
}

TEST_CASE("offers with equal keys rank by the order of acceptance") {
    Book book;
    book.open(2);
    book.put(1, key(10, 5), 7);
    book.put(0, key(10, 5), 8);
    CHECK(offers_of(book.close(by_start.order_at(0))) == std::vector<OfferIndex>{7, 8});
}

TEST_CASE("a decline is an answer, and an offer after it takes it back") {
    Book book;
    book.open(2);
    book.note(0, Answer::declined);
    CHECK(book.answered() == 1);
    book.put(0, key(1, 1), 4);
    CHECK(book.answer_at(0) == Answer::offered);
    CHECK(book.answered() == 1);
    book.take(0);
    CHECK(book.answer_at(0) == Answer::none);
    CHECK(book.answered() == 0);
}

TEST_CASE("a book agrees with a sorted map on any run of puts and takes") {
    CHECK(rc::check([] {
        constexpr Seat seats = 6;
        Book book;
        book.open(seats);
        std::map<Seat, Candidate> naive;
        const auto steps = *rc::gen::container<std::vector<std::tuple<Seat, bool, int>>>(
            rc::gen::tuple(rc::gen::inRange<Seat>(0, seats), rc::gen::arbitrary<bool>(), rc::gen::inRange(0, 3)));
        OfferIndex next = 0;
        const RankOrder order = by_start.order_at(0);
        const auto before = [&](const Candidate& a, const Candidate& b) { return ranks_before(a, b, order); };
        for (const auto& [seat, put, start] : steps) {
            if (put) {
                const Candidate candidate{key(start, next / 2), next, seat};
                book.put(seat, candidate.key, next++);
                naive[seat] = candidate;
            } else if (naive.erase(seat) > 0) {
                book.take(seat);
            }
            RC_ASSERT(book.live() == naive.size());
            RC_ASSERT(book.answered() == naive.size());
            std::vector<Candidate> sorted;
            for (const auto& [s, candidate] : naive) sorted.push_back(candidate);
            std::sort(sorted.begin(), sorted.end(), before);
            RC_ASSERT((book.best() == nullptr) == sorted.empty());
            if (!sorted.empty()) RC_ASSERT(book.best()->offer == sorted.front().offer);
        }
        std::vector<Candidate> sorted;
        for (const auto& [s, candidate] : naive) sorted.push_back(candidate);
        std::sort(sorted.begin(), sorted.end(), before);
        RC_ASSERT(offers_of(book.close(order)) == offers_of(sorted));
    }));
}
