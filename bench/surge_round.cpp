#include "bench/surge_round.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <stdexcept>

#include "bench/surge_clock.hpp"
#include "bench/surge_process.hpp"
#include "bench/surge_status.hpp"

namespace tiebreak::bench {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double probe_seconds = 1.5;
constexpr std::uint32_t second_scene = 100;  // added to a round's number: its other scene's ids
constexpr std::size_t fill_batch = 64, fill_in_flight = 4;

double or_nan(std::uint64_t bytes) { return bytes == 0 ? nan : static_cast<double>(bytes); }

std::vector<Ledger> take_ledgers(Played& played, std::vector<Ledger> others = {}) {
    for (LoadResult& result : played.results) others.push_back(std::move(result.ledger));
    return others;
}

Phase phase_of(const Played& played) {
    Phase phase = sum_up(played.plans, played.results);
    const auto answered = static_cast<double>(phase.all.sent - phase.all.lost);
    phase.server_cpu_ns_per_offer = played.server_cpu_ns > 0 ? static_cast<double>(played.server_cpu_ns) / answered : nan;
    phase.load_cpu_ns_per_offer = static_cast<double>(played.load_cpu_ns) / answered;
    return phase;
}

// What a load on the daemon came to, its awards checked.
struct Judged {
    Phase phase;
    Checked awards;
};

class RoundPlayer {
public:
    explicit RoundPlayer(const Setting& setting) : setting_(setting), options_(setting.options), missed_before_(setting.feed.missed()) {}

    Round play() {
        static_cast<void>(setting_.feed.take());
        if (options_.shape == Shape::ramp) play_ramp();
        else if (options_.shape == Shape::crowd) play_crowd();
        else if (options_.deaf > 0) play_company();
        else play_plain();
        round_.wrongs.events_missed = setting_.feed.missed() - missed_before_;
        if (round_.wrongs.note.empty() && round_.wrongs.events_missed > 0) round_.wrongs.note = "the subscriber missed events";
        if (options_.baselines) play_baselines();
        return std::move(round_);
    }

private:
    void plan_schedule() {
        const std::uint64_t cliff_total = options_.packages * options_.cliff_offers;
        if (options_.shape == Shape::cliff) schedule_.emplace(Shape::cliff, 0, options_.seconds, cliff_total);
        else if (options_.rate > 0) schedule_.emplace(options_.shape, options_.rate, options_.seconds, cliff_total);
    }
    [[nodiscard]] const Schedule* schedule() const { return schedule_ ? &*schedule_ : nullptr; }

    [[nodiscard]] LoadOrder order(const Scene& scene) const {
        LoadOrder order = order_of(options_, scene, setting_.daemon.commands);
        order.server_pid = setting_.daemon_pid;
        order.schedule = schedule();
        return order;
    }

    // Plays the load that the figures are about.
    Played play_main(const LoadOrder& load) {
        const Status before(setting_.daemon);
        MemoryWatch watch(setting_.daemon_pid);
        Played played = tiebreak::bench::play(setting_, load);
        memory_ = watch.end();
        round_.rss_peak_bytes = peak_bytes(memory_, 0, std::numeric_limits<std::int64_t>::max());
        const Status after(setting_.daemon);
        round_.daemon = phase_of(played);
        round_.offers_per_sync = static_cast<double>(round_.daemon.all.accepted) / (after["journal_commits"] - before["journal_commits"]);
        // Where a later command reached the deadlines before the timer did, there is nothing to say about the timer.
        const bool timed = after["deadline_lateness_count"] > 0;
        round_.deadline_p50_ns = timed ? after["deadline_lateness_p50_ns"] : nan;
        round_.deadline_p99_ns = timed ? after["deadline_lateness_p99_ns"] : nan;
        round_.wrongs.add(round_.daemon);
        return played;
    }
    void judge_main(const Scene& scene, const std::vector<Ledger>& ledgers) {
        const auto events = await_outcomes(setting_, scene);
        round_.awards = check_awards(scene, ledgers, events);
        round_.wrongs.add(round_.awards);
        scene_ = scene;
    }

    // A load beside the main one, with everything about it checked as well.
    Judged play_other(const Scene& scene, const LoadOrder& load) {
        Played played = tiebreak::bench::play(setting_, load);
        Judged judged;
        judged.phase = sum_up(played.plans, played.results);
        const auto events = await_outcomes(setting_, scene);
        judged.awards = check_awards(scene, take_ledgers(played), events);
        round_.wrongs.add(judged.phase);
        round_.wrongs.add(judged.awards);
        return judged;
    }

    void play_plain() {
        plan_schedule();
        const Scene scene = register_scene(options_, setting_.daemon, setting_.tag, setting_.number);
        Played played = play_main(order(scene));
        judge_main(scene, take_ledgers(played));
    }

