// Books alone: adding an offer, taking one back, and ranking at the close.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>
#include <vector>

#include "matching/book.hpp"

namespace {

using namespace tiebreak::matching;

// An order over start and response, as most procedures have.
const CompiledRanking ranking{{Criterion{CriterionKind::earliest_start, {}, {}, 0, {}}}};

// Ten distinct starts (everybody offers one of the same mornings), or as many as there are offers.
RankKey random_key(std::mt19937_64& random, bool coarse, Instant arrival_ns) {
    const auto start = static_cast<Instant>(coarse ? random() % 10 : random() >> 2U);
    return ranking.key({.start_ns = start, .arrival_ns = arrival_ns});
}

std::vector<RankKey> random_keys(std::size_t count, bool coarse) {
    std::mt19937_64 random(42);
    std::vector<RankKey> keys;
    for (std::size_t i = 0; i < count; ++i) keys.push_back(random_key(random, coarse, static_cast<Instant>(i)));
    return keys;
}

// Fills `books` books of `size` in random order, again and again; the time is that of one offer.
void add_offer(benchmark::State& state) {
    const auto books = static_cast<std::size_t>(state.range(0));
    const auto size = static_cast<std::size_t>(state.range(1));
    const bool coarse = state.range(2) != 0;
    const auto keys = random_keys(1U << 16U, coarse);
    std::mt19937_64 random(7);
    std::vector<std::pair<std::uint32_t, Seat>> visits;
    for (std::uint32_t book = 0; book < books; ++book)
        for (Seat seat = 0; seat < size; ++seat) visits.emplace_back(book, seat);
    std::shuffle(visits.begin(), visits.end(), random);

    std::vector<Book> all(books);
    for (Book& book : all) {  // warm: a book that has been used before has its room
        book.open(size);
        for (Seat seat = 0; seat < size; ++seat) book.put(seat, keys[seat], seat);
    }
    std::size_t next = visits.size();
    for (auto _ : state) {
        if (next == visits.size()) {
            state.PauseTiming();
            for (Book& book : all) book.open(size);
            next = 0;
            state.ResumeTiming();
        }
        const auto [book, seat] = visits[next];
        all[book].put(seat, keys[next & 0xffffU], static_cast<OfferIndex>(next));
        ++next;
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(add_offer)
    ->ArgNames({"books", "size", "coarse"})
    ->Args({10'000, 100, 0})
    ->Args({10'000, 100, 1})
    ->Args({1, 100, 0})
    ->Args({1, 100, 1})
    ->Args({1, 10'000, 0})
    ->Args({1, 10'000, 1})
    ->Args({2'000, 100, 0})
    ->Args({2'000, 100, 1});

// Takes one offer back and puts another in its place, in a full book.
void replace_offer(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const auto keys = random_keys(1U << 16U, state.range(1) != 0);
    Book book;
    book.open(size);
    for (Seat seat = 0; seat < size; ++seat) book.put(seat, keys[seat], seat);
    std::mt19937 random(3);
    std::vector<Seat> seats(1U << 16U);
    for (Seat& seat : seats) seat = static_cast<Seat>(random() % size);
    std::uint32_t next = 0;
    for (auto _ : state) {
        const Seat seat = seats[next & 0xffffU];
        book.take(seat);
        book.put(seat, keys[next & 0xffffU], next);
        ++next;
    }
}
BENCHMARK(replace_offer)->ArgNames({"size", "coarse"})->Args({100, 0})->Args({10'000, 0})->Args({10'000, 1});

// The full ranking of a book of 100, as at its close. Filling it is not timed.
void rank_book(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const auto keys = random_keys(1U << 16U, state.range(1) != 0);
    const RankOrder order = ranking.order_at(0);
    std::uint32_t next = 0;
    for (auto _ : state) {
        state.PauseTiming();
        Book book;
        book.open(size);
        for (Seat seat = 0; seat < size; ++seat) book.put(seat, keys[next++ & 0xffffU], seat);
        state.ResumeTiming();
        benchmark::DoNotOptimize(book.close(order));
    }
}
BENCHMARK(rank_book)->ArgNames({"size", "coarse"})->Args({20, 0})->Args({100, 0})->Args({100, 1});

}  // namespace
