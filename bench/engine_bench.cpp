// The whole engine: from a stamped offer to its event, every check on, and from a deadline to the award.
#include <benchmark/benchmark.h>

#include <malloc.h>

#include <algorithm>
#include <optional>
#include <random>
#include <span>
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

// An engine with providers, and packages that are opened anew for each round; the offers fill all their books in random order.
// The texts of an offer lie side by side, as in the message that brings it.
struct Scene {
    Engine engine;
    Counting events;
    std::size_t packages, providers;
    bool coarse;
    Instant now_ns = day_ns;
    std::string texts;
    std::vector<command::Offer> offers;
    std::mt19937_64 random{42};

    Scene(std::size_t packages_of_round, std::size_t providers_in_all, bool coarse_starts)
        : packages(packages_of_round), providers(providers_in_all), coarse(coarse_starts) {
        command::Procedure procedure;
        procedure.id = "homecare";
        procedure.stages.push_back({.name = "zonal", .window_ns = day_ns});
        procedure.ranking.push_back({CriterionKind::earliest_start, {}, {}, 0, {}});
        engine.apply(now_ns, procedure, events);
        for (std::size_t i = 0; i < providers; ++i) {
            command::Provider provider;
            provider.id = provider_id(i);
            engine.apply(now_ns, provider, events);
        }
        open_round();
    }

    // As a machine that has run for a while: books of other packages have been filled and closed.
    void warm_up() {
        for (std::size_t next = 0; next < offers.size(); ++next) {
            expect(next, 16);
            engine.apply(++now_ns, offers[next], events);
        }
        open_round();
        events = {};
    }

    // Where `next` begins a group of so many offers: has the engine expect them.
    void expect(std::size_t next, std::size_t together) {
        if (together < 2 || next % together != 0) return;
        packages_.clear();
        engine.expect(std::span{offers}.subspan(next, std::min(together, offers.size() - next)), packages_);
    }

    // Closes the last round's packages and opens the next ones.
    void open_round() {
        if (const auto close_ns = engine.next_deadline()) engine.advance(now_ns = *close_ns + 1, events);
        for (std::size_t i = 0; i < packages; ++i) {
            command::Package package;
            package.id = package_id(opened_ + i);
            package.procedure = "homecare";
            package.zone = "oxford";
            engine.apply(now_ns, package, events);
        }
        std::vector<std::pair<std::uint32_t, std::uint32_t>> visits;
        for (std::uint32_t package = 0; package < packages; ++package)
            for (std::uint32_t provider = 0; provider < providers; ++provider) visits.emplace_back(package, provider);
        std::shuffle(visits.begin(), visits.end(), random);
        texts.clear();
        texts.reserve(visits.size() * 64);  // so that it does not move
        offers.clear();
        for (const auto& [package, provider] : visits) {
            const auto start = now_ns + day_ns + static_cast<Instant>(coarse ? random() % 10 : random() % day_ns);
            offers.push_back({keep("offer-" + std::to_string(offered_++)), keep(package_id(opened_ + package)),
                              keep(provider_id(provider)), start, {}, {}, {}});
        }
        opened_ += packages;
    }

private:
    static std::string package_id(std::size_t number) { return "package-" + std::to_string(number); }
    static std::string provider_id(std::size_t number) { return "provider-" + std::to_string(number); }
    std::string_view keep(const std::string& text) {
        texts += text;
        return std::string_view{texts}.substr(texts.size() - text.size());
    }

    std::size_t opened_ = 0, offered_ = 0;
    std::vector<PackageIndex> packages_;
};

// Every book of a round is filled, each offer new to the engine; then the next round's are.
void accept_offer(benchmark::State& state) {
    Scene scene(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)), state.range(2) != 0);
    const auto together = static_cast<std::size_t>(state.range(3));
    scene.warm_up();
    std::size_t next = 0;
    for (auto _ : state) {
        if (next == scene.offers.size()) {
            state.PauseTiming();
            scene.open_round();
            next = 0;
            state.ResumeTiming();
        }
        scene.expect(next, together);
        scene.engine.apply(++scene.now_ns, scene.offers[next++], scene.events);
    }
    if (scene.events.accepted != static_cast<std::uint64_t>(state.iterations())) state.SkipWithError("an offer was not accepted");
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(accept_offer)
    ->ArgNames({"books", "size", "coarse", "together"})
    ->ArgsProduct({{10'000}, {100}, {0, 1}, {1, 16}})
    ->ArgsProduct({{1}, {100, 10'000}, {0, 1}, {1, 16}})
    ->Iterations(1'000'000);

// Many packages close at one instant: the time is that of the whole cliff.
void cliff(benchmark::State& state) {
    const auto packages = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        state.PauseTiming();
        std::optional<Scene> scene{std::in_place, packages, static_cast<std::size_t>(state.range(1)), true};
        for (const auto& offer : scene->offers) scene->engine.apply(++scene->now_ns, offer, scene->events);
        const Instant close_ns = *scene->engine.next_deadline();
        state.ResumeTiming();
        scene->engine.advance(close_ns, scene->events);
        state.PauseTiming();
        if (scene->events.awarded != packages) state.SkipWithError("an award is missing");
        scene.reset();  // its end is not the cliff's
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(packages));
}
BENCHMARK(cliff)->ArgNames({"packages", "offers"})->Args({10'000, 20})->Unit(benchmark::kMillisecond)->Iterations(3);
BENCHMARK(cliff)->ArgNames({"packages", "offers"})->Args({1'000, 100})->Unit(benchmark::kMillisecond)->Iterations(3);

// What a live offer takes: its receipt and id, its place in the book and the index, and its share of the package. The time means nothing.
void memory(benchmark::State& state) {
    const auto taken = [] {
        const auto figures = ::mallinfo2();
        return static_cast<double>(figures.uordblks + figures.hblkhd);
    };
    for (auto _ : state) {
        const Scene waiting(1, static_cast<std::size_t>(state.range(1)), true);  // providers and all else
        const double before = taken();
        Scene scene(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)), true);
        for (const auto& offer : scene.offers) scene.engine.apply(++scene.now_ns, offer, scene.events);
        std::vector<command::Offer>().swap(scene.offers);
        std::string().swap(scene.texts);
        const auto live = static_cast<double>(scene.engine.sizes().offers_live);
        state.counters["bytes_per_live_offer"] = (taken() - before) / live;
    }
}
BENCHMARK(memory)->ArgNames({"packages", "offers"})->Args({100'000, 20})->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
