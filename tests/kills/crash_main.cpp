// crash --kills N: runs the real daemon under load, kills it at random moments and at named points inside the journal, starts
// it again on the same data, and checks after each kill that every promise was kept.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

#include <CLI/CLI.hpp>

#include "daemon/data_verify.hpp"
#include "tests/end_to_end/daemon_process.hpp"
#include "tests/kills/crash_ledger.hpp"
#include "tests/kills/crash_load.hpp"

namespace {

using namespace tiebreak;

struct Options {
    std::uint64_t kills = 50;
    std::uint64_t kills_a_journal = 100;
    std::uint64_t seed = 1;
};

// What was shown, over all journals.
struct Shown {
    std::uint64_t inside = 0;  // kills at a point inside the journal
    std::uint64_t acknowledged = 0, seen = 0, awards = 0;
    std::uint64_t archived = 0, snapshots = 0;  // files that are left
};

// Segments as small as they can be and a snapshot after each, so that some of the kills fall between snapshot and cut.
const std::vector<std::string> daemon_options{"--segment-bytes",        "1048576", "--message-bytes-max", "262144",
                                              "--snapshot-after-bytes", "1",       "--history-bytes-max", "262144"};

// Each start begins above the promise of the life before. With the usual second, hundreds of short lives carry the stamps so far ahead of the wall
// clock that no package is opened any more, and nothing is left to be awarded; so that is for one life in twenty.
std::vector<std::string> options_of_a_life(std::mt19937_64& random) {
    std::vector<std::string> options = daemon_options;
    options.insert(options.end(), {"--ceiling-ms", random() % 20 == 0 ? "1000" : "10"});
    return options;
}

// How many files with that ending there are.
std::uint64_t count_files(const std::filesystem::path& directory, const std::string& ending) {
    std::uint64_t count = 0;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(directory, none)) count += entry.path().string().ends_with(ending);
    return count;
}

matching::Instant wall_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// A point inside the journal, or nothing: then the kill comes from outside at a random moment.
std::string kill_point(std::mt19937_64& random) {
#ifdef TIEBREAK_NO_PRELOAD
    static_cast<void>(random);
    return {};
#else
    static const char* const journal_points[] = {"pwrite",    "pwrite-after", "pwrite-torn",     "fdatasync", "fdatasync-after",
                                                 "fallocate", "renameat2",    "renameat2-after", "fsync",     "fsync-after"};
    // While a snapshot is written, named, the segments before it are cut off, and older snapshots go.
    static const char* const snapshot_points[] = {
        "fallocate@.tbs", "pwrite@.tbs",         "pwrite-torn@.tbs",    "fdatasync@.tbs",     "fdatasync-after@.tbs", "renameat2@.tbs",
        "renameat2-after@.tbs", "link",          "link-after",          "fsync@archive",      "fsync-after@archive",  "unlink@.tbj",
        "unlink-after@.tbj",    "unlink@.tbs",   "unlink-after@.tbs"};
    switch (random() % 4) {
        case 0: {
            const char* const point = journal_points[random() % std::size(journal_points)];
            const bool often = std::string_view{point}.starts_with("pwrite") || std::string_view{point}.starts_with("fdatasync");
            return point + (":" + std::to_string(1 + random() % (often ? 40 : 4)));
        }
        case 1: return snapshot_points[random() % std::size(snapshot_points)] + (":" + std::to_string(1 + random() % 2));
        default: return {};
    }
#endif
}

std::string newest_snapshot(const std::filesystem::path& data) {
    std::string newest;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(data, none)) {
        std::string name = entry.path().filename().string();
        if (name.ends_with(".tbs") && name > newest) newest = std::move(name);
    }
    return newest;
}

