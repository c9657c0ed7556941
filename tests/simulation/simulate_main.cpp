// Years of simulated time, world after world, each from a seed of its own.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/clock.hpp"
#include "tests/simulation/simulation.hpp"

namespace tiebreak::simulation {
namespace {

#ifndef TIEBREAK_COMMIT
#define TIEBREAK_COMMIT "unknown"
#endif

constexpr double days_a_year = 365.25;

struct Options {
    double years = 0;    // simulated
    double hours = 0;    // of wall time
    double seconds = 0;  // likewise
    std::uint64_t seed = 0;
    bool has_seed = false;
    std::uint64_t worlds = 0;
    std::int64_t days = 10;
    bool json = false;
    bool no_naive = false;
    bool quiet = false;
};

constexpr const char* description =
    "Runs the daemon's own core on a simulated clock, disk and network: packages and offers, lost and late messages, kills,\n"
    "power cuts, disks that fail or are full, clocks that are set or stand still; and checks after each crash and at the end\n"
    "that every promise holds. One world after another, each from a seed of its own, until the amount asked for is reached.\n";

constexpr const char* more =
    "Examples:\n"
    "  simulate --years 5                    five simulated years (some minutes)\n"
    "  simulate --hours 8                    for eight hours by the wall, whatever that comes to in simulated years\n"
    "  simulate --seconds 120                two minutes with fresh seeds\n"
    "  simulate --seed 42 --worlds 1         one world again, step by step the same: how a failure is reproduced\n"
    "\n"
    "Simulated time is what --years and --days count; --hours and --seconds are time by the wall. The time after a world's last package has\n"
    "opened, in which its windows close and everybody catches up, is not counted as simulated years.\n"
    "Without --seed the first seed is taken from the system's random numbers and printed; the worlds after it have the seeds after it.\n"
    "A world is one seed's scene: its procedures, providers, limits, network and mishaps. A failure names the seed, the commit and\n"
    "the step, what was promised, and the last steps before it; the same seed with the same --days at the same commit fails in the same step.\n"
    "\n"
    "Exit codes: 0 every promise held; 1 one did not; 2 a wrong option.";

double seconds_of(std::int64_t ns) { return static_cast<double>(ns) / static_cast<double>(second); }
double years_of(std::int64_t ns) { return static_cast<double>(ns) / static_cast<double>(day) / days_a_year; }

// One line that is written over, where a person is watching.
class Progress {
public:
    Progress(const Options& options, const Outcome& so_far) : options_(options), so_far_(so_far), began_ns_(daemon::steady_ns()) {}
    ~Progress() { clear(); }

