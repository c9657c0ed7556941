// The fairness probe: two clients send offers a known gap apart; how often does the later one get the earlier stamp?
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "bench/fairness_background.hpp"
#include "bench/fairness_wire.hpp"
#include "bench/surge_clock.hpp"
#include "bench/surge_options.hpp"
#include "bench/surge_scene.hpp"
#include "bench/surge_server.hpp"
#include "bench/surge_table.hpp"
#include "bench/surge_text.hpp"
#include "daemon/urgency.hpp"
#include "wire/reply.hpp"
#include "wire/request_writer.hpp"

namespace {

using namespace tiebreak;
using namespace tiebreak::bench;

constexpr int reply_limit_ms = 10'000;
constexpr std::int64_t settled_ns = 200 * ms_ns;  // the background has found its rate
constexpr std::int64_t wake_margin_ns = 150 * us_ns;  // a longer gap is slept through up to here, the rest is spun
constexpr std::size_t attempts_a_pair_max = 10;
constexpr int exit_wrong = 3;

// Further apart than this is late: the clients lost their processor in between, and the pair says nothing about the gap.
constexpr std::int64_t longest_gap_ns(std::int64_t gap_us) { return gap_us * us_ns * 3 / 2 + 20 * us_ns; }

struct Options {
    std::string scratch, daemon, baseline;
    std::vector<std::int64_t> gaps_us{2, 10, 50, 200, 1'000};
    std::size_t pairs = 5'000;
    std::int64_t pause_us = 2'000;
    std::size_t connections = 100;
    double rate = 50'000;
    std::size_t batch = 5;
    std::size_t backlog = 32;
    int real_time_priority = 5;
    bool router = true;
    bool json = false;
    std::string json_file;
};

struct GapFigures {
    std::int64_t gap_us = 0;
    std::uint64_t pairs = 0, wrong = 0;
    std::uint64_t busy = 0;  // pairs beside these, of which one was answered busy
    std::uint64_t late = 0;  // pairs beside these, of which the second was held up, so that they were further apart
    double real_gap_us = 0;  // mean of those that count, from the end of the one write to the end of the other
    [[nodiscard]] double share() const { return pairs == 0 ? 0 : static_cast<double>(wrong) / static_cast<double>(pairs); }
};

struct ProbeResult {
    std::vector<GapFigures> one_in_flight, backlog;
    double background_per_second = 0;
    std::uint64_t busy = 0;  // of the background
    std::uint64_t lost = 0, duplicated = 0, wrong_answers = 0;  // of background and probe
    std::string note;
};

// One of the two clients. Its offers go to one package, each replacing the one before.
class Prober {
public:
    Prober(const std::string& endpoint, const Scene& scene, std::string provider, bool daemon)
        : connection_(endpoint), scene_(scene), provider_(std::move(provider)), daemon_(daemon) {}

    void add_offer() {
        const std::string id = "f" + std::to_string(++sent_);
        connection_.add(writer_.write(sent_, matching::command::Offer{id, scene_.packages.back(), provider_, scene_.starts_ns[0], {}, {}, {}}));
        ++waiting_;
    }
    void flush() { connection_.flush(); }

