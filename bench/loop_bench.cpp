// The loop's share of an offer's way, in one thread: a request out of the gate's queue until its reply lies ready, with
// decoding, limits, the journal's buffer, the engine, topics, the event and its history; and what is done when thousands of
// packages close at one instant and somebody follows the awards. No socket and no disk: nothing is committed while it is timed.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "bench/processor_rig.hpp"
#include "daemon/history_log.hpp"
#include "wire/request_writer.hpp"

namespace {

using namespace tiebreak;
using namespace tiebreak::daemon;
using matching::Instant;
namespace command = matching::command;

constexpr Instant day_ns = 86'400'000'000'000;

// A portal that follows the awards alone.
struct AwardFollower final : FeedOutlet {
    std::uint64_t sent = 0;
    [[nodiscard]] std::uint32_t subscriptions_as_of() const noexcept override { return 1; }
    [[nodiscard]] bool is_wanted(std::string_view topic) const noexcept override { return topic == "award/"; }
    [[nodiscard]] std::span<const std::string> wanted_topics() const noexcept override { return {}; }
    void send(std::string_view, const wire::FeedHead&, std::span<const std::byte> body) noexcept override {
        benchmark::DoNotOptimize(body.data());
        ++sent;
    }
};

JournalOptions wide_buffer() {
    JournalOptions options;
    options.segment_bytes = 16U << 20U;
    options.payload_bytes_max = 8U << 20U;
    options.buffer_bytes_max = 512U << 20U;
    return options;
}

// A daemon's inside with open packages, as many providers as a book has room for, and a request for each offer or each batch of them.
class Scene {
public:
    Scene(std::size_t packages, std::size_t providers, std::size_t batch)
        : rig_({day_ns, wide_buffer(), {}, DeadlineEventsWaitFor::its_package}) {
        rig_.feed.keep_in(&history_);
        rig_.feed.send_to(&follower);
        register_all(packages, providers);
        commit_all();
        write_offers(packages, providers, batch);
    }

    void handle(std::size_t index) {
        const auto& [begin, bytes] = requests_[index];
        now_ns_ += 1'000;
        benchmark::DoNotOptimize(rig_.processor->handle(now_ns_, std::span(bytes_).subspan(begin, bytes)));
        drop_history();
    }
    // As the loop does with what waits for it.
    void expect(std::size_t index, std::size_t ahead) {
        ahead_.clear();
        for (const auto& [begin, bytes] : std::span(requests_).subspan(index, std::min(ahead, requests_.size() - index)))
            ahead_.push_back(std::span(bytes_).subspan(begin, bytes));
        rig_.processor->expect(ahead_);
    }
    void close_all() { rig_.processor->apply_deadlines(*rig_.engine.next_deadline()); }
    void commit_all() {
        while (rig_.journal->commit_once()) {
        }
        rig_.feed.on_durable(rig_.journal->durable_position());
    }
    void cover_close() { (void)rig_.processor->cover(*rig_.engine.next_deadline()); }
    [[nodiscard]] std::size_t requests() const noexcept { return requests_.size(); }
    [[nodiscard]] std::uint64_t accepted() const { return rig_.engine.sizes().offers; }

    AwardFollower follower;

private:
    void register_all(std::size_t packages, std::size_t providers) {
        command::Procedure procedure;
        procedure.id = "homecare";
        procedure.stages.push_back({.name = "zonal", .window_ns = day_ns});
        procedure.ranking.push_back({matching::CriterionKind::earliest_start, {}, {}, 0, {}});
        wire::RequestWriter writer;
        const auto send = [&](const matching::Command& one) {
            benchmark::DoNotOptimize(rig_.processor->handle(++now_ns_, writer.write(1, one)));
            drop_history();
        };
        send(procedure);
        for (std::size_t i = 0; i < providers; ++i) {
            command::Provider provider;
            provider.id = provider_ids_.emplace_back("provider-" + std::to_string(i));
            send(provider);
        }
        // All close at the same instant: the first command of a request counts, so each batch is one instant apart at most.
        for (std::size_t i = 0; i < packages; ++i) {
            command::Package package;
            package.id = package_ids_.emplace_back("package-" + std::to_string(i));
            package.procedure = "homecare";
            package.window_ns = 2 * day_ns - now_ns_;
            send(package);
        }
    }