    void show(std::uint64_t seed, double share_of_world) {
        if (!shown_) return;
        std::fprintf(stderr, "\r\033[K%.2f of a year more in seed %llu: %.2f years so far, %llu crashes, %llu awards, %.0f s",
                     share_of_world * static_cast<double>(options_.days) / days_a_year, static_cast<unsigned long long>(seed),
                     years_of(so_far_.simulated_ns), static_cast<unsigned long long>(so_far_.kills + so_far_.power_cuts),
                     static_cast<unsigned long long>(so_far_.awards), seconds_of(daemon::steady_ns() - began_ns_));
        std::fflush(stderr);
    }
    void clear() const {
        if (shown_) std::fputs("\r\033[K", stderr);
    }

private:
    const Options& options_;
    const Outcome& so_far_;
    std::int64_t began_ns_;
    bool shown_ = !options_.quiet && !options_.json && ::isatty(STDERR_FILENO) != 0;
};

std::vector<std::pair<std::string, std::uint64_t>> figures(const Outcome& o) {
    return {{"packages", o.packages}, {"providers", o.providers}, {"commands", o.commands}, {"events", o.events},
            {"awards", o.awards}, {"requests", o.requests}, {"replies", o.replies}, {"repeats", o.repeats},
            {"unknown_outcomes", o.unknown_outcomes}, {"feed_messages", o.feed_messages}, {"messages_lost", o.messages_lost},
            {"messages_doubled", o.messages_doubled}, {"holes", o.holes}, {"refilled", o.refilled}, {"gaps", o.gaps},
            {"starts", o.starts}, {"kills", o.kills}, {"power_cuts", o.power_cuts}, {"in_mid_call", o.in_mid_call},
            {"in_recovery", o.in_recovery}, {"stops", o.stops}, {"disk_calls_failed", o.disk_calls_failed},
            {"disk_faults", o.disk_faults}, {"disk_full", o.disk_full}, {"clock_steps", o.clock_steps},
            {"clock_stops", o.clock_stops}, {"line_cuts", o.line_cuts}, {"commits", o.commits}, {"snapshots", o.snapshots},
            {"suspends", o.suspends}, {"suspended_seconds", o.suspended_seconds}, {"ended_asleep", o.ended_asleep},
            {"its_package", o.worlds_its_package}, {"left_early", o.left_early}, {"renumbered", o.renumbered},
            {"recycling", o.worlds_recycling}, {"recycled", o.recycled}, {"exports", o.exports}, {"caught_up", o.caught_up},
            {"lost_holes", o.lost_holes}, {"journal_bytes", o.journal_bytes}, {"steps", o.steps}};
}

void print_json(const Options& options, std::uint64_t worlds, const Outcome& o) {
    std::cout << "{\"held\":" << (o.held ? "true" : "false") << ",\"seed\":" << options.seed << ",\"worlds\":" << worlds
              << ",\"days\":" << options.days << ",\"commit\":\"" << TIEBREAK_COMMIT << "\",\"simulated_years\":"
              << years_of(o.simulated_ns) << ",\"resting_years\":" << years_of(o.resting_ns) << ",\"wall_seconds\":" << seconds_of(o.wall_ns) << ",\"trace_hash\":\"" << std::hex
              << o.trace_hash << std::dec << '"';
    for (const auto& [name, value] : figures(o)) std::cout << ",\"" << name << "\":" << value;
    std::cout << "}\n";
}

void print_table(const Options& options, std::uint64_t worlds, const Outcome& o) {
    std::printf("%llu worlds of %lld days, seeds from %llu on, commit %s\n", static_cast<unsigned long long>(worlds),
                static_cast<long long>(options.days), static_cast<unsigned long long>(options.seed), TIEBREAK_COMMIT);
    std::printf("%-18s %14.3f   packages opened in them; then each world rested, for %.3f years in all\n", "simulated years",
                years_of(o.simulated_ns), years_of(o.resting_ns));
    std::printf("%-18s %14.1f\n%-18s %14.0f\n", "wall seconds",
                seconds_of(o.wall_ns), "speed-up", static_cast<double>(o.simulated_ns) / static_cast<double>(std::max<std::int64_t>(1, o.wall_ns)));
    for (const auto& [name, value] : figures(o)) {
        std::printf("%-18s %14llu\n", name.c_str(), static_cast<unsigned long long>(value));
    }
    std::printf("trace hash         %14llx\n%s\n", static_cast<unsigned long long>(o.trace_hash),
                o.held ? "every promise held" : "A PROMISE WAS BROKEN");
}

void print_failure(const Options& options, std::uint64_t seed, const Outcome& o) {
    std::cerr << "\nthe last steps (step, simulated time, what):\n" << o.trace << "\nbroken in step " << o.steps << ", after "
              << seconds_of(o.simulated_ns) / 86'400 << " simulated days:\n" << o.failures << "\nreproduce it at commit "
              << TIEBREAK_COMMIT << " with:\n  simulate --seed " << seed << " --worlds 1 --days " << options.days
              << (options.no_naive ? " --no-naive" : "") << '\n';
}

// What one world or more came to.
Outcome run_worlds(const Options& options, std::uint64_t& worlds) {
    Outcome sum;
    Progress progress(options, sum);
    const std::int64_t began_ns = daemon::steady_ns();
    const auto enough = [&] {
        if (options.worlds != 0) return worlds >= options.worlds;
        if (options.years > 0) return years_of(sum.simulated_ns) >= options.years;
        return seconds_of(daemon::steady_ns() - began_ns) >= options.hours * 3'600 + options.seconds;
    };
    for (std::uint64_t seed = options.seed; sum.held && !enough(); ++seed, ++worlds) {
        RunOptions how;
        how.with_naive_rule = !options.no_naive;
        how.on_progress = [&](double share) { progress.show(seed, share); };
        const Outcome outcome = run(make_scene(seed, options.days), how);
        sum.add(outcome);
        if (outcome.held) continue;
        progress.clear();
        print_failure(options, seed, outcome);
    }
    return sum;
}

int simulate(int argc, char** argv) {
    CLI::App app{description};
    app.footer(more);
    Options options;
    app.add_option("--years", options.years, "simulated years to reach")->check(CLI::PositiveNumber);
    app.add_option("--hours", options.hours, "hours of wall time to go on for")->check(CLI::PositiveNumber);
    app.add_option("--seconds", options.seconds, "seconds of wall time to go on for")->check(CLI::PositiveNumber);
    app.add_option("--worlds", options.worlds, "worlds to run, whatever time that takes")->check(CLI::PositiveNumber);
    const auto* seed = app.add_option("--seed", options.seed, "the first world's seed; the others count up from it");
    app.add_option("--days", options.days, "simulated days in which packages open, in each world")->check(CLI::Range(1, 3'650))->capture_default_str();
    app.add_flag("--no-naive", options.no_naive, "leave out the comparison with the naive engine, which takes a good part of the time");
    app.add_flag("--json", options.json, "one JSON object on standard output instead of the table");
    app.add_flag("--quiet", options.quiet, "no progress line");
    CLI11_PARSE(app, argc, argv);
    if (options.years == 0 && options.hours == 0 && options.seconds == 0 && options.worlds == 0) options.years = 1;
    if (seed->count() == 0) options.seed = std::random_device{}() % 1'000'000'000;
    if (!options.json) std::cout << "seed " << options.seed << ", commit " << TIEBREAK_COMMIT << std::endl;

    std::uint64_t worlds = 0;
    const Outcome sum = run_worlds(options, worlds);
    if (options.json) {
        print_json(options, worlds, sum);
    } else {
        print_table(options, worlds, sum);
    }
    return sum.held ? 0 : 1;
}

}  // namespace
}  // namespace tiebreak::simulation

int main(int argc, char** argv) {
    try {
        return tiebreak::simulation::simulate(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "simulate: " << error.what() << '\n';
        return 1;
    }
}
