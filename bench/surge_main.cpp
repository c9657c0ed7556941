// The load: drives a daemon, checks every answer and every award, and holds its figures against bare baselines.
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <zmq.hpp>

#include "bench/surge_clock.hpp"
#include "bench/surge_options.hpp"
#include "bench/surge_process.hpp"
#include "bench/surge_report.hpp"
#include "bench/surge_round.hpp"
#include "bench/surge_scene.hpp"
#include "bench/surge_server.hpp"
#include "bench/surge_table.hpp"
#include "bench/surge_text.hpp"

namespace {

using namespace tiebreak::bench;

constexpr int exit_wrong = 3;  // the run went through, but an answer or an award is wrong, missing or doubled

const std::map<std::string, Shape> shapes{
    {"steady", Shape::steady}, {"ramp", Shape::ramp}, {"bursts", Shape::bursts}, {"cliff", Shape::cliff},
    {"crowd", Shape::crowd},   {"idle", Shape::idle}};

Shape shape_of(const std::string& name) {
    const auto found = shapes.find(name);
    if (found != shapes.end()) return found->second;
    std::string known;
    for (const auto& [one, shape] : shapes) known += (known.empty() ? "" : ", ") + one;
    throw CLI::ValidationError("--shape", "'" + name + "' is none of " + known);
}

void add_options(CLI::App& app, SurgeOptions& options) {
    auto* const connect = app.add_option("--connect", options.connect, "command socket of a running daemon (default: one is started)");
    app.add_option("--feed", options.feed, "its feed")->needs(connect);
    connect->needs(app.get_option("--feed"));
    app.add_option("--scratch", options.scratch, "where a daemon's journal is made for the run; on the disk that is to be measured");
    app.add_option("--daemon", options.daemon, "the tiebreakd to start")->capture_default_str();
    app.add_option("--daemon-option", options.daemon_options, "NAME=VALUE: an option of the daemon that is started, such as spin-us=0")
        ->allow_extra_args(false);
    app.add_option_function<std::string>("--shape", [&options](const std::string& name) { options.shape = shape_of(name); },
                   "steady; bursts (--rate on average); ramp: finds out how much is enough, goes to three times that and back; cliff: all packages close "
                   "at one instant; crowd: 100,000 open packages with 2,000,000 live offers; idle: what a daemon with nothing to do costs")
        ->type_name("NAME")->default_str("steady");
    app.add_option("--connections", options.connections, "connections")->check(CLI::Range(1, 1'000))->capture_default_str();
    app.add_option("--threads", options.threads, "threads of the load")->check(CLI::Range(1, 16))->capture_default_str();
    app.add_option("--in-flight", options.in_flight, "closed loop: requests of one connection on the way")->check(CLI::Range(1, 100'000))->capture_default_str();
    app.add_option("--rate", options.rate, "open loop: offers a second; latency counts from when each was due")->check(CLI::Range(1.0, 1e9));
    app.add_option("--batch", options.batch, "offers in one message")->check(CLI::Range(1, 4'096))->capture_default_str();
    app.add_option("--seconds", options.seconds, "of each load")->check(CLI::Range(0.1, 600.0))->capture_default_str();
    app.add_option("--rounds", options.rounds, "each is the daemon and then the baselines; figures are medians over them")->check(CLI::Range(1, 100))->capture_default_str();
    app.add_option("--packages", options.packages, "in each round")->check(CLI::Range(2, 1'000'000))->capture_default_str();
    app.add_option("--providers", options.providers, "invited to each package (of a cliff: --cliff-offers)")->check(CLI::Range(1, 4'000))->capture_default_str();
    app.add_option("--cliff-offers", options.cliff_offers, "for each package of a cliff")->check(CLI::Range(1, 4'000))->capture_default_str();
    app.add_option("--awards", options.awards_per_second, "packages that close each second while the load runs")->check(CLI::Range(1.0, 1e6))->capture_default_str();
    app.add_option("--deaf", options.deaf, "clients that send offers and never read a reply, and as many subscribers that never read: each round is played beside them "
                   "and beside ones that read")->check(CLI::Range(1, 100));
    app.add_flag("--no-baselines", [&options](std::int64_t) { options.baselines = false; }, "the daemon alone");
    app.add_flag("--json", options.json, "JSON on standard output instead of the tables");
    app.add_option("--json-file", options.json_file, "also write the JSON to this file");
    app.add_option("--html", options.html, "also write a page with plots to this file");
}

std::optional<std::string> flaw_of(const SurgeOptions& options) {
    if (options.threads > options.connections) return "--threads: each needs a connection of its own";
    if (options.shape == Shape::bursts && options.is_closed_loop()) return "--shape bursts needs a --rate";
    if (options.shape == Shape::cliff && !options.is_closed_loop())
        return "--shape cliff takes no --rate: --packages times --cliff-offers come, most of them in the last second";
    if (options.shape == Shape::idle && !options.connect.empty()) return "--shape idle looks at a daemon of its own";
    if (options.deaf > 0 && options.shape != Shape::steady && options.shape != Shape::bursts) return "--deaf goes with --shape steady or bursts";
    return std::nullopt;
}

// What a shape sets where nothing else is asked for.
void set_defaults(const CLI::App& app, SurgeOptions& options) {
    const auto is_given = [&](const char* name) { return app.get_option(name)->count() > 0; };
    if (options.shape == Shape::cliff) options.providers = options.cliff_offers;
    if (options.shape == Shape::ramp && !is_given("--seconds")) options.seconds = 8;
    if (options.shape == Shape::crowd) {
        if (!is_given("--packages")) options.packages = 100'000;
        if (!is_given("--providers")) options.providers = 20;
        if (!is_given("--rate")) options.rate = 100'000;
    }
    if (options.shape == Shape::idle) {
        if (!is_given("--packages")) options.packages = 1'000;
        if (!is_given("--seconds")) options.seconds = 20;
    }
}

// Shown on a terminal only.
class LiveLine {
public:
    LiveLine() : shown_(::isatty(STDERR_FILENO) == 1) {}
    void show(std::size_t round, std::size_t rounds, const std::string& part, double seconds_left, const LiveCounts& live) {
        if (!shown_) return;
        const std::uint64_t answered = live.answered.load(std::memory_order_relaxed);
        const std::uint64_t busy = live.busy.load(std::memory_order_relaxed);
        const std::int64_t now_ns = steady_ns();
        const bool same = part == part_ && answered >= answered_;
        const double per_second = same ? static_cast<double>(answered - answered_) * 1e9 / static_cast<double>(now_ns - at_ns_) : 0;
        part_ = part;
        answered_ = answered;
        at_ns_ = now_ns;
        std::string line = "round " + std::to_string(round) + " of " + std::to_string(rounds) + ", " + part + ": ";
        line += grouped(static_cast<double>(answered)) + " of " + grouped(static_cast<double>(live.sent.load())) + " offers answered, " +
                grouped(per_second) + " a second";
        if (busy > 0) line += ", " + grouped(static_cast<double>(busy)) + " busy";
        line += seconds_left > 0 ? ", " + fixed(seconds_left, 1) + " s left" : ", waiting for the last answers";
        show(line);
    }
    void show(const std::string& line) {
        if (shown_) std::cerr << "\r\033[K" << line.substr(0, width()) << std::flush;
    }
    void end() {
        if (shown_) std::cerr << "\r\033[K" << std::flush;
    }

private:
    // A line that wraps can't be taken back.
    static std::size_t width() {
        winsize size{};
        return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1U : 200U;
    }

    bool shown_;
    std::string part_;
    std::uint64_t answered_ = 0;
    std::int64_t at_ns_ = 0;
};

// Another one for each run, so that a daemon can be used again and again.
std::string new_tag() {
    constexpr char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    auto seconds = static_cast<std::uint64_t>(wall_ns() / (10 * ms_ns));
    std::string tag(8, '0');
    for (auto digit = tag.rbegin(); digit != tag.rend(); ++digit, seconds /= 36) *digit = digits[seconds % 36];
    return "s" + tag;
}

std::vector<std::string> daemon_arguments(const SurgeOptions& options, const ScratchDirectory& scratch, const std::string& heartbeat_ms) {
    std::vector<std::string> arguments{options.daemon, "--data", (scratch.path() / "data").string(), "--commands",
                                       "tcp://127.0.0.1:*", "--feed", "tcp://127.0.0.1:*", "--log-level", "warning",
                                       "--heartbeat-ms", heartbeat_ms};
    for (const std::string& option : options.daemon_options) arguments.push_back("--" + option);
    return arguments;
}

void write_file(const std::string& name, const std::string& text) {
    if (name.empty()) return;
    std::ofstream file(name);
    file << text << std::flush;
    if (!file) throw std::runtime_error("can't write " + name);
}

std::vector<Round> play_rounds(const SurgeOptions& options) {
    const ScratchDirectory scratch(options.scratch);
    std::optional<Server> server;
    Endpoints daemon{options.connect, options.feed};
    if (options.connect.empty()) {
        server.emplace(daemon_arguments(options, scratch, "200"));
        daemon = server->endpoints();
    }
    zmq::context_t context(1);
    std::vector<Round> rounds;
    LiveLine live;
    {
        FeedListener feed(context, daemon.feed, "award/");
        Setting setting{options, daemon, server ? server->pid() : 0, feed, context, new_tag(), scratch.path().string(), 0, {}};
        for (; setting.number < options.rounds; ++setting.number) {
            setting.on_progress = [&](const std::string& part, double seconds_left, const LiveCounts& counts) {
                live.show(setting.number + 1, options.rounds, part, seconds_left, counts);
            };
            live.show("round " + std::to_string(setting.number + 1) + " of " + std::to_string(options.rounds) + ", registering the packages");
            rounds.push_back(play_round(setting));
        }
    }
    live.end();
    if (server && server->stop() != 0) throw std::runtime_error("the daemon did not stop cleanly");
    return rounds;
}

int run(const SurgeOptions& options) {
    const std::vector<Round> rounds = play_rounds(options);
    const Report report = make_report(options, rounds);
    const std::string json = write_json(options, report);
    std::cout << (options.json ? json : write_tables(options, report, false)) << std::flush;
    write_file(options.json_file, json);
    if (!options.html.empty()) write_file(options.html, write_html(options, report, rounds));
    if (report.is_right()) return 0;
    std::cerr << "surge: the run failed: " << report.wrongs.note << std::endl;
    return exit_wrong;
}

// A daemon with open packages, none of them due, and nobody who asks for anything.
int run_idle(const SurgeOptions& options) {
    const ScratchDirectory scratch(options.scratch);
    Server server(daemon_arguments(options, scratch, "1000"));
    SurgeOptions scene = options;
    scene.shape = Shape::steady;
    scene.seconds = 86'400;
    scene.awards_per_second = 1e-9;
    static_cast<void>(register_scene(scene, server.endpoints(), new_tag(), 0));
    LiveLine live;
    live.show("an idle daemon with " + grouped(static_cast<double>(options.packages)) + " open packages, for " + fixed(options.seconds, 0) + " s");
    std::this_thread::sleep_for(std::chrono::seconds(1));  // what registering has left to do
    const Spent before = spent_by(server.pid());
    const std::int64_t began_ns = steady_ns();
    std::this_thread::sleep_for(std::chrono::duration<double>(options.seconds));
    const Spent after = spent_by(server.pid());
    const double seconds = static_cast<double>(steady_ns() - began_ns) / 1e9;
    live.end();
    if (server.stop() != 0) throw std::runtime_error("the daemon did not stop cleanly");

    const double cpu_us = static_cast<double>(after.cpu_ns - before.cpu_ns) / 1e3;
    const double wakeups = static_cast<double>(after.wakeups - before.wakeups);
    JsonObject json;
    json.put("packages", std::uint64_t{options.packages}).put("seconds", seconds, 1);
    json.put("cpu_us_per_second", cpu_us / seconds, 1).put("cpu_share", cpu_us / seconds / 1e6, 7).put("wakeups_per_second", wakeups / seconds, 1);
    TextTable table;
    table.row({"idle, " + grouped(static_cast<double>(options.packages)) + " open packages, none due, " + fixed(seconds, 0) + " s", "figure"});
    table.row({"processor time, us a second", fixed(cpu_us / seconds, 1)});
    table.row({"share of one core, per cent", fixed(cpu_us / seconds / 1e4, 4)});
    table.row({"threads woken, a second", fixed(wakeups / seconds, 1)});
    std::cout << (options.json ? json.text() + "\n" : as_markdown(table)) << std::flush;
    write_file(options.json_file, json.text() + "\n");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    SurgeOptions options;
    options.scratch = std::filesystem::temp_directory_path().string();
    options.daemon = program_beside_this("tiebreakd");
    options.baseline = program_beside_this("baseline");
    CLI::App app{"Loads a daemon with offers and checks every answer: none lost or doubled, every award as the receipts' stamps have it."};
    add_options(app, options);
    CLI11_PARSE(app, argc, argv);
    if (const auto flaw = flaw_of(options)) {
        std::cerr << "surge: " << *flaw << std::endl;
        return 2;
    }
    set_defaults(app, options);
    // Before the load runs, not after it.
    for (const std::string& name : {options.json_file, options.html}) {
        if (name.empty() || std::ofstream(name, std::ios::app)) continue;
        std::cerr << "surge: can't write " << name << std::endl;
        return 2;
    }
    try {
        return options.shape == Shape::idle ? run_idle(options) : run(options);
    } catch (const std::exception& error) {
        std::cerr << "surge: " << error.what() << std::endl;
        return 1;
    }
}
