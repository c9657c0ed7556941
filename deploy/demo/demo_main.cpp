// tiebreak-demo: starts a tiebreakd of its own, plays the scenes against it over its sockets, checks what came out.
#include <signal.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <zmq.hpp>

#include "deploy/demo/board.hpp"
#include "deploy/demo/daemon_process.hpp"
#include "deploy/demo/play.hpp"
#include "deploy/demo/register.hpp"
#include "deploy/demo/second_scene.hpp"
#include "deploy/demo/summary.hpp"
#include "wire/client.hpp"

namespace {

namespace fs = std::filesystem;
using namespace tiebreak;
using namespace tiebreak::demo;

constexpr int exit_wrong = 1;
constexpr int exit_interrupted = 130;

std::atomic<bool> interrupted = false;

extern "C" void on_signal(int) { interrupted = true; }

struct Options {
    fs::path files = TIEBREAK_DEPLOY;
    std::string daemon;
    std::uint64_t seed = 2026;
    unsigned front_ends = 8;
    bool stay = false;
};

// The directory of this run: gone at the end, unless it is kept for those who want to look at it.
class ScratchDirectory {
public:
    ScratchDirectory() {
        std::string form = (fs::temp_directory_path() / "tiebreak-demo.XXXXXX").string();
        if (const char* made = mkdtemp(form.data())) {
            path_ = made;
        }
    }
    ~ScratchDirectory() {
        if (!keep && !path_.empty()) {
            std::error_code ignored;
            fs::remove_all(path_, ignored);
        }
    }
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    [[nodiscard]] const fs::path& path() const noexcept { return path_; }

