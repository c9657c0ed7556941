// Everything about the daemon that can be set: on the command line, in a TOML file, in the environment (TIEBREAK_…).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "daemon/feed.hpp"
#include "daemon/limits.hpp"
#include "daemon/log.hpp"
#include "daemon/outage.hpp"
#include "daemon/snapshot_keeper.hpp"

namespace tiebreak::daemon {

struct Config {
    std::string commands_endpoint = "tcp://127.0.0.1:5701";
    std::string feed_endpoint = "tcp://127.0.0.1:5702";
    std::filesystem::path data = "tiebreak-data";
    std::filesystem::path procedures;  // empty: none are loaded
    log::Level log_level = log::Level::info;
    std::int64_t spin_us = 100;
    int real_time_priority = 0;
    std::int64_t ceiling_ms = 1'000;
    std::int64_t clock_behind_max_ms = 5'000;
    std::int64_t heartbeat_ms = 1'000;
    OutagePolicy outage = OutagePolicy::extend;
    DeadlineEventsWaitFor deadline_events_wait_for = DeadlineEventsWaitFor::its_package;
    std::uint64_t segment_bytes = 64U << 20;
    std::uint64_t journal_buffer_bytes_max = 16U << 20;
    std::uint64_t disk_free_bytes_min = 256U << 20;
    OldSegments old_segments = OldSegments::archive;
    Limits limits;
};

// A config, or why there is none: `exit_code` 0 where help or the like was asked for and given.
struct ConfigOutcome {
    std::optional<Config> config;
    int exit_code = 0;
};

// Reads the command line, and what it points to. Says on standard output or error what it has to say.
[[nodiscard]] ConfigOutcome read_config(int argc, const char* const* argv);

}  // namespace tiebreak::daemon
