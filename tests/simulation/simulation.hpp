// One simulated world from its beginning to its rest, in one thread, from one seed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "tests/simulation/host.hpp"
#include "tests/simulation/scene.hpp"

namespace tiebreak::simulation {

// What a run came to. All but the wall time is a function of the scene and the code.
struct Outcome {
    bool held = true;      // every promise
    std::string failures;  // which did not, a line each
    std::string trace;     // the last steps before that
    std::uint64_t trace_hash = 0;
    std::uint64_t steps = 0;
    std::int64_t simulated_ns = 0;  // in which packages opened
    std::int64_t resting_ns = 0;    // after that, until the last window had closed
    std::int64_t wall_ns = 0;

    std::uint64_t packages = 0, providers = 0;
    std::uint64_t commands = 0, events = 0, awards = 0;
    std::uint64_t requests = 0, replies = 0, repeats = 0, unknown_outcomes = 0;
    std::uint64_t feed_messages = 0, messages_lost = 0, messages_doubled = 0, holes = 0, refilled = 0, gaps = 0;
    std::uint64_t starts = 0, kills = 0, power_cuts = 0, in_mid_call = 0, in_recovery = 0, stops = 0, disk_faults = 0;
    std::uint64_t disk_calls_failed = 0, disk_full = 0, clock_steps = 0, clock_stops = 0, line_cuts = 0;
    std::uint64_t suspends = 0, suspended_seconds = 0, ended_asleep = 0;
    std::uint64_t worlds_its_package = 0, left_early = 0, renumbered = 0;
    std::uint64_t worlds_recycling = 0, recycled = 0, exports = 0, caught_up = 0, lost_holes = 0;
    std::uint64_t commits = 0, snapshots = 0, journal_bytes = 0;

    // Sums the figures; keeps the first failure.
    void add(const Outcome& other);
};

struct RunOptions {
    Sabotage sabotage;
    bool with_naive_rule = true;
    // Called now and then with the share that is done; may be empty.
    std::function<void(double)> on_progress;
};

[[nodiscard]] Outcome run(const Scene& scene, const RunOptions& options = {});

}  // namespace tiebreak::simulation