    // What a closed loop reaches, on packages of its own.
    double probe() {
        SurgeOptions options = options_;
        options.seconds = probe_seconds;
        options.packages = std::min<std::size_t>(options.packages, 1'000);
        const Scene scene = register_scene(options, setting_.daemon, setting_.tag, setting_.number + second_scene);
        LoadOrder load = order_of(options, scene, setting_.daemon.commands);
        load.name = "closed loop, to find saturation";
        load.in_flight = std::max<std::size_t>(1, options.in_flight / options.batch);
        return play_other(scene, load).phase.per_second;
    }
    void play_ramp() {
        const double saturation = options_.rate > 0 ? options_.rate / *std::max_element(std::begin(ramp_factors), std::end(ramp_factors)) : probe();
        const auto steps = ramp_steps(saturation, options_.seconds);
        schedule_.emplace(steps);
        const Scene scene = register_scene(options_, setting_.daemon, setting_.tag, setting_.number);
        Played played = play_main(order(scene));
        const auto events = await_outcomes(setting_, scene);
        std::vector<Ledger> ledgers;
        for (const LoadResult& result : played.results) ledgers.push_back(result.ledger);
        round_.awards = check_awards(scene, ledgers, events);
        round_.wrongs.add(round_.awards);
        round_.ramp = ramp_figures(saturation, steps, played, round_.awards, memory_);
        scene_ = scene;
    }

    void play_crowd() {
        plan_schedule();
        round_.crowd.emplace();
        Crowd& crowd = *round_.crowd;
        {
            SurgeOptions few = options_;
            few.packages = std::min(crowd_few_packages, options_.packages);
            few.shape = Shape::steady;
            const Scene scene = register_scene(few, setting_.daemon, setting_.tag, setting_.number + second_scene);
            LoadOrder load = order(scene);
            load.name = "few packages";
            const Judged judged = play_other(scene, load);
            crowd.few_latency = judged.phase.all.latency;
            crowd.few_award_lateness = judged.awards.lateness;
        }
        const std::int64_t began_ns = steady_ns();
        const Scene scene = register_scene(options_, setting_.daemon, setting_.tag, setting_.number);
        crowd.packages = scene.packages.size();
        crowd.register_seconds = static_cast<double>(steady_ns() - began_ns) / 1e9;
        std::vector<Ledger> ledgers = fill(scene, crowd);
        Played played = play_main(order(scene));
        judge_main(scene, take_ledgers(played, std::move(ledgers)));
    }
    // Every provider offers for every package, once.
    std::vector<Ledger> fill(const Scene& scene, Crowd& crowd) {
        LoadOrder load = order_of(options_, scene, setting_.daemon.commands);
        load.name = "filling the books";
        load.batch = fill_batch;
        load.in_flight = fill_in_flight;
        load.first_ledger = static_cast<std::uint32_t>(options_.threads);
        load.offers_max = scene.packages.size() * scene.providers.size();
        load.begins_wall_ns = 0;
        load.ends_wall_ns = scene.load_begins_ns;
        crowd.rss_before_bytes = setting_.daemon_pid > 0 ? resident_bytes(setting_.daemon_pid) : 0;
        Played played = tiebreak::bench::play(setting_, load);
        crowd.rss_after_bytes = setting_.daemon_pid > 0 ? resident_bytes(setting_.daemon_pid) : 0;
        const Phase phase = sum_up(played.plans, played.results);
        round_.wrongs.add(phase);
        crowd.live_offers = phase.all.accepted;
        crowd.fill_per_second = phase.per_second;
        crowd.bytes_per_offer = (or_nan(crowd.rss_after_bytes) - or_nan(crowd.rss_before_bytes)) / static_cast<double>(crowd.live_offers);
        return take_ledgers(played);
    }

    void play_company() {
        plan_schedule();
        round_.company.emplace();
        // In turn, so that neither always has the memory that the other has warmed.
        const bool deaf_first = setting_.number % 2 == 1;
        if (!deaf_first) play_beside_polite();
        play_beside_deaf();
        if (deaf_first) play_beside_polite();
    }
    void play_beside_polite() {
        Company& company = *round_.company;
        const Scene scene = register_scene(options_, setting_.daemon, setting_.tag, setting_.number + second_scene);
        LoadOrder load = order(scene);
        load.name = "beside polite peers";
        MemoryWatch watch(setting_.daemon_pid);
        const Status before(setting_.daemon);
        Judged judged;
        {
            const Peers peers(setting_.daemon, scene, options_.deaf, false);
            judged = play_other(scene, load);
        }
        const auto memory = watch.end();
        company.polite_rss_peak_bytes = peak_bytes(memory, 0, std::numeric_limits<std::int64_t>::max());
        company.polite_latency = judged.phase.all.latency;
        company.polite_award_lateness = judged.awards.lateness;
        company.polite_replies_dropped = Status(setting_.daemon)["replies_unsendable"] - before["replies_unsendable"];
    }
    void play_beside_deaf() {
        Company& company = *round_.company;
        const Scene scene = register_scene(options_, setting_.daemon, setting_.tag, setting_.number);
        LoadOrder load = order(scene);
        load.name = "beside deaf peers";
        const Status before(setting_.daemon);
        std::vector<Ledger> ledgers;
        {
            const Peers peers(setting_.daemon, scene, options_.deaf, true);
            Played played = play_main(load);
            ledgers = take_ledgers(played);
            company.peer_offers = peers.sent();
        }
        company.peers = options_.deaf;
        company.deaf_rss_peak_bytes = round_.rss_peak_bytes;
        const Status after(setting_.daemon);
        company.replies_dropped = after["replies_unsendable"] - before["replies_unsendable"];
        company.subscribers_full = after["subscribers_full"] - before["subscribers_full"];
        judge_main(scene, ledgers);
    }

    void play_baselines() {
        const std::size_t award_bytes = round_.awards.awards > 0 ? round_.awards.body_bytes / round_.awards.awards : 64;
        round_.echo = play_baseline("bare echo", award_bytes, {}, &round_.timer);
        round_.synced_echo = play_baseline("synced echo", award_bytes, setting_.scratch + "/synced", nullptr);
    }

    std::vector<std::string> baseline_arguments(const Scene& scene, std::size_t body_bytes, const std::string& sync_file) const {
        const bool cliff = options_.shape == Shape::cliff;
        const auto deadlines = cliff ? 1 : static_cast<std::size_t>(options_.awards_per_second * options_.seconds);
        const auto interval_ns = static_cast<std::int64_t>(1e9 / std::max(1.0, options_.awards_per_second));
        std::vector<std::string> arguments{options_.baseline,
                                           "--batch", std::to_string(options_.batch),
                                           "--first-deadline-ns", std::to_string(cliff ? scene.load_ends_ns : scene.load_begins_ns + interval_ns),
                                           "--interval-ns", std::to_string(interval_ns),
                                           "--deadlines", std::to_string(deadlines),
                                           "--each", std::to_string(cliff ? options_.packages : 1),
                                           "--body-bytes", std::to_string(body_bytes)};
        if (!sync_file.empty()) arguments.insert(arguments.end(), {"--sync", sync_file});
        return arguments;
    }

    static TimerFigures timer_figures(const std::vector<FeedMessage>& messages) {
        TimerFigures figures;
        for (const FeedMessage& message : messages) {
            const auto due_ns = static_cast<std::int64_t>(message.head.epoch);
            figures.timer_lateness.record(static_cast<std::int64_t>(message.head.topic_sequence) - due_ns);
            figures.publish.record(message.received_ns - static_cast<std::int64_t>(message.head.sequence));
            figures.last_ns = std::max(figures.last_ns, message.received_ns - due_ns);
        }
        return figures;
    }

    Phase play_baseline(const std::string& name, std::size_t body_bytes, const std::string& sync_file, TimerFigures* timer) {
        // Starting it, preallocating its file and subscribing to it take well under a second.
        const Scene scene = without_closes(scene_, wall_ns() + s_ns, options_.seconds);
        Server server(baseline_arguments(scene, body_bytes, sync_file));
        FeedListener listener(setting_.context, server.endpoints().feed, "award/");
        LoadOrder load = order(scene);
        load.name = name;
        load.endpoint = server.endpoints().commands;
        load.server_pid = server.pid();
        load.daemon = false;
        const Played played = tiebreak::bench::play(setting_, load);
        Phase phase = phase_of(played);
        if (timer == nullptr) return phase;
        if (options_.shape == Shape::cliff) listener.wait_for(options_.packages, steady_ns() + 5 * s_ns);
        *timer = timer_figures(listener.take());
        return phase;
    }

    const Setting& setting_;
    const SurgeOptions& options_;
    const std::uint64_t missed_before_;
    std::optional<Schedule> schedule_;
    Scene scene_;  // of the main load
    std::vector<MemoryWatch::Sample> memory_;
    Round round_;
};

}  // namespace

void Wrongs::add(const Phase& phase) {
    lost += phase.all.lost;
    duplicated += phase.duplicated;
    refused += phase.all.refused;
    wrong_answers += phase.wrong_answers;
    if (!note.empty()) return;
    note = phase.note;
    if (note.empty() && phase.all.lost > 0) note = "an offer had no answer";
    if (note.empty() && phase.duplicated > 0) note = "an offer was answered twice";
}

void Wrongs::add(const Checked& checked) {
    wrong_awards += checked.wrong_awards;
    if (note.empty()) note = checked.note;
}

Round play_round(const Setting& setting) { return RoundPlayer(setting).play(); }

}  // namespace tiebreak::bench
