#include "bench/surge_round.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <future>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

#include "bench/surge_clock.hpp"
#include "wire/client.hpp"

namespace tiebreak::bench {
namespace {

constexpr std::int64_t awards_awaited_ns = 15 * s_ns;   // after the last close
constexpr std::int64_t strangers_linger_ns = 2 * s_ns;  // where others use the same daemon, their awards count as well
constexpr std::chrono::milliseconds progress_interval{250};

std::optional<Schedule> schedule_of(const SurgeOptions& options) {
    const std::uint64_t cliff_total = options.packages * options.cliff_offers;
    if (options.shape == Shape::cliff) return Schedule(options.shape, 0, options.seconds, cliff_total);
    if (options.is_closed_loop()) return std::nullopt;
    return Schedule(options.shape, options.rate, options.seconds, cliff_total);
}

// Of the whole load, thread `thread`'s share of the connections.
std::size_t connections_of(const SurgeOptions& options, std::size_t thread) {
    return options.connections / options.threads + (thread < options.connections % options.threads ? 1 : 0);
}

std::vector<LoadPlan> plans_of(const SurgeOptions& options, const Scene& scene, const Schedule* schedule, const std::string& endpoint,
                               bool daemon) {
    const std::int64_t wall_to_steady_ns = steady_ns() - wall_ns();
    LoadPlan plan;
    plan.endpoint = endpoint;
    plan.scene = &scene;
    plan.schedule = schedule;
    plan.in_flight = options.in_flight;
    plan.batch = options.batch;
    plan.threads = static_cast<std::uint32_t>(options.threads);
    plan.daemon = daemon;
    plan.begins_steady_ns = std::max(scene.load_begins_ns + wall_to_steady_ns, steady_ns() + 50 * ms_ns);
    plan.ends_steady_ns = std::max(scene.load_ends_ns + wall_to_steady_ns, plan.begins_steady_ns);
    std::vector<LoadPlan> plans;
    for (std::size_t i = 0; i < options.threads; ++i) {
        plan.thread = static_cast<std::uint32_t>(i);
        plan.connections = connections_of(options, i);
        plans.push_back(plan);
    }
    return plans;
}

std::vector<LoadResult> run_load(zmq::context_t& context, const std::vector<LoadPlan>& plans, const std::string& name,
                                 const OnProgress& on_progress) {
    LiveCounts live;
    std::vector<std::unique_ptr<Load>> loads;
    for (const LoadPlan& plan : plans) loads.push_back(std::make_unique<Load>(context, plan, live));
    std::vector<std::future<void>> running;
    for (auto& load : loads) running.push_back(std::async(std::launch::async, [&load] { load->run(); }));
    for (auto& one : running)
        while (one.wait_for(progress_interval) == std::future_status::timeout) on_progress(name, live);
    std::vector<LoadResult> results;
    for (std::size_t i = 0; i < loads.size(); ++i) {
        running[i].get();
        results.push_back(loads[i]->take_result());
    }
    return results;
}

void count_states(const Ledger& ledger, Phase& phase) {
    for (const SentOffer& offer : ledger.offers) {
        ++phase.sent;
        switch (offer.state) {
            case OfferState::unanswered: ++phase.lost; break;
            case OfferState::accepted: ++phase.accepted; break;
            case OfferState::closed: ++phase.closed; break;
            case OfferState::busy: ++phase.busy; break;
            case OfferState::refused: ++phase.refused; break;
        }
    }
}

Phase sum_up(const std::vector<LoadPlan>& plans, const std::vector<LoadResult>& results) {
    Phase phase;
    phase.ran = true;
    std::int64_t last_ns = plans[0].begins_steady_ns;
    for (const LoadResult& result : results) {
        count_states(result.ledger, phase);
        phase.duplicated += result.ledger.duplicated;
        phase.wrong_answers += result.ledger.wrong_answers;
        if (phase.note.empty()) phase.note = result.ledger.note;
        phase.latency.merge(result.latency);
        last_ns = std::max(last_ns, result.last_answer_steady_ns);
        phase.answered.resize(std::max(phase.answered.size(), result.answered.size()));
        phase.due.resize(phase.answered.size());
        for (std::size_t i = 0; i < result.answered.size(); ++i) {
            phase.answered[i] += result.answered[i];
            phase.due[i] += result.due[i];
        }
    }
    const std::int64_t took_ns = last_ns - plans[0].begins_steady_ns;
    if (took_ns > 0) phase.per_second = static_cast<double>(phase.accepted) * 1e9 / static_cast<double>(took_ns);
    return phase;
}

// Status figures by name; not a number for one that this daemon does not have.
class Status {
public:
    explicit Status(const Endpoints& daemon) {
        zmq::context_t context(1);
        std::string why;
        wire::ClientOptions options;
        options.endpoint = daemon.commands;
        const auto client = wire::Client::connect(context, options, why);
        if (!client) return;
        const auto done = client->call(wire::Query{wire::query::Status{}}, wire::Milliseconds{5'000});
        if (!done || done->outcome != wire::Outcome::answered) return;
        const auto* const status = std::get_if<wire::answer::Status>(&done->answer->answer());
        if (status == nullptr) return;
        for (const auto& figure : status->figures) figures_.emplace_back(figure.name, static_cast<double>(figure.value));
    }
    [[nodiscard]] double operator[](std::string_view name) const {
        for (const auto& [known, value] : figures_)
            if (known == name) return value;
        return std::numeric_limits<double>::quiet_NaN();
    }

private:
    std::vector<std::pair<std::string, double>> figures_;
};

std::vector<FeedMessage> await_outcomes(const SurgeOptions& options, FeedListener& feed, const Scene& scene) {
    const std::int64_t last_close_ns = *std::max_element(scene.closes_ns.begin(), scene.closes_ns.end());
    const std::int64_t until_ns = std::max(steady_ns(), steady_ns() + last_close_ns - wall_ns()) + awards_awaited_ns;
    if (options.connect.empty()) feed.wait_for(scene.packages.size(), until_ns);
    else feed.wait_for(SIZE_MAX, until_ns - awards_awaited_ns + strangers_linger_ns);
    return feed.take();
}

void play_daemon(const SurgeOptions& options, const Endpoints& daemon, FeedListener& feed, zmq::context_t& context,
                 const Scene& scene, const Schedule* schedule, const OnProgress& on_progress, Round& round) {
    const Status before(daemon);
    const std::uint64_t missed_before = feed.missed();
    const auto plans = plans_of(options, scene, schedule, daemon.commands, true);
    auto results = run_load(context, plans, "daemon", on_progress);
    round.daemon = sum_up(plans, results);
    const Status after(daemon);
    round.offers_per_sync = static_cast<double>(round.daemon.accepted) / (after["journal_commits"] - before["journal_commits"]);
    // Where a later command reached the deadlines before the timer did, there is nothing to say about the timer.
    const bool timed = after["deadline_lateness_count"] > 0;
    round.deadline_p50_ns = timed ? after["deadline_lateness_p50_ns"] : std::numeric_limits<double>::quiet_NaN();
    round.deadline_p99_ns = timed ? after["deadline_lateness_p99_ns"] : std::numeric_limits<double>::quiet_NaN();

    const auto events = await_outcomes(options, feed, scene);
    std::vector<Ledger> ledgers;
    for (LoadResult& result : results) ledgers.push_back(std::move(result.ledger));
    round.awards = check_awards(scene, ledgers, events);
    round.events_missed = feed.missed() - missed_before;
}

std::vector<std::string> baseline_arguments(const SurgeOptions& options, const Scene& scene, std::size_t body_bytes,
                                            const std::string& sync_file) {
    const bool cliff = options.shape == Shape::cliff;
    const auto deadlines = cliff ? 1 : static_cast<std::size_t>(options.awards_per_second * options.seconds);
    const auto interval_ns = static_cast<std::int64_t>(1e9 / std::max(1.0, options.awards_per_second));
    std::vector<std::string> arguments{options.baseline,
                                       "--batch", std::to_string(options.batch),
                                       "--first-deadline-ns", std::to_string(cliff ? scene.load_ends_ns : scene.load_begins_ns + interval_ns),
                                       "--interval-ns", std::to_string(interval_ns),
                                       "--deadlines", std::to_string(deadlines),
                                       "--each", std::to_string(cliff ? options.packages : 1),
                                       "--body-bytes", std::to_string(body_bytes)};
    if (!sync_file.empty()) arguments.insert(arguments.end(), {"--sync", sync_file});
    return arguments;
}

TimerFigures timer_figures(const std::vector<FeedMessage>& messages) {
    TimerFigures figures;
    for (const FeedMessage& message : messages) {
        const auto due_ns = static_cast<std::int64_t>(message.head.epoch);
        figures.timer_lateness.record(static_cast<std::int64_t>(message.head.topic_sequence) - due_ns);
        figures.publish.record(message.received_ns - static_cast<std::int64_t>(message.head.sequence));
        figures.last_ns = std::max(figures.last_ns, message.received_ns - due_ns);
    }
    return figures;
}

Phase play_baseline(const SurgeOptions& options, zmq::context_t& context, const Scene& of_daemon, const Schedule* schedule,
                    const std::string& name, std::size_t body_bytes, const std::string& sync_file, const OnProgress& on_progress,
                    TimerFigures* timer) {
    // Starting it, preallocating its file and subscribing to it take well under a second.
    const Scene scene = without_closes(of_daemon, wall_ns() + s_ns, options.seconds);
    Server server(baseline_arguments(options, scene, body_bytes, sync_file));
    FeedListener listener(context, server.endpoints().feed, "award/");
    const auto plans = plans_of(options, scene, schedule, server.endpoints().commands, false);
    Phase phase = sum_up(plans, run_load(context, plans, name, on_progress));
    if (timer == nullptr) return phase;
    if (options.shape == Shape::cliff) listener.wait_for(options.packages, steady_ns() + 5 * s_ns);
    *timer = timer_figures(listener.take());
    return phase;
}

}  // namespace

Round play_round(const SurgeOptions& options, const Endpoints& daemon, FeedListener& feed, zmq::context_t& context,
                 const std::string& tag, std::uint32_t number, const std::string& scratch, const OnProgress& on_progress) {
    const auto schedule = schedule_of(options);
    const Schedule* const plan = schedule ? &*schedule : nullptr;
    static_cast<void>(feed.take());
    const Scene scene = register_scene(options, daemon, tag, number);
    Round round;
    play_daemon(options, daemon, feed, context, scene, plan, on_progress, round);
    if (!options.baselines) return round;
    const std::size_t award_bytes = round.awards.awards > 0 ? round.awards.body_bytes / round.awards.awards : 64;
    round.echo = play_baseline(options, context, scene, plan, "echo", award_bytes, {}, on_progress, &round.timer);
    round.synced_echo = play_baseline(options, context, scene, plan, "synced echo", award_bytes, scratch + "/synced", on_progress, nullptr);
    return round;
}

}  // namespace tiebreak::bench
