// The load: drives a daemon, checks every answer and every award, and holds its figures against bare baselines.
#include <unistd.h>

#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <zmq.hpp>

#include "bench/surge_clock.hpp"
#include "bench/surge_options.hpp"
#include "bench/surge_report.hpp"
#include "bench/surge_round.hpp"
#include "bench/surge_server.hpp"
#include "bench/surge_text.hpp"

namespace {

using namespace tiebreak::bench;

constexpr int exit_wrong = 3;  // the run went through, but an answer or an award is wrong, missing or doubled

const std::map<std::string, Shape> shapes{
    {"steady", Shape::steady}, {"ramp", Shape::ramp}, {"bursts", Shape::bursts}, {"cliff", Shape::cliff}};

void add_options(CLI::App& app, SurgeOptions& options) {
    auto* const connect = app.add_option("--connect", options.connect, "command socket of a running daemon (default: one is started)");
    app.add_option("--feed", options.feed, "its feed")->needs(connect);
    connect->needs(app.get_option("--feed"));
    app.add_option("--scratch", options.scratch, "where a daemon's journal is made for the run; on the disk that is to be measured");
    app.add_option("--daemon", options.daemon, "the tiebreakd to start")->capture_default_str();
    app.add_option("--daemon-option", options.daemon_options, "NAME=VALUE: an option of the daemon that is started, such as spin-us=0")
        ->allow_extra_args(false);
    app.add_option("--shape", options.shape, "steady, ramp (--rate is its peak), bursts (--rate on average), or cliff: all packages close at one instant")
        ->transform(CLI::CheckedTransformer(shapes, CLI::ignore_case));
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
    app.add_flag("!--no-baselines", options.baselines, "the daemon alone");
    app.add_flag("--json", options.json, "JSON on standard output instead of the table");
    app.add_option("--html", options.html, "also write a page with plots to this file");
}

std::optional<std::string> flaw_of(const SurgeOptions& options) {
    if (options.threads > options.connections) return "--threads: each needs a connection of its own";
    const bool open = options.shape == Shape::ramp || options.shape == Shape::bursts;
    if (open && options.is_closed_loop()) return "--shape " + shape_name(options.shape) + " needs a --rate";
    if (options.shape == Shape::cliff && !options.is_closed_loop())
        return "--shape cliff takes no --rate: --packages times --cliff-offers come, most of them in the last second";
    return std::nullopt;
}

// Shown on a terminal only.
class LiveLine {
public:
    LiveLine() : shown_(::isatty(STDERR_FILENO) == 1) {}
    void show(std::uint32_t round, const std::string& phase, const LiveCounts& live) {
        if (!shown_) return;
        const std::uint64_t answered = live.answered.load(std::memory_order_relaxed);
        const std::int64_t now_ns = steady_ns();
        const bool same = phase == phase_ && answered >= answered_;
        const double per_second = same ? static_cast<double>(answered - answered_) * 1e9 / static_cast<double>(now_ns - at_ns_) : 0;
        phase_ = phase;
        answered_ = answered;
        at_ns_ = now_ns;
        std::cerr << "\r\033[Kround " << round + 1 << ", " << phase << ": " << grouped(static_cast<double>(live.sent.load())) << " sent, "
                  << grouped(static_cast<double>(answered)) << " answered, " << grouped(per_second) << " a second" << std::flush;
    }
    void end() {
        if (shown_) std::cerr << "\r\033[K" << std::flush;
    }

private:
    bool shown_;
    std::string phase_;
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

int run(const SurgeOptions& options) {
    const ScratchDirectory scratch(options.scratch);
    std::optional<Server> server;
    Endpoints daemon{options.connect, options.feed};
    if (options.connect.empty()) {
        std::vector<std::string> arguments{options.daemon, "--data", (scratch.path() / "data").string(), "--commands",
                                           "tcp://127.0.0.1:*", "--feed", "tcp://127.0.0.1:*", "--log-level", "warning",
                                           "--heartbeat-ms", "200"};
        for (const std::string& option : options.daemon_options) arguments.push_back("--" + option);
        server.emplace(arguments);
        daemon = server->endpoints();
    }
    zmq::context_t context(1);
    std::vector<Round> rounds;
    LiveLine live;
    {
        FeedListener feed(context, daemon.feed, "award/");
        const std::string tag = new_tag();
        for (std::uint32_t i = 0; i < options.rounds; ++i)
            rounds.push_back(play_round(options, daemon, feed, context, tag, i, scratch.path().string(),
                                        [&](const std::string& phase, const LiveCounts& counts) { live.show(i, phase, counts); }));
    }
    live.end();
    if (server && server->stop() != 0) throw std::runtime_error("the daemon did not stop cleanly");
    const Report report = make_report(options, rounds);
    std::cout << (options.json ? write_json(options, report) : write_table(options, report)) << std::flush;
    if (!options.html.empty()) {
        std::ofstream file(options.html);
        file << write_html(options, report, rounds) << std::flush;
        if (!file) throw std::runtime_error("can't write " + options.html);
    }
    if (report.is_right()) return 0;
    std::cerr << "surge: the run failed: " << report.note << std::endl;
    return exit_wrong;
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
    if (options.shape == Shape::cliff) options.providers = options.cliff_offers;
    try {
        return run(options);
    } catch (const std::exception& error) {
        std::cerr << "surge: " << error.what() << std::endl;
        return 1;
    }
}
