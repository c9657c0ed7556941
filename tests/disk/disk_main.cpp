// disk_faults: the real daemon under load on a disk of which one call fails, once; at one point after another. It must stop acknowledging at
// once, say why and exit with code 5, or go on where nothing was lost; and start again with everything that was acknowledged.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/exit_codes.hpp"
#include "tests/end_to_end/daemon_process.hpp"
#include "tests/kills/crash_ledger.hpp"
#include "tests/kills/crash_load.hpp"

namespace {

using namespace tiebreak;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct Point {
    std::string call;
    int number = 1;
    std::string how;
    bool new_data = false;  // the data directory is made in this life; else there was a life before
    [[nodiscard]] std::string text() const {
        return call + ":" + std::to_string(number) + ":" + how + (new_data ? " in a new directory" : "");
    }
};

struct Result {
    bool reached = false;
    bool went_on = false;
    std::string file;    // that the call was for
    std::string broken;  // empty: every promise was kept
};

// Small segments and a snapshot after each, so that all that is ever done to the disk is done in a moment.
const std::vector<std::string> daemon_options{"--segment-bytes",        "1048576", "--message-bytes-max",   "262144",
                                              "--snapshot-after-bytes", "1",       "--history-bytes-max",   "262144",
                                              "--log-level",            "warning",    "--disk-free-bytes-min", "0"};

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

matching::Instant wall_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

class Trial {
public:
    Trial(const Point& point, std::uint64_t seed) : point_(point), random_(seed) {}

