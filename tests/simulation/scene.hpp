// What one simulated world is like, all of it made from one seed.
#pragma once

#include <cstdint>
#include <vector>

#include "daemon/config.hpp"
#include "matching/commands.hpp"
#include "tests/simulation/schedule.hpp"

namespace tiebreak::simulation {

// How often something goes wrong: the mean time between two; 0: never.
struct Mishaps {
    std::int64_t kill_every_ns = 0;        // the process, at any moment or in the middle of a call on the disk
    std::int64_t power_cut_every_ns = 0;   // likewise, with all that was not synced lost, kept or torn
    std::int64_t stop_every_ns = 0;        // an orderly restart
    std::int64_t disk_fault_every_ns = 0;  // one call on the disk fails or does half its work
    std::int64_t disk_full_every_ns = 0;   // for a while nothing more can be allocated
    std::int64_t clock_step_every_ns = 0;  // of the wall clock, up to an hour either way
    std::int64_t clock_stop_every_ns = 0;  // it stands still for a while
    std::int64_t line_cut_every_ns = 0;    // one portal's connections are away for a while
    std::int64_t crash_when_early_every_ns = 0;  // just when an event leaves before all before it is durable, so that the rest is lost
    std::int64_t suspend_every_ns = 0;     // the machine: its work stands still, CLOCK_BOOTTIME and the wall clock go on
};

struct Scene {
    std::uint64_t seed = 0;
    std::int64_t length_ns = 0;  // packages open that long; then the world runs on until every window has closed

    std::size_t portals = 0;  // front ends of providers, beside the council's own
    std::size_t providers = 0;
    std::size_t zones = 0;
    std::uint64_t packages_a_day = 0;
    std::uint64_t batch_per_cent = 0;        // packages that open many at a time, so that they close at one instant
    std::uint64_t last_moment_per_cent = 0;  // offers that aim at the very close
    std::uint64_t answer_per_cent = 0;       // of the invitations

    std::int64_t latency_ns = 0;  // of the network, typically
    std::uint64_t losses_per_10000 = 0;
    std::uint64_t doubles_per_10000 = 0;
    std::int64_t sync_ns = 0;  // of the disk, typically

    std::vector<matching::command::Procedure> procedures;
    daemon::Config config;
    Mishaps mishaps;
};

// `days` of such a world. Equal arguments give equal scenes.
[[nodiscard]] Scene make_scene(std::uint64_t seed, std::int64_t days);

}  // namespace tiebreak::simulation
