#include "bench/surge_play.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>

#include "bench/surge_clock.hpp"
#include "bench/surge_process.hpp"

namespace tiebreak::bench {
namespace {

constexpr std::int64_t awards_awaited_ns = 15 * s_ns;   // after the last close
constexpr std::int64_t strangers_linger_ns = 2 * s_ns;  // where others use the same daemon, their awards count as well
constexpr std::chrono::milliseconds progress_interval{250};

std::vector<LoadPlan> plans_of(const SurgeOptions& options, const LoadOrder& order) {
    const std::int64_t wall_to_steady_ns = steady_ns() - wall_ns();
    LoadPlan plan;
    plan.endpoint = order.endpoint;
    plan.scene = order.scene;
    plan.schedule = order.schedule;
    plan.in_flight = order.in_flight;
    plan.batch = order.batch;
    plan.threads = static_cast<std::uint32_t>(options.threads);
    plan.daemon = order.daemon;
    plan.begins_steady_ns = std::max(order.begins_wall_ns + wall_to_steady_ns, steady_ns() + 50 * ms_ns);
    plan.ends_steady_ns = std::max(order.ends_wall_ns + wall_to_steady_ns, plan.begins_steady_ns);
    std::vector<LoadPlan> plans;
    for (std::size_t i = 0; i < options.threads; ++i) {
        plan.thread = static_cast<std::uint32_t>(i);
        plan.ledger = order.first_ledger + plan.thread;
        plan.connections = options.connections / options.threads + (i < options.connections % options.threads ? 1 : 0);
        plan.offers_max = order.offers_max == UINT64_MAX ? UINT64_MAX : order.offers_max / options.threads;
        plans.push_back(plan);
    }
    return plans;
}

}  // namespace

LoadOrder order_of(const SurgeOptions& options, const Scene& scene, const std::string& endpoint) {
    LoadOrder order;
    order.name = "Tiebreak";
    order.endpoint = endpoint;
    order.scene = &scene;
    order.in_flight = options.in_flight;
    order.batch = options.batch;
    order.begins_wall_ns = scene.load_begins_ns;
    order.ends_wall_ns = scene.load_ends_ns;
    return order;
}

Played play(const Setting& setting, const LoadOrder& order) {
    Played played;
    played.plans = plans_of(setting.options, order);
    LiveCounts live;
    std::vector<std::unique_ptr<Load>> loads;
    for (const LoadPlan& plan : played.plans) loads.push_back(std::make_unique<Load>(setting.context, plan, live));
    const std::int64_t server_before_ns = cpu_ns_of(order.server_pid), load_before_ns = cpu_ns_of(::getpid());
    std::vector<std::future<void>> running;
    for (auto& load : loads) running.push_back(std::async(std::launch::async, [&load] { load->run(); }));
    for (auto& one : running)
        while (one.wait_for(progress_interval) == std::future_status::timeout)
            setting.on_progress(order.name, static_cast<double>(played.plans[0].ends_steady_ns - steady_ns()) / 1e9, live);
    played.server_cpu_ns = cpu_ns_of(order.server_pid) - server_before_ns;
    played.load_cpu_ns = cpu_ns_of(::getpid()) - load_before_ns;
    for (std::size_t i = 0; i < loads.size(); ++i) {
        running[i].get();
        played.results.push_back(loads[i]->take_result());
    }
    return played;
}

std::vector<FeedMessage> await_outcomes(const Setting& setting, const Scene& scene) {
    const std::int64_t last_close_ns = *std::max_element(scene.closes_ns.begin(), scene.closes_ns.end());
    const std::int64_t until_ns = std::max(steady_ns(), steady_ns() + last_close_ns - wall_ns()) + awards_awaited_ns;
    if (setting.options.connect.empty()) setting.feed.wait_for(scene.packages.size(), until_ns);
    else setting.feed.wait_for(SIZE_MAX, until_ns - awards_awaited_ns + strangers_linger_ns);
    return setting.feed.take();
}

}  // namespace tiebreak::bench