    bool keep = false;

private:
    fs::path path_;
};

int fail(const std::vector<std::string>& faults) {
    constexpr std::size_t told_max = 20;
    std::fflush(stdout);
    for (std::size_t i = 0; i < faults.size() && i < told_max; ++i) {
        std::cerr << "tiebreak-demo: " << faults[i] << "\n";
    }
    if (faults.size() > told_max) {
        std::cerr << "tiebreak-demo: and " << faults.size() - told_max << " more\n";
    }
    return exit_wrong;
}

std::optional<std::string> register_everything(wire::Client& client, const fs::path& files, Names& names) {
    for (const auto* id : {"oxfordshire-homecare", "oxfordshire-reablement", "schedule-8-care-home-vacancies",
                           "oxfordshire-childrens-packages", "nottinghamshire-home-based-care"}) {
        if (auto why = register_procedure(client, files / "procedures" / (std::string(id) + ".json"))) {
            return why;
        }
    }
    for (const auto* file : {"oxfordshire-providers.jsonl", "second-scene-providers.jsonl", "nottinghamshire-providers.jsonl"}) {
        if (auto why = register_providers(client, files / "demo" / file, names)) {
            return why;
        }
    }
    return std::nullopt;
}

// The package whose award had the least to spare, for what to try next.
std::string package_to_explain(const Played& played) {
    std::string best;
    matching::Duration least_ns = matching::last_instant;
    for (const auto& [id, package] : played.ledger.packages()) {
        if (const auto margin = margin_of(package).arrival_ns; margin && *margin < least_ns) {
            least_ns = *margin;
            best = id;
        }
    }
    return best;
}

// The path as one would type it here.
std::string shortest(const fs::path& path) {
    std::error_code ignored;
    const auto relative = fs::proximate(path, ignored).string();
    return !relative.empty() && relative.size() < path.string().size() ? relative : path.string();
}

// What to try next with what the day left behind.
void suggest(Board& board, const fs::path& tool, const std::string& data, const std::string& package) {
    board.heading("What to try next");
    const auto name = shortest(tool);
    board.line("  " + name + " explain " + package + " --journal " + data);
    board.line("  " + name + " verify " + data);
    board.line("  " + name + " export " + data + " | " + name + " replay - | grep '\"awarded\".*\"" + package + "\"'");
    board.line("  deploy/run --seed 7        another day");
    board.line("  deploy/run --stay          leave the daemon running");
    board.line("  rm -r " + shortest(fs::path(data).parent_path()) + "    when you have seen enough of this one");
}

int play_all(const Options& options, const DaemonPlace& place, DaemonProcess& daemon, bool& keep) {
    const auto endpoints = daemon.wait_until_ready(std::chrono::seconds(10));
    if (!endpoints) {
        if (interrupted) {
            return exit_interrupted;
        }
        std::vector<std::string> said{"the daemon did not get ready; it said:"};
        std::ifstream log(place.log);
        for (std::string line; std::getline(log, line);) {
            said.push_back(line);
        }
        return fail(said);
    }
    zmq::context_t context;
    wire::ClientOptions client_options;
    client_options.endpoint = endpoints->commands;
    client_options.reply_timeout = std::chrono::seconds(15);
    std::string why;
    const auto client = wire::Client::connect(context, client_options, why);
    if (!client) {
        return fail({why});
    }
    Names names;
    if (const auto refused = register_everything(*client, options.files, names)) {
        return fail({*refused});
    }

    Board board(names);
    const Theatre theatre{context, *client, board, endpoints->commands, endpoints->feed, interrupted};
    const auto day = plan_day(options.seed);
    board.heading("Oxfordshire's home-care brokerage: a day in half a minute, " + std::to_string(day.packages.size()) +
                  " packages, " + std::to_string(names.size()) + " providers, " + std::to_string(options.front_ends) +
                  " front ends");
    board.line("Framework Schedule 4 §2.2: the earliest start wins; a tie goes to who responded quickest.");
    board.columns();
    const auto played = play_day(theatre, day, options.seed, options.front_ends);
    if (interrupted) {
        return exit_interrupted;
    }
    print_summary(board, played, options.front_ends);
    auto faults = check_day(played);
    if (faults.empty()) {
        board.line("  checked                 every award is what the rule gives for the receipts, and the feed had no gap");
    }

    board.heading("Second scene: people have a say");
    for (auto& what : play_second_scene(theatre, names)) {
        faults.push_back(std::move(what));
    }
    if (interrupted) {
        return exit_interrupted;
    }
    keep = true;
    if (!faults.empty()) {
        std::cerr << "tiebreak-demo: the data is kept in " << place.data << "\n";
        return fail(faults);
    }
    suggest(board, fs::path(place.program).parent_path() / "tiebreak", place.data, package_to_explain(played));
    if (options.stay) {
        board.line("The daemon stays until Ctrl-C: commands on " + endpoints->commands + ", feed on " + endpoints->feed);
        while (!interrupted && daemon.running()) {
            (void)client->poll(wire::Milliseconds(200));
        }
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Plays Tiebreak's demo: a day of home-care brokerage against a daemon of its own, every award checked.");
    options.daemon = (fs::read_symlink("/proc/self/exe").parent_path() / "tiebreakd").string();
    app.add_option("--daemon", options.daemon, "The tiebreakd to start")->capture_default_str();
    app.add_option("--files", options.files, "The folder with procedures/ and demo/")->capture_default_str();
    app.add_option("--seed", options.seed, "Another number is another day")->capture_default_str();
    app.add_option("--front-ends", options.front_ends, "Connections that send offers")
        ->capture_default_str()
        ->check(CLI::Range(1, 64));
    app.add_flag("--stay", options.stay, "Leave the daemon running until Ctrl-C");
    CLI11_PARSE(app, argc, argv);

    struct sigaction action {};
    action.sa_handler = on_signal;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        sigaction(signal, &action, nullptr);
    }

    ScratchDirectory scratch;
    if (scratch.path().empty()) {
        return fail({"cannot make a directory in " + fs::temp_directory_path().string()});
    }
    const DaemonPlace place{options.daemon, (scratch.path() / "data").string(), (scratch.path() / "log").string()};
    std::string why;
    const auto daemon = DaemonProcess::start(place, why);
    if (!daemon) {
        return fail({why});
    }
    int status = play_all(options, place, *daemon, scratch.keep);
    if (!daemon->stop() && status == 0) {
        scratch.keep = true;
        status = fail({"the daemon did not close cleanly; its log is " + place.log});
    }
    return status;
}