    Result run() {
        if (!point_.new_data && !live_well(1, milliseconds{60})) return result_;
        live_with_fault();
        look_at_note();
        if (result_.broken.empty()) judge();
        // Whatever happened: a start must give back what was acknowledged, and the feed's sequences go on.
        if (result_.broken.empty() && live_well(3, milliseconds{60})) {
            if (const auto broken = ledger_.check_all(data_, wall_ns() + 5'000'000'000)) result_.broken = *broken;
        }
        return result_;
    }
    [[nodiscard]] std::string log() const { return read_file(log_); }

private:
    // A life without faults. False if a promise was broken in it.
    bool live_well(std::uint64_t life, milliseconds time) {
        try {
            e2e::DaemonProcess daemon(data_, daemon_options, log_);
            {
                crash::Load load(daemon.commands(), daemon.feed(), life, random_, ledger_);
                load.run(time, [] { return false; });
                if (const int code = daemon.stop(); code != 0) result_.broken = "a life without faults ended with code " + std::to_string(code);
                load.drain(milliseconds{10});
            }
        } catch (const std::runtime_error& error) {
            result_.broken = error.what();
        }
        if (result_.broken.empty()) {
            if (const auto broken = ledger_.check(data_)) result_.broken = *broken;
        }
        return result_.broken.empty();
    }

    void live_with_fault() {
        const e2e::EnvironmentVariable preload("LD_PRELOAD", TIEBREAK_FAILING_DISK), at("TIEBREAK_FAIL_AT", point_.call + ":" +
                                       std::to_string(point_.number) + ":" + point_.how),
            under("TIEBREAK_FAIL_UNDER", data_.string()), note("TIEBREAK_FAIL_NOTE", note_.string());
        try {
            e2e::DaemonProcess daemon(data_, daemon_options, log_);
            crash::Load load(daemon.commands(), daemon.feed(), 2, random_, ledger_);
            bool gone = false;
            std::uint64_t acknowledged = 0;
            steady_clock::time_point hit{};
            load.run(milliseconds{400}, [&] {
                // What was on its way when the disk failed may arrive a little later.
                if (hit == steady_clock::time_point{} && std::filesystem::exists(note_)) hit = steady_clock::now();
                if (hit != steady_clock::time_point{} && steady_clock::now() - hit < milliseconds{100}) acknowledged = ledger_.acknowledged_count();
                return gone = !daemon.is_running();
            });
            if (gone) {
                exit_code_ = daemon.exit_code();
                acknowledged_after_ = hit != steady_clock::time_point{} && ledger_.acknowledged_count() > acknowledged ? 1U : 0U;
            } else {
                exit_code_ = daemon.stop();
                result_.went_on = exit_code_ == 0;
            }
            load.drain(milliseconds{10});
        } catch (const e2e::NotReady& refused) {
            exit_code_ = refused.exit_code;
        }
    }

    void look_at_note() {
        const std::string note = read_file(note_);
        result_.reached = !note.empty();
        result_.file = note.substr(0, note.find('\n'));
    }

    void judge() {
        if (exit_code_ != 0 && exit_code_ != daemon::exit_disk) {
            result_.broken = "it ended with code " + std::to_string(exit_code_);
        } else if (exit_code_ == daemon::exit_disk && !says_why()) {
            result_.broken = "it did not say why it ended";
        } else if (exit_code_ == daemon::exit_disk && !result_.reached) {
            result_.broken = "it said that the disk failed, and it had not";
        } else if (result_.went_on && must_end()) {
            result_.broken = "it went on";
        } else if (exit_code_ == daemon::exit_disk && acknowledged_after_ > 0) {
            result_.broken = "it acknowledged after the disk had failed";
        }
    }
    [[nodiscard]] bool says_why() const {
        const std::string said = log();
        const bool names_cause = said.find("Input/output error") != std::string::npos || said.find("No space left") != std::string::npos;
        return names_cause && said.find("tiebreakd: ") != std::string::npos;
    }
    // What is acknowledged goes through these calls on a segment, and a directory's sync (fsync, which is used for nothing else) may lose any name
    // in it. The others may be tried again, or done without.
    [[nodiscard]] bool must_end() const {
        if (point_.call == "fsync") return true;
        const bool in_segment = result_.file.ends_with(".tbj") && result_.file.find("/archive/") == std::string::npos &&
                                result_.file.find("spare-") == std::string::npos;
        const bool is_write = point_.call == "pwrite" || point_.call == "fdatasync";
        return in_segment && is_write && point_.how != "short";
    }

    const Point point_;
    std::mt19937_64 random_;
    tests::TemporaryDirectory scratch_;
    const std::filesystem::path data_ = scratch_.path() / "data";
    const std::filesystem::path log_ = scratch_.path() / "log";
    const std::filesystem::path note_ = scratch_.path() / "note";
    crash::Ledger ledger_;
    int exit_code_ = -1;
    std::uint64_t acknowledged_after_ = 0;
    Result result_;
};

const char* const calls[] = {"open", "write", "pwrite", "fdatasync", "fsync", "fallocate", "ftruncate", "rename", "link", "unlink", "mkdir"};

std::vector<std::string> ways(const std::string& call) {
    if (call == "pwrite") return {"EIO", "ENOSPC", "short", "full"};
    return {"EIO", "ENOSPC"};
}

struct Sums {
    int points = 0, reached = 0, ended = 0, went_on = 0, broken = 0;
};

// True if there was such a call.
bool try_point(const Point& point, std::uint64_t seed, bool verbose, Sums& sums) {
    Trial trial(point, seed);
    const Result result = trial.run();
    ++sums.points;
    sums.reached += result.reached;
    sums.went_on += result.reached && result.went_on;
    sums.ended += result.reached && !result.went_on;
    if (verbose) {
        std::cout << point.text() << ": " << (result.reached ? result.file + (result.went_on ? ", went on" : ", ended") : "not reached") << std::endl;
    }
    if (::isatty(STDERR_FILENO) == 1) std::cerr << '\r' << sums.points << " points, " << point.text() << "\x1b[K\r" << std::flush;
    if (result.broken.empty()) return result.reached;
    ++sums.broken;
    const std::string log = trial.log();
    std::cerr << point.text() << " (" << result.file << "): " << result.broken << "\nthe end of its log:\n"
              << log.substr(log.size() - std::min<std::size_t>(log.size(), 1500)) << std::endl;
    return result.reached;
}

struct Options {
    int points = 40;
    bool all = false;
    bool verbose = false;
    int at_most = 200;
    std::uint64_t seed = 1;
    std::vector<std::string> at;
    bool new_data = false;
};

// CALL:N:HOW
Point point_of(const std::string& text, bool new_data) {
    const std::size_t first = text.find(':'), last = text.rfind(':');
    if (first == last) throw CLI::ValidationError("--at", "a point is CALL:N:HOW, not " + text);
    return {text.substr(0, first), std::stoi(text.substr(first + 1, last - first - 1)), text.substr(last + 1), new_data};
}

int run(const Options& options) {
    Sums sums;
    if (!options.at.empty()) {
        for (const std::string& at : options.at) try_point(point_of(at, options.new_data), options.seed, options.verbose, sums);
    } else if (options.all) {
        for (const bool new_data : {true, false})
            for (const char* const call : calls)
                for (const std::string& how : ways(call)) {
                    bool reached = true;
                    for (int n = 1; reached && n <= options.at_most; ++n)
                        reached = try_point({call, n, how, new_data}, options.seed, options.verbose, sums);
                }
    } else {
        std::mt19937_64 random(options.seed);
        for (int i = 0; i < options.points; ++i) {
            const std::string call = calls[static_cast<std::size_t>(i) % std::size(calls)];
            const auto how = ways(call);
            const bool often = call == "pwrite" || call == "fdatasync" || call == "open";
            const Point point{call, 1 + static_cast<int>(random() % (often ? 30 : 2)), how[random() % how.size()], random() % 3 == 0};
            try_point(point, random(), options.verbose, sums);
        }
    }
    if (sums.broken > 0) {
        std::cout << "at " << sums.broken << " of " << sums.points << " points a promise was broken" << std::endl;
        return 1;
    }
    std::cout << sums.points << " points, " << sums.reached << " of them reached: " << sums.ended
              << " times the daemon ended with code 5 and said why, " << sums.went_on
              << " times nothing was lost and it went on; everything acknowledged was there after the next start" << std::endl;
    return sums.reached > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Runs the real daemon on a disk of which one call fails, at one point after another."};
    Options options;
    app.add_option("--points", options.points, "How many points, taken at random")->capture_default_str();
    app.add_option("--at", options.at, "These points, each CALL:N:HOW: the N-th such call, in one of the ways EIO, ENOSPC, short or full (pwrite)");
    app.add_flag("--new-data", options.new_data, "With --at: in the life that makes the data directory");
    app.add_flag("--all", options.all, "Every call of a start and of 400 ms under load, each in every way");
    app.add_option("--at-most", options.at_most, "With --all: so many of one kind of call")->capture_default_str();
    app.add_option("--seed", options.seed, "What is random comes from it")->capture_default_str();
    app.add_flag("--verbose", options.verbose, "A line for each point");
    app.footer("Examples:\n  disk_faults --all\n  disk_faults --at pwrite:1:short --new-data");
    CLI11_PARSE(app, argc, argv);
    return run(options);
}