// One life: start, load, kill, check. Nothing, or what is broken.
std::optional<std::string> live_and_die(std::uint64_t life, const std::filesystem::path& data, std::mt19937_64& random,
                                        crash::Ledger& ledger, std::uint64_t& inside) {
    const std::string point = kill_point(random);
    if (point.empty()) {
        ::unsetenv("LD_PRELOAD");
    } else {
        ::setenv("TIEBREAK_KILL_AT", point.c_str(), 1);
#ifndef TIEBREAK_NO_PRELOAD
        ::setenv("LD_PRELOAD", TIEBREAK_KILL_POINT, 1);
#endif
    }
    std::unique_ptr<e2e::DaemonProcess> daemon;
    try {
        daemon = std::make_unique<e2e::DaemonProcess>(data, options_of_a_life(random));
    } catch (const std::runtime_error& error) {
        // Killed before it was ready, by its point. By itself it must always start.
        ::unsetenv("LD_PRELOAD");
        if (point.empty() || std::string_view{error.what()}.find("tiebreakd: ") != std::string_view::npos) return error.what();
        ++inside;
        return ledger.check(data);
    }
    ::unsetenv("LD_PRELOAD");
    bool gone = false;
    {
        crash::Load load(daemon->commands(), daemon->feed(), life, random, ledger);
        // A snapshot has the lowest priority, so on a busy machine most lives are too short for one: a few wait for theirs, and are killed
        // somewhere in the cut that follows, or soon after it.
        const std::string newest = newest_snapshot(data);
        const bool waits = life % 5 == 0;
        std::optional<std::chrono::steady_clock::time_point> enough;
        const auto ended = [&] {
            const auto now = std::chrono::steady_clock::now();
            if (waits && !enough && newest_snapshot(data) != newest) enough = now + std::chrono::milliseconds(random() % 300);
            return (gone = !daemon->is_running()) || (enough && now >= *enough);
        };
        load.run(std::chrono::milliseconds(waits ? 3'000 : 5 + random() % (point.empty() ? 250 : 500)), ended);
        daemon->kill();
        load.drain(std::chrono::milliseconds(30));
    }
    if (gone) ++inside;
    if (auto broken = ledger.check(data)) return point.empty() ? *broken : *broken + " (killed at " + point + ")";
    return std::nullopt;
}

// The lives from `first` to `last` on one journal, and what an auditor finds in it afterwards. Nothing, or what is broken.
std::optional<std::string> live_on_one_journal(std::uint64_t first, std::uint64_t last, std::mt19937_64& random, Shown& shown) {
    tests::TemporaryDirectory scratch;
    const auto data = scratch.path() / "data";
    crash::Ledger ledger;
    const bool terminal = ::isatty(STDERR_FILENO) == 1;
    for (std::uint64_t life = first; life <= last; ++life) {
        if (auto broken = live_and_die(life, data, random, ledger, shown.inside)) return "kill " + std::to_string(life) + ": " + *broken;
        if (terminal) std::cerr << '\r' << life << " kills, " << shown.acknowledged + ledger.acknowledged_count() << " acknowledged\x1b[K" << std::flush;
    }
    if (const auto broken = ledger.check_all(data, wall_ns())) return "after kill " + std::to_string(last) + ": " + *broken;
    // Archive, journal and snapshots as `tiebreak verify` sees them.
    const auto report = daemon::verify_data(daemon::real_disk(), data);
    if (!report.findings.empty()) return "after kill " + std::to_string(last) + ": " + report.findings.front().sentence;
    shown.acknowledged += ledger.acknowledged_count();
    shown.seen += ledger.seen_count();
    shown.awards += ledger.award_count();
    shown.archived += count_files(data / "archive", ".tbj");
    shown.snapshots += count_files(data, ".tbs");
    return std::nullopt;
}

int run(const Options& options) {
    std::mt19937_64 random(options.seed);
    Shown shown;
    for (std::uint64_t killed = 0; killed < options.kills;) {
        const std::uint64_t last = std::min(options.kills, killed + options.kills_a_journal);
        if (const auto broken = live_on_one_journal(killed + 1, last, random, shown)) {
            std::cerr << "seed " << options.seed << ", " << *broken << std::endl;
            return 1;
        }
        killed = last;
    }
    if (::isatty(STDERR_FILENO) == 1) std::cerr << '\n';
    if (options.kills >= 50 && (shown.archived < 2 || shown.snapshots < 2)) {
        std::cerr << "the daemon made no snapshots, or cut nothing off: nothing was shown about them" << std::endl;
        return 1;
    }
    if (shown.awards < options.kills / 2) {
        std::cerr << "only " << shown.awards << " awards: little was shown about them" << std::endl;
        return 1;
    }
    std::cout << options.kills << " kills, " << shown.inside << " of them at a point inside the journal: " << shown.acknowledged
              << " acknowledged offers, each there once; " << shown.seen << " events seen, each as the journal gives it; " << shown.awards
              << " awards, none twice or changed; " << shown.archived << " segments moved to the archive behind snapshots" << std::endl;
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Kills the real daemon under load, again and again, and checks that nothing acknowledged is lost and nothing awarded twice."};
    Options options;
    app.add_option("--kills", options.kills, "How many")->capture_default_str();
    app.add_option("--kills-a-journal", options.kills_a_journal, "Then a new one is begun: each life replays and checks what came before")
        ->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--seed", options.seed, "What is random comes from it; when the kills strike is up to the machine")->capture_default_str();
    app.footer("Example:\n  crash --kills 1000");
    CLI11_PARSE(app, argc, argv);
    return run(options);
}
