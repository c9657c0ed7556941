// One thread of the load: its connections, what it sends and when, and what it is told.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <zmq.hpp>

#include "bench/surge_ledger.hpp"
#include "bench/surge_options.hpp"
#include "bench/surge_scene.hpp"
#include "bench/surge_schedule.hpp"

namespace tiebreak::bench {

struct LoadPlan {
    std::string endpoint;
    const Scene* scene = nullptr;
    const Schedule* schedule = nullptr;  // null: closed loop
    std::size_t connections = 1;         // of this thread
    std::size_t in_flight = 1;           // requests of one connection, in a closed loop
    std::size_t batch = 1;
    std::uint32_t thread = 0;
    std::uint32_t threads = 1;
    std::uint32_t ledger = 0;            // in the offers' ids; another one for each thread of all loads of a round
    std::uint64_t offers_max = UINT64_MAX;  // of this thread; in a closed loop it ends after them
    bool daemon = true;                  // false: a baseline, which answers in order and with the same bytes always
    std::int64_t begins_steady_ns = 0;
    std::int64_t ends_steady_ns = 0;     // no offer is sent after it in a closed loop
    std::int64_t answers_awaited_ns = 15'000'000'000;  // after the last offer; what has no answer then is lost
};

struct LoadResult {
    Ledger ledger;
    std::int64_t last_answer_steady_ns = 0;
};

// For a live line; written by the load's threads, read by whoever likes to.
struct LiveCounts {
    std::atomic<std::uint64_t> sent{0};
    std::atomic<std::uint64_t> answered{0};
    std::atomic<std::uint64_t> busy{0};  // of them
};

class Load {
public:
    Load(zmq::context_t& context, const LoadPlan& plan, LiveCounts& live);
    ~Load();
    // From the beginning of the load until everything is answered or has been waited for in vain. Never spins.
    void run();
    // From any thread: nothing more is sent, and run returns as soon as everything is answered.
    void stop() noexcept;
    // Of a run that has ended.
    [[nodiscard]] LoadResult take_result();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tiebreak::bench