    // Takes all receipts that are due; the stamp of the last offer, or 0 if that was answered busy. A busy answer leaves at once, ahead of
    // receipts that wait for the disk.
    std::int64_t take_receipts() {
        std::int64_t stamp_ns = 0;
        for (; waiting_ > 0; --waiting_) {
            const auto flaw = reader_.open(connection_.receive(reply_limit_ms));
            if (flaw) throw std::runtime_error(*flaw);
            const bool whole = reader_.code().empty() && reader_.replies().size() == 1;
            const std::string_view code = whole ? reader_.replies()[0].code : reader_.code();
            if (code == "busy") continue;
            if (!whole || !code.empty()) throw std::runtime_error("an offer of the probe was not accepted: " + std::string{code});
            const std::uint64_t number = daemon_ ? reader_.request_id() : last_number_ + 1;
            if (number <= last_number_) throw std::runtime_error("receipts of one client came out of order");
            last_number_ = number;
            if (reader_.replies()[0].arrival_ns <= last_stamp_ns_) throw std::runtime_error("stamps of one client do not rise");
            last_stamp_ns_ = reader_.replies()[0].arrival_ns;
            if (number == sent_) stamp_ns = last_stamp_ns_;
        }
        return stamp_ns;
    }

private:
    RawDealer connection_;
    const Scene& scene_;
    std::string provider_;
    bool daemon_;
    wire::RequestWriter writer_;
    wire::ReplyReader reader_;
    std::uint64_t sent_ = 0;
    std::uint64_t waiting_ = 0;
    std::uint64_t last_number_ = 0;  // of the last receipt's offer
    std::int64_t last_stamp_ns_ = 0;
};

void wait_until(std::int64_t until_ns) {
    const std::int64_t left_ns = until_ns - steady_ns();
    if (left_ns > wake_margin_ns) sleep_ns(left_ns - wake_margin_ns);
    while (steady_ns() < until_ns) {
    }
}

GapFigures probe_gap(Prober& a, Prober& b, std::int64_t gap_us, std::int64_t pause_us, std::size_t pairs, std::size_t backlog_max,
                     std::mt19937_64& random) {
    GapFigures figures;
    figures.gap_us = gap_us;
    double sum_us = 0;
    for (std::size_t attempt = 0; figures.pairs < pairs && attempt < pairs * attempts_a_pair_max; ++attempt) {
        // At random, so that nothing falls into step with anything.
        sleep_ns((pause_us + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(pause_us + 1))) * us_ns);
        Prober* first = &a;
        Prober* second = &b;
        if (random() % 2 == 0) std::swap(first, second);
        for (Prober* const prober : {first, second}) {
            const std::size_t ahead = backlog_max == 0 ? 0 : random() % (backlog_max + 1);
            for (std::size_t i = 0; i < ahead; ++i) prober->add_offer();
            if (ahead > 0) prober->flush();
        }
        first->add_offer();
        second->add_offer();
        first->flush();
        const std::int64_t sent_ns = steady_ns();
        wait_until(sent_ns + gap_us * us_ns);
        second->flush();
        const std::int64_t real_gap_ns = steady_ns() - sent_ns;
        const std::int64_t first_stamp_ns = first->take_receipts();
        const std::int64_t second_stamp_ns = second->take_receipts();
        if (first_stamp_ns == 0 || second_stamp_ns == 0) {
            ++figures.busy;
            continue;
        }
        if (real_gap_ns > longest_gap_ns(gap_us)) {
            ++figures.late;
            continue;
        }
        sum_us += static_cast<double>(real_gap_ns) / 1e3;
        ++figures.pairs;
        if (first_stamp_ns >= second_stamp_ns) ++figures.wrong;
    }
    figures.real_gap_us = sum_us / static_cast<double>(std::max<std::uint64_t>(1, figures.pairs));
    return figures;
}

ProbeResult probe(const Options& options, const Scene& scene, const std::string& endpoint, bool daemon) {
    // The clients stand for other machines: what the servers do must not keep them from sending when it is time.
    const int priority = options.real_time_priority > 0 ? options.real_time_priority + 1 : 0;
    Background background({endpoint, &scene, options.connections, options.rate, options.batch, priority, daemon});
    ProbeResult result;
    std::mt19937_64 random(11);
    try {
        const std::size_t count = scene.providers.size();
        Prober a(endpoint, scene, scene.providers[count - 1], daemon), b(endpoint, scene, scene.providers[count - 2], daemon);
        sleep_ns(settled_ns);
        daemon::run_at(priority);
        for (const std::int64_t gap_us : options.gaps_us) {
            if (::isatty(STDERR_FILENO) == 1) std::cerr << "\r\033[K" << (daemon ? "Tiebreak, " : "bare ROUTER, ") << gap_us << " us apart" << std::flush;
            result.one_in_flight.push_back(probe_gap(a, b, gap_us, options.pause_us, options.pairs, 0, random));
            result.backlog.push_back(probe_gap(a, b, gap_us, options.pause_us, options.pairs, options.backlog, random));
        }
        if (::isatty(STDERR_FILENO) == 1) std::cerr << "\r\033[K" << std::flush;
    } catch (const std::exception& error) {
        ++result.wrong_answers;
        result.note = error.what();
    }
    daemon::run_at(0);
    const BackgroundResult load = background.end();
    result.background_per_second = load.per_second;
    result.busy = load.busy;
    result.lost = load.lost;
    result.duplicated = load.duplicated;
    result.wrong_answers += load.wrong_answers;
    if (result.note.empty()) result.note = load.note;
    return result;
}

std::string list_json(const std::vector<GapFigures>& figures) {
    std::string list;
    for (const GapFigures& one : figures) {
        JsonObject json;
        json.put("gap_us", static_cast<std::uint64_t>(one.gap_us)).put("pairs", one.pairs).put("wrong", one.wrong).put("busy", one.busy).put("late", one.late);
        json.put("share", one.share(), 6).put("real_gap_us", one.real_gap_us, 2);
        list += (list.empty() ? "" : ",") + json.text();
    }
    return "[" + list + "]";
}

JsonObject result_json(const ProbeResult& result) {
    JsonObject json;
    json.raw("one_in_flight", list_json(result.one_in_flight)).raw("backlog", list_json(result.backlog));
    json.put("background_per_second", result.background_per_second, 0);
    json.put("busy", result.busy).put("lost", result.lost).put("duplicated", result.duplicated).put("wrong_answers", result.wrong_answers);
    if (!result.note.empty()) json.put("note", result.note);
    return json;
}

std::string per_cent(const GapFigures& figures) { return figures.pairs == 0 ? "none in time" : fixed(100 * figures.share(), 3) + " %"; }

void print_table(const Options& options, const ProbeResult& daemon, const ProbeResult* router) {
    std::cout << "Pairs in the wrong order, of " << grouped(static_cast<double>(options.pairs)) << " for each figure, beside " << options.connections
              << " connections with " << grouped(daemon.background_per_second) << " offers a second, " << options.batch << " a message"
              << (router == nullptr ? "" : " (the bare ROUTER: " + grouped(router->background_per_second) + ")")
              << (options.real_time_priority > 0 ? "; the servers' threads at real-time priority " + std::to_string(options.real_time_priority) : "")
              << "\n\n";
    TextTable table;
    table.row({"apart", "Tiebreak, one in flight", "with a backlog", "bare ROUTER, one in flight", "with a backlog"});
    for (std::size_t i = 0; i < daemon.backlog.size(); ++i) {
        std::vector<std::string> row{std::to_string(daemon.one_in_flight[i].gap_us) + " us", per_cent(daemon.one_in_flight[i]), per_cent(daemon.backlog[i])};
        if (router != nullptr && i < router->backlog.size())
            row.insert(row.end(), {per_cent(router->one_in_flight[i]), per_cent(router->backlog[i])});
        table.row(row);
    }
    std::cout << as_markdown(table) << "\nAnswered busy " << daemon.busy << ", lost " << daemon.lost << ", duplicated " << daemon.duplicated << ", wrong answers " << daemon.wrong_answers << ".\n"
              << std::flush;
}

void write_file(const std::string& name, const std::string& text) {
    if (name.empty()) return;
    std::ofstream file(name);
    file << text << std::flush;
    if (!file) throw std::runtime_error("can't write " + name);
}

// Long windows, and all providers invited: whatever is offered is accepted.
SurgeOptions scene_options(const Options& options) {
    SurgeOptions scene;
    scene.scratch = options.scratch;
    scene.packages = 1'000;
    scene.providers = 22;
    scene.seconds = 7'200;
    scene.awards_per_second = 1e-9;
    return scene;
}

// Packages that close while the probe runs would refuse offers; the daemon is thrown away afterwards.
int run(const Options& options) {
    const ScratchDirectory scratch(options.scratch);
    const std::string priority = std::to_string(options.real_time_priority);
    Server server({options.daemon, "--data", (scratch.path() / "data").string(), "--commands", "tcp://127.0.0.1:*", "--feed",
                   "tcp://127.0.0.1:*", "--log-level", "warning", "--real-time-priority", priority});
    Scene scene = register_scene(scene_options(options), server.endpoints(), "fair", 0);
    const ProbeResult daemon = probe(options, scene, server.endpoints().commands, true);
    if (server.stop() != 0) throw std::runtime_error("the daemon did not stop cleanly");
    std::optional<ProbeResult> router;
    if (options.router) {
        Server bare({options.baseline, "--stamp", "--real-time-priority", priority});
        router = probe(options, without_closes(scene, wall_ns(), 1), bare.endpoints().commands, false);
    }
    JsonObject json = result_json(daemon);
    json.put("batch", static_cast<std::uint64_t>(options.batch)).put("pause_us", static_cast<std::uint64_t>(options.pause_us));
    json.put("real_time_priority", static_cast<std::uint64_t>(options.real_time_priority));
    if (router) json.put("router", result_json(*router));
    else json.raw("router", "null");
    if (options.json) std::cout << json.text() << std::endl;
    else print_table(options, daemon, router ? &*router : nullptr);
    write_file(options.json_file, json.text() + "\n");
    if (daemon.lost + daemon.duplicated + daemon.wrong_answers == 0) return 0;
    std::cerr << "fairness: the run failed: " << daemon.note << std::endl;
    return exit_wrong;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    options.scratch = std::filesystem::temp_directory_path().string();
    options.daemon = program_beside_this("tiebreakd");
    options.baseline = program_beside_this("baseline");
    CLI::App app{"Pairs of offers from two clients, a known gap apart: the share whose stamps came out in the wrong order."};
    app.add_option("--pairs", options.pairs, "for each gap, with one offer in flight and with a backlog")->check(CLI::Range(1, 10'000'000))->capture_default_str();
    app.add_option("--gaps-us", options.gaps_us, "how far apart, in microseconds; several with commas between them")
        ->delimiter(',')->check(CLI::Range(0, 1'000'000))->capture_default_str();
    app.add_option("--pause-us", options.pause_us, "between two pairs, at least; at most twice as long, at random")
        ->check(CLI::Range(0, 1'000'000))->capture_default_str();
    app.add_option("--connections", options.connections, "of the background")->check(CLI::Range(1, 1'000))->capture_default_str();
    app.add_option("--rate", options.rate, "of the background, offers a second")->check(CLI::Range(1.0, 1e7))->capture_default_str();
    app.add_option("--batch", options.batch, "offers in one message of the background; with one, two cores carry little more than its own sockets")->check(CLI::Range(1, 4096))->capture_default_str();
    app.add_option("--backlog", options.backlog, "a client with a backlog has up to so many offers ahead of the one that counts")->check(CLI::Range(1, 1'000))->capture_default_str();
    app.add_option("--real-time-priority", options.real_time_priority, "of the daemon's and the bare ROUTER's threads; 0: as others")
        ->check(CLI::Range(0, 50))->capture_default_str();
    app.add_option("--scratch", options.scratch, "where the daemon's journal is made");
    app.add_option("--daemon", options.daemon, "the tiebreakd to start")->capture_default_str();
    app.add_flag("--no-router", [&options](std::int64_t) { options.router = false; }, "Tiebreak alone, without the bare ROUTER");
    app.add_flag("--json", options.json, "JSON instead of the table");
    app.add_option("--json-file", options.json_file, "also write the JSON to this file");
    CLI11_PARSE(app, argc, argv);
    if (options.real_time_priority > 0 && !daemon::run_at(options.real_time_priority)) {
        std::cerr << "fairness: real-time priority is not allowed here (RLIMIT_RTPRIO); measured without it" << std::endl;
        options.real_time_priority = 0;
    }
    daemon::run_at(0);
    try {
        return run(options);
    } catch (const std::exception& error) {
        std::cerr << "fairness: " << error.what() << std::endl;
        return 1;
    }
}
