#include "tests/simulation/scene.hpp"

#include <string>

#include "matching/instant.hpp"
#include "tests/reference/dice.hpp"
#include "tests/reference/random_registrations.hpp"
#include "wire/procedure_files.hpp"

namespace tiebreak::simulation {

using reference::Dice;

namespace {

constexpr std::size_t generated_procedures = 6;

// A mean time between two, or never.
std::int64_t sometimes(Dice& dice, std::uint64_t per_cent, std::int64_t low_ns, std::int64_t high_ns) {
    return dice.chance(per_cent) ? dice.between(low_ns, high_ns) : 0;
}

Mishaps make_mishaps(Dice& dice) {
    Mishaps mishaps;
    mishaps.kill_every_ns = sometimes(dice, 80, 6 * hour, 4 * day);
    mishaps.power_cut_every_ns = sometimes(dice, 80, 6 * hour, 4 * day);
    mishaps.stop_every_ns = sometimes(dice, 50, 1 * day, 10 * day);
    mishaps.disk_fault_every_ns = sometimes(dice, 70, 12 * hour, 5 * day);
    mishaps.disk_full_every_ns = sometimes(dice, 30, 3 * day, 12 * day);
    mishaps.clock_step_every_ns = sometimes(dice, 70, 6 * hour, 4 * day);
    mishaps.clock_stop_every_ns = sometimes(dice, 40, 1 * day, 6 * day);
    mishaps.line_cut_every_ns = sometimes(dice, 80, 2 * hour, 2 * day);
    mishaps.crash_when_early_every_ns = sometimes(dice, 60, 2 * hour, 2 * day);
    mishaps.suspend_every_ns = sometimes(dice, 50, 4 * hour, 3 * day);
    return mishaps;
}

daemon::Config make_config(Dice& dice) {
    daemon::Config config;
    config.data = "/data";
    config.segment_bytes = dice.one_of<std::uint64_t>({80U << 10, 160U << 10, 1U << 20});
    config.journal_buffer_bytes_max = dice.one_of<std::uint64_t>({96U << 10, 256U << 10, 1U << 20});
    config.disk_free_bytes_min = 1U << 20;
    config.spin_us = dice.one_of<std::int64_t>({0, 5, 100});
    config.ceiling_ms = dice.one_of<std::int64_t>({20, 1'000, 60'000});
    daemon::Limits& limits = config.limits;
    limits.message_bytes_max = 32U << 10;
    limits.batch_commands_max = 256;
    limits.requests_in_flight_max = dice.one_of<std::uint64_t>({8, 64, 1'024});
    limits.requests_in_flight_bytes_max = dice.one_of<std::uint64_t>({96U << 10, 16U << 20});
    limits.queries_in_flight_max = dice.one_of<std::uint64_t>({1, 4, 64});
    limits.history_bytes_max = dice.one_of<std::uint64_t>({32U << 10, 256U << 10, 4U << 20, 64U << 20});
    limits.answer_bytes_max = dice.one_of<std::uint64_t>({8U << 10, 64U << 10, 1U << 20});
    limits.snapshot_after_bytes = dice.one_of<std::uint64_t>({0, 1, 300U << 10, 1U << 20});
    using daemon::OldSegments;
    const OldSegments policies[] = {OldSegments::archive, OldSegments::keep, OldSegments::recycle};
    config.old_segments = policies[dice.weighted({45, 20, 35})];
    if (config.old_segments == OldSegments::recycle) {
        config.segment_bytes = dice.one_of<std::uint64_t>({80U << 10, 160U << 10});
        limits.snapshot_after_bytes = 1;  // so that it comes to that
    }
    config.outage = dice.chance(75) ? daemon::OutagePolicy::extend : daemon::OutagePolicy::close;
    config.deadline_events_wait_for =
        dice.chance(60) ? daemon::DeadlineEventsWaitFor::everything_before : daemon::DeadlineEventsWaitFor::its_package;
    limits.requests_wait_ms_max = dice.one_of<std::uint64_t>({1, 30, 1'000});
    if (dice.chance(25)) limits.packages_open_max = static_cast<std::uint64_t>(dice.between(20, 60));
    if (dice.chance(25)) limits.offers_live_max = static_cast<std::uint64_t>(dice.between(100, 400));
    return config;
}

std::vector<matching::command::Procedure> make_procedures(Dice& dice) {
    std::vector<matching::command::Procedure> procedures;
    for (auto& loaded : wire::load_procedures(TIEBREAK_PROCEDURES).procedures) {
        procedures.push_back(std::move(loaded.procedure));
    }
    const reference::Clockwork clockwork{1'795'420'800 * second, 20 * minute, 1'798'761'600 * second};
    for (std::size_t i = 0; i < generated_procedures; ++i) {
        procedures.push_back(
            reference::random_procedure(dice, clockwork, "generated-" + std::to_string(i + 1), clockwork.begin_ns));
    }
    return procedures;
}

}  // namespace

Scene make_scene(std::uint64_t seed, std::int64_t days) {
    Dice dice(seed);
    Scene scene;
    scene.seed = seed;
    scene.length_ns = days * day;
    scene.portals = 1 + dice.below(4);
    scene.providers = static_cast<std::size_t>(dice.between(40, 300));
    scene.zones = static_cast<std::size_t>(dice.between(2, 13));
    scene.packages_a_day = static_cast<std::uint64_t>(dice.between(40, 140));
    scene.batch_per_cent = dice.below(30);
    scene.last_moment_per_cent = dice.below(60);
    scene.answer_per_cent = static_cast<std::uint64_t>(dice.between(15, 80));
    scene.latency_ns = dice.one_of<std::int64_t>({50 * us, 500 * us, 20 * ms});
    scene.losses_per_10000 = dice.one_of<std::uint64_t>({0, 5, 50, 300});
    scene.doubles_per_10000 = dice.one_of<std::uint64_t>({0, 5, 100});
    scene.sync_ns = dice.one_of<std::int64_t>({100 * us, 1 * ms, 10 * ms});
    scene.procedures = make_procedures(dice);
    scene.config = make_config(dice);
    scene.mishaps = make_mishaps(dice);
    return scene;
}

}  // namespace tiebreak::simulation
