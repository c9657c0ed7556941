// Worlds that are made for one policy each, so that what it is about comes to pass.
#include <cstdint>
#include <functional>

#include "tests/catch.hpp"
#include "tests/simulation/simulation.hpp"

namespace tiebreak::simulation {
namespace {

// Worlds of some days, until `enough`; every promise holds in each.
Outcome run_until(const std::function<void(Scene&)>& change, const std::function<bool(const Outcome&)>& enough) {
    constexpr std::uint64_t seeds_most = 24;
    Outcome sum;
    for (std::uint64_t seed = 1; seed <= seeds_most && !enough(sum); ++seed) {
        Scene scene = make_scene(seed, 4);
        change(scene);
        RunOptions options;
        options.with_naive_rule = false;
        const Outcome outcome = run(scene, options);
        INFO("seed " << seed << '\n' << outcome.trace << outcome.failures);
        REQUIRE(outcome.held);
        sum.add(outcome);
    }
    return sum;
}

TEST_CASE("its_package: what a deadline brings leaves early, and a power cut then changes its global number and nothing else") {
    const auto change = [](Scene& scene) {
        scene.config.deadline_events_wait_for = daemon::DeadlineEventsWaitFor::its_package;
        scene.mishaps.crash_when_early_every_ns = 1 * hour;
        scene.portals = 4;
        scene.sync_ns = 10 * ms;
        scene.latency_ns = 50 * us;
        scene.last_moment_per_cent = 60;
    };
    const Outcome sum = run_until(change, [](const Outcome& so_far) { return so_far.renumbered > 0; });
    CHECK(sum.left_early > 0);
    CHECK(sum.renumbered > 0);
}

TEST_CASE("recycle: who missed what history has no more catches up from exports, replayed") {
    const auto change = [](Scene& scene) {
        scene.config.old_segments = daemon::OldSegments::recycle;
        scene.config.segment_bytes = 80U << 10;
        scene.config.limits.snapshot_after_bytes = 1;
        scene.config.limits.history_bytes_max = 32U << 10;
        scene.mishaps.line_cut_every_ns = 3 * hour;
    };
    const Outcome sum =
        run_until(change, [](const Outcome& so_far) { return so_far.recycled > 0 && so_far.caught_up > 10; });
    CHECK(sum.recycled > 0);
    CHECK(sum.caught_up > 10);
}

TEST_CASE("suspend: windows that run out while the machine is suspended end on time, and are told when it goes on") {
    const auto change = [](Scene& scene) { scene.mishaps.suspend_every_ns = 3 * hour; };
    const Outcome sum = run_until(change, [](const Outcome& so_far) { return so_far.ended_asleep > 5; });
    CHECK(sum.ended_asleep > 5);
}

}  // namespace
}  // namespace tiebreak::simulation
