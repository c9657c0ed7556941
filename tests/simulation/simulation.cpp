#include "tests/simulation/simulation.hpp"

#include <algorithm>

#include "daemon/journal_reader.hpp"
#include "tests/simulation/checkers.hpp"
#include "tests/simulation/journal_audit.hpp"
#include "tests/simulation/mishaps.hpp"
#include "tests/simulation/people.hpp"

namespace tiebreak::simulation {
namespace {

constexpr TrueTime beginning = 1'795'420'800 * second;  // 2026-11-23T08:00:00Z
constexpr std::int64_t rest_max_ns = 90 * day;          // the longest window, several times over
constexpr std::int64_t settle_ns = 2 * hour;            // heartbeats have shown every loss by then
constexpr std::size_t steps_shown = 60;

class World final : public HostObserver {
public:
    World(const Scene& scene, const RunOptions& options)
        : scene_(scene),
          options_(options),
          schedule_(beginning),
          clock_(schedule_),
          trace_(schedule_),
          network_(scene, schedule_, trace_),
          host_(scene, options.sabotage, schedule_, clock_, network_, trace_, *this),
          people_(scene, schedule_, [this] { return host_.stamps_error_ns(); }, network_, checkers_),
          mishaps_(scene, schedule_, clock_, network_, host_) {
        checkers_.add(acknowledged_is_durable());
        const bool certain = scene.config.deadline_events_wait_for == daemon::DeadlineEventsWaitFor::everything_before;
        const Numbers numbers = certain ? Numbers::certain : Numbers::may_change;
        checkers_.add(one_award(numbers));
        checkers_.add(replay_equals_feed(numbers, &renumbered_));
        checkers_.add(in_time());
        checkers_.add(stamps_rise());
        checkers_.add(windows_last());
        checkers_.add(nothing_silent());
        checkers_.add(told_in_time());
        checkers_.add(exports_are_the_journal());
        checkers_.first_position = [this] { return first_position(); };
        if (options.with_naive_rule) checkers_.add(naive_rule_agrees());
    }

    Outcome run() {
        const std::int64_t began_ns = daemon::steady_ns();
        host_.start();
        people_.begin();
        mishaps_.begin();
        const TrueTime end = beginning + scene_.length_ns;
        step_until(end, [] { return false; });
        people_.finish();
        mishaps_.finish();
        const bool rested = step_until(end + rest_max_ns, [this] { return host_.is_idle() && people_.are_quiet(); });
        if (checkers_.all_hold() && !rested) checkers_.fail("the world does not come to rest");
        step_until(schedule_.now() + settle_ns, [] { return false; });
        if (checkers_.all_hold()) look_at_journal();
        if (checkers_.all_hold()) {
            audit_.run_out();
            checkers_.tell(&Checker::at_end, audit_);
        }
        return outcome(daemon::steady_ns() - began_ns);
    }

private:
    // True when `reached` came true before `until`, or nothing more can happen by then that would matter.
    template <typename Reached>
    bool step_until(TrueTime until, Reached reached) {
        while (checkers_.all_hold()) {
            if (schedule_.steps() % 64 == 0) {
                if (reached()) return true;
                report_progress();
            }
            if (!schedule_.step(until)) return reached();
        }
        return false;
    }