    void write_offers(std::size_t packages, std::size_t providers, std::size_t batch) {
        std::mt19937_64 random(42);
        std::deque<std::string> ids;
        std::vector<command::Offer> offers;
        for (std::size_t package = 0; package < packages; ++package)
            for (std::size_t provider = 0; provider < providers; ++provider) {
                const auto start = 3 * day_ns + static_cast<Instant>(random() % static_cast<std::uint64_t>(day_ns));
                ids.push_back("o" + std::to_string(offers.size()));
                offers.push_back({ids.back(), package_ids_[package], provider_ids_[provider], start, {}, {}, {}});
            }
        std::shuffle(offers.begin(), offers.end(), random);
        wire::RequestWriter writer;
        for (std::size_t i = 0; i < offers.size(); i += batch) {
            const auto request = writer.write(i, std::span(offers).subspan(i, std::min(batch, offers.size() - i)));
            requests_.push_back({bytes_.size(), request.size()});
            bytes_.insert(bytes_.end(), request.begin(), request.end());
            bytes_.resize((bytes_.size() + 7) & ~std::size_t{7});
        }
    }

    // As the archive's thread would.
    void drop_history() {
        while (HistoryChunk* chunk = history_.full().front()) {
            chunk->bytes.clear();
            (void)history_.spare().push(std::move(*chunk));
            history_.full().pop();
        }
    }

    HistoryLog history_;
    bench::ProcessorRig rig_;
    Instant now_ns_ = day_ns;
    std::deque<std::string> provider_ids_, package_ids_;
    std::vector<std::byte> bytes_;
    struct Place {
        std::size_t begin, bytes;
    };
    std::vector<Place> requests_;
    std::vector<std::span<const std::byte>> ahead_;
};

void handle_offers(benchmark::State& state) {
    const auto batch = static_cast<std::size_t>(state.range(2));
    Scene scene(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)), batch);
    const auto ahead = static_cast<std::size_t>(state.range(3));
    std::size_t next = 0;
    for (auto _ : state) {
        if (ahead > 0 && next % ahead == 0) scene.expect(next, ahead);
        scene.handle(next++);
    }
    if (scene.accepted() < next * batch) state.SkipWithError("an offer was not accepted");
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch));
}
// ahead: so many single requests wait and are read ahead.
BENCHMARK(handle_offers)->ArgNames({"books", "size", "batch", "ahead"})->Args({10'000, 100, 1, 0})->Iterations(900'000);
BENCHMARK(handle_offers)->ArgNames({"books", "size", "batch", "ahead"})->Args({10'000, 100, 1, 16})->Iterations(900'000);
BENCHMARK(handle_offers)->ArgNames({"books", "size", "batch", "ahead"})->Args({10'000, 100, 64, 0})->Iterations(14'000);
BENCHMARK(handle_offers)->ArgNames({"books", "size", "batch", "ahead"})->Args({100, 100, 1, 0})->Iterations(9'000);

void close_packages(benchmark::State& state) {
    const auto packages = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        state.PauseTiming();
        std::optional<Scene> scene{std::in_place, packages, static_cast<std::size_t>(state.range(1)), std::size_t{64}};
        for (std::size_t i = 0; i < scene->requests(); ++i) scene->handle(i);
        scene->cover_close();
        scene->commit_all();
        state.ResumeTiming();
        scene->close_all();
        state.PauseTiming();
        if (scene->follower.sent != packages) state.SkipWithError("an award is missing");
        scene.reset();  // its end is not the cliff's
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(packages));
}
BENCHMARK(close_packages)->ArgNames({"packages", "offers"})->Args({10'000, 20})->Unit(benchmark::kMillisecond)->Iterations(3);

}  // namespace
