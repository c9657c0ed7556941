// Playing one load: on the daemon or on a baseline.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <zmq.hpp>

#include "bench/surge_feed.hpp"
#include "bench/surge_load.hpp"
#include "bench/surge_options.hpp"
#include "bench/surge_scene.hpp"
#include "bench/surge_server.hpp"

namespace tiebreak::bench {

// Called now and then while a load runs. `part`: what runs, for people.
using OnProgress = std::function<void(const std::string& part, double seconds_left, const LiveCounts& live)>;

// What every part of a round needs.
struct Setting {
    const SurgeOptions& options;
    Endpoints daemon;
    pid_t daemon_pid = 0;  // 0: not ours, so nobody knows
    FeedListener& feed;
    zmq::context_t& context;
    std::string tag;
    std::string scratch;
    std::uint32_t number = 0;  // of the round
    OnProgress on_progress;
};

struct LoadOrder {
    std::string name;  // for people
    std::string endpoint;
    pid_t server_pid = 0;  // 0: unknown
    const Scene* scene = nullptr;
    const Schedule* schedule = nullptr;  // null: closed loop
    std::size_t in_flight = 1;
    std::size_t batch = 1;
    std::uint32_t first_ledger = 0;      // the threads' ledgers are numbered from here
    std::uint64_t offers_max = UINT64_MAX;
    bool daemon = true;
    std::int64_t begins_wall_ns = 0;     // no sooner than now, whatever it says
    std::int64_t ends_wall_ns = 0;
};

struct Played {
    std::vector<LoadPlan> plans;
    std::vector<LoadResult> results;  // one of each thread
    std::int64_t server_cpu_ns = 0;   // processor time while the load ran; 0: unknown
    std::int64_t load_cpu_ns = 0;     // of this process
};

// The load as the options and the scene have it.
[[nodiscard]] LoadOrder order_of(const SurgeOptions& options, const Scene& scene, const std::string& endpoint);

// Until all is answered or has been waited for in vain.
[[nodiscard]] Played play(const Setting& setting, const LoadOrder& order);

// The outcomes of the scene's packages, once all have come or have been waited for in vain.
[[nodiscard]] std::vector<FeedMessage> await_outcomes(const Setting& setting, const Scene& scene);

}  // namespace tiebreak::bench