    void report_progress() {
        if (!options_.on_progress || schedule_.steps() % 65'536 != 0) return;
        options_.on_progress(std::min(1.0, static_cast<double>(schedule_.now() - beginning) / static_cast<double>(scene_.length_ns)));
    }

    [[nodiscard]] bool read_journal(std::uint64_t last_position = UINT64_MAX) {
        std::optional<std::string> flaw;
        host_.look_at_disk([&](tests::SimulatedDisk& disk) { flaw = audit_.read(disk, scene_.config.data, last_position); });
        if (flaw) checkers_.fail("the journal: " + *flaw);
        return !flaw;
    }

    void look_at_journal() {
        if (read_journal()) checkers_.tell(&Checker::on_journal, audit_);
    }

    // Of what is left of the journal now.
    [[nodiscard]] std::uint64_t first_position() {
        std::uint64_t first = 1;
        host_.look_at_disk([&](tests::SimulatedDisk& disk) {
            if (const auto reader = daemon::JournalReader::open(disk, scene_.config.data)) first = (*reader)->first_position();
        });
        return first;
    }

    // HostObserver
    void on_started() override { look_at_journal(); }
    void on_ended(Ending ending, const std::string& why) override {
        checkers_.tell(&Checker::on_process_end);
        if (ending == Ending::power_cut) checkers_.tell(&Checker::on_power_cut);
        // A disk that fails or is full stops a start; nothing else may.
        if (ending == Ending::start_failed && !why.starts_with("5:")) checkers_.fail("the daemon does not start: " + why);
    }
    void on_delivered(std::uint64_t serial) override { checkers_.tell(&Checker::on_delivered, serial, host_.awake_ns()); }
    void on_answered(std::uint64_t serial) override { checkers_.tell(&Checker::on_answered, serial); }

    // The auditor has to read it before it is gone.
    void on_recycling(std::uint64_t durable_position) override { (void)read_journal(durable_position); }
    void on_left(std::span<const std::byte> body, matching::Instant stamps_ns, matching::Instant since_ns) override {
        checkers_.tell(&Checker::on_left, body, stamps_ns, since_ns);
    }

    Outcome outcome(std::int64_t wall_ns) const {
        Outcome result;
        result.held = checkers_.all_hold();
        if (!result.held) {
            result.failures = checkers_.failures();
            result.trace = trace_.last(steps_shown);
        }
        result.trace_hash = trace_.hash();
        result.steps = schedule_.steps();
        result.simulated_ns = std::min(schedule_.now() - beginning, scene_.length_ns);
        result.resting_ns = schedule_.now() - beginning - result.simulated_ns;
        result.wall_ns = wall_ns;
        result.packages = people_.packages();
        result.providers = scene_.providers;
        result.commands = audit_.commands();
        result.events = audit_.events();
        result.awards = audit_.awards();
        for (const auto& portal : people_.portals()) {
            result.repeats += portal->repeats();
            result.unknown_outcomes += portal->unknown();
            result.holes += portal->feed_counts().holes;
            result.refilled += portal->feed_counts().refilled;
            result.gaps += portal->feed_counts().gaps;
            result.exports += portal->exports_answered();
            result.caught_up += portal->caught_up();
            result.lost_holes += portal->lost_holes();
        }
        const NetworkCounts& network = network_.counts();
        result.requests = network.requests;
        result.replies = network.replies;
        result.feed_messages = network.feed_messages;
        result.messages_lost = network.lost;
        result.messages_doubled = network.doubled;
        const HostCounts& host = host_.counts();
        result.starts = host.starts;
        result.kills = host.kills;
        result.power_cuts = host.power_cuts;
        result.in_mid_call = host.in_mid_call;
        result.in_recovery = host.in_recovery;
        result.stops = host.stops;
        result.disk_faults = host.disk_faults;
        result.commits = host.commits;
        result.snapshots = host.snapshots;
        const MishapCounts& mishaps = mishaps_.counts();
        result.disk_calls_failed = mishaps.disk_calls_failed;
        result.disk_full = mishaps.disk_full;
        result.clock_steps = mishaps.clock_steps;
        result.clock_stops = mishaps.clock_stops;
        result.line_cuts = mishaps.line_cuts;
        result.suspends = mishaps.suspends;
        result.suspended_seconds = mishaps.suspended_ns / static_cast<std::uint64_t>(second);
        result.ended_asleep = host.ended_asleep;
        const bool its_package = scene_.config.deadline_events_wait_for == daemon::DeadlineEventsWaitFor::its_package;
        result.worlds_its_package = its_package ? 1 : 0;
        result.left_early = host.left_early;
        result.renumbered = renumbered_;
        result.worlds_recycling = scene_.config.old_segments == daemon::OldSegments::recycle ? 1 : 0;
        result.recycled = host.recycled;
        result.journal_bytes = audit_.bytes();
        return result;
    }

    const Scene& scene_;
    const RunOptions& options_;
    Schedule schedule_;
    SimulatedClock clock_;
    Trace trace_;
    Checkers checkers_;
    std::uint64_t renumbered_ = 0;
    JournalAudit audit_;
    Network network_;
    Host host_;
    People people_;
    MishapMaker mishaps_;
};

}  // namespace

Outcome run(const Scene& scene, const RunOptions& options) { return World(scene, options).run(); }

void Outcome::add(const Outcome& other) {
    if (held && !other.held) {
        failures = other.failures;
        trace = other.trace;
    }
    held = held && other.held;
    trace_hash = mixed(trace_hash, other.trace_hash);
    const auto sum = [&](auto member) { this->*member += other.*member; };
    sum(&Outcome::steps), sum(&Outcome::simulated_ns), sum(&Outcome::resting_ns), sum(&Outcome::wall_ns);
    for (const auto member :
         {&Outcome::packages, &Outcome::providers, &Outcome::commands, &Outcome::events, &Outcome::awards, &Outcome::requests,
          &Outcome::replies, &Outcome::repeats, &Outcome::unknown_outcomes, &Outcome::feed_messages, &Outcome::messages_lost,
          &Outcome::messages_doubled, &Outcome::holes, &Outcome::refilled, &Outcome::gaps, &Outcome::starts, &Outcome::kills,
          &Outcome::power_cuts, &Outcome::in_mid_call, &Outcome::in_recovery, &Outcome::stops, &Outcome::disk_faults,
          &Outcome::disk_calls_failed, &Outcome::disk_full, &Outcome::clock_steps, &Outcome::clock_stops, &Outcome::line_cuts,
          &Outcome::commits, &Outcome::snapshots, &Outcome::journal_bytes, &Outcome::suspends, &Outcome::suspended_seconds,
          &Outcome::ended_asleep, &Outcome::worlds_its_package, &Outcome::left_early, &Outcome::renumbered,
          &Outcome::worlds_recycling, &Outcome::recycled, &Outcome::exports, &Outcome::caught_up, &Outcome::lost_holes}) {
        sum(member);
    }
}

}  // namespace tiebreak::simulation
