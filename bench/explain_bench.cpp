// What it takes to explain one package with many offers: reading its commands, and writing it down in each form. The last two lines of
// each say how that grows with the offers; it has to be about N, and never N^2.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

#include "wire/explain_json.hpp"
#include "wire/explain_provider.hpp"
#include "wire/explain_recorder.hpp"
#include "wire/explain_text.hpp"

namespace tiebreak::wire {
namespace {

namespace command = matching::command;

constexpr matching::Instant begin_ns = 1'795'420'800'000'000'000;
constexpr matching::Duration hour_ns = 3'600'000'000'000;

std::string provider_name(std::int64_t number) { return "P" + std::to_string(number); }

// One package, and so many offers for it, which its providers make in turn: each replaces its provider's last one.
void record(DossierRecorder& recorder, std::int64_t offers, std::int64_t providers) {
    command::Procedure procedure;
    procedure.id = "p";
    procedure.stages.emplace_back();
    procedure.stages.back().name = "s";
    procedure.stages.back().window_ns = hour_ns;
    procedure.ranking.push_back({matching::CriterionKind::earliest_start});
    recorder.apply(begin_ns, procedure);
    for (std::int64_t i = 0; i < providers; ++i) {
        command::Provider provider;
        provider.id = provider_name(i);
        recorder.apply(begin_ns, provider);
    }
    command::Package package;
    package.id = "K";
    package.procedure = "p";
    recorder.apply(begin_ns, package);
    for (std::int64_t i = 0; i < offers; ++i) {
        const std::string id = "O" + std::to_string(i), by = provider_name(i % providers);
        command::Offer offer;
        offer.id = id;
        offer.package = "K";
        offer.provider = by;
        offer.start_ns = begin_ns + 2 * hour_ns + i % 977;
        recorder.apply(begin_ns + 1 + i, offer);
    }
    recorder.run_on();
}

std::int64_t providers_of(const benchmark::State& state) { return state.range(1) == 0 ? state.range(0) : state.range(1); }

Dossier dossier_of(const benchmark::State& state) {
    DossierRecorder recorder{"K"};
    record(recorder, state.range(0), providers_of(state));
    return recorder.dossiers().at(0);
}

void recorded(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(dossier_of(state));
    state.SetComplexityN(state.range(0));
}

template <class Write>
void written(benchmark::State& state, Write write) {
    const Dossier dossier = dossier_of(state);
    for (auto _ : state) benchmark::DoNotOptimize(write(dossier));
    state.SetComplexityN(state.range(0));
}

void as_text(benchmark::State& state) {
    written(state, [](const Dossier& dossier) { return dossier_text(dossier, {}, Clock::uk); });
}

void as_json(benchmark::State& state) {
    written(state, [](const Dossier& dossier) {
        std::string text;
        append_dossier_json(text, dossier);
        return text;
    });
}

void for_one_provider(benchmark::State& state) {
    written(state, [](const Dossier& dossier) { return provider_text(provider_view(dossier, "P0"), {}, Clock::uk); });
}

// Offers, and how many providers make them: one, many in turn, or (0) as many as there are offers, so that none is replaced.
template <std::int64_t providers>
void sizes(benchmark::internal::Benchmark* benchmark) {
    for (const std::int64_t offers : {2'000, 10'000, 50'000}) benchmark->Args({offers, providers});
    benchmark->ArgNames({"offers", "providers"})->Unit(benchmark::kMillisecond)->Iterations(1)->Complexity();
}

#define TIEBREAK_EXPLAINED(what)           \
    BENCHMARK(what)->Apply(sizes<1>);      \
    BENCHMARK(what)->Apply(sizes<200>);    \
    BENCHMARK(what)->Apply(sizes<0>)

TIEBREAK_EXPLAINED(recorded);
TIEBREAK_EXPLAINED(as_text);
TIEBREAK_EXPLAINED(as_json);
TIEBREAK_EXPLAINED(for_one_provider);

}  // namespace
}  // namespace tiebreak::wire
