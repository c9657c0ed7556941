// The whole engine: from a stamped offer to its event, every check on, and from a deadline to the award.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "matching/engine.hpp"

namespace {

using namespace tiebreak::matching;

struct Counting final : EventSink {
    std::uint64_t accepted = 0, awarded = 0, other = 0;
    void on_event(const Event& event) override {
        if (std::holds_alternative<event::OfferAccepted>(event.body)) ++accepted;
        else if (std::holds_alternative<event::Awarded>(event.body)) ++awarded;
        else ++other;
    }
};

constexpr Instant day_ns = 86'400'000'000'000;

// An engine with open packages and as many providers as a book has room for, and the offers that fill the books.
struct Scene {
    Engine engine;
    Counting events;
    std::deque<std::string> texts;
    std::vector<command::Offer> offers;  // in random order
    Instant now_ns = day_ns;

    Scene(std::size_t packages, std::size_t providers, bool coarse) {
        command::Procedure procedure;
        procedure.id = "homecare";
        procedure.stages.push_back({.name = "zonal", .window_ns = day_ns});
        procedure.ranking.push_back({CriterionKind::earliest_start, {}, {}, 0, {}});
        engine.apply(now_ns, procedure, events);
        std::vector<std::string_view> provider_ids;
        std::vector<std::string_view> package_ids;
        for (std::size_t i = 0; i < providers; ++i) {
            command::Provider provider;
            provider.id = provider_ids.emplace_back(texts.emplace_back("provider-" + std::to_string(i)));
            engine.apply(now_ns, provider, events);
        }
        for (std::size_t i = 0; i < packages; ++i) {
            command::Package package;
            package.id = package_ids.emplace_back(texts.emplace_back("package-" + std::to_string(i)));
            package.procedure = "homecare";
            engine.apply(now_ns, package, events);
        }
        std::mt19937_64 random(42);
        for (std::size_t package = 0; package < packages; ++package)
            for (std::size_t provider = 0; provider < providers; ++provider) {
                const auto start = 2 * day_ns + static_cast<Instant>(coarse ? random() % 10 : random() % day_ns);
                const auto& id = texts.emplace_back("o" + std::to_string(offers.size()));
                offers.push_back({id, package_ids[package], provider_ids[provider], start, {}, {}, {}});
            }
        std::shuffle(offers.begin(), offers.end(), random);
    }
};

// One pass over all offers of a scene, each new to the engine: iterations are fixed to their number.
void accept_offer(benchmark::State& state) {
    Scene scene(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)), state.range(2) != 0);
    std::size_t next = 0;
    for (auto _ : state) {
        if (next == scene.offers.size()) {
            state.SkipWithError("more iterations than offers");
            break;
        }
        scene.engine.apply(++scene.now_ns, scene.offers[next++], scene.events);
    }
    if (scene.events.accepted != next) state.SkipWithError("an offer was not accepted");
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(accept_offer)->ArgNames({"books", "size", "coarse"})->Args({10'000, 100, 0})->Args({10'000, 100, 1})->Iterations(1'000'000);
BENCHMARK(accept_offer)->ArgNames({"books", "size", "coarse"})->Args({1, 10'000, 0})->Args({1, 10'000, 1})->Iterations(10'000);
BENCHMARK(accept_offer)->ArgNames({"books", "size", "coarse"})->Args({100, 100, 0})->Iterations(10'000);

// Many packages close at one instant: the time is that of the whole cliff.
void cliff(benchmark::State& state) {
    const auto packages = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        state.PauseTiming();
        Scene scene(packages, static_cast<std::size_t>(state.range(1)), true);
        for (const auto& offer : scene.offers) scene.engine.apply(++scene.now_ns, offer, scene.events);
        const Instant close_ns = *scene.engine.next_deadline();
        state.ResumeTiming();
        scene.engine.advance(close_ns, scene.events);
        state.PauseTiming();
        if (scene.events.awarded != packages) state.SkipWithError("an award is missing");
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(packages));
}
BENCHMARK(cliff)->ArgNames({"packages", "offers"})->Args({10'000, 20})->Unit(benchmark::kMillisecond)->Iterations(3);
BENCHMARK(cliff)->ArgNames({"packages", "offers"})->Args({1'000, 100})->Unit(benchmark::kMillisecond)->Iterations(3);

}  // namespace
