// bench_recovery: how long a start takes with a journal of many commands, without a snapshot and with one.
//
// Writes a journal as a daemon would (the daemon's own Processor and journal, on a clock set by hand): packages that each get twenty
// offers and close, providers and a procedure before them. Then recovers it as the daemon does, makes a snapshot, recovers again, and holds
// the two states against each other.
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/core.hpp"
#include "daemon/state_hash.hpp"
#include "wire/request_writer.hpp"

namespace {

using namespace tiebreak;
using daemon::Core;
using matching::Instant;
namespace command = matching::command;

constexpr Instant second_ns = 1'000'000'000;
constexpr Instant begin_ns = 1'795'000'000 * second_ns;
constexpr std::uint64_t offers_a_package = 20;
constexpr std::uint64_t packages_at_once = 1'000;
constexpr std::uint64_t providers = 200;

struct Options {
    std::uint64_t commands = 1'000'000;
    std::uint64_t batch = 1;
    std::filesystem::path directory = "bench-recovery-data";
    bool cold = false;
    bool keep = false;
    bool existing = false;
    bool json = false;
};

class HandClock final : public daemon::Clock {
public:
    Instant now_ns = begin_ns;
    [[nodiscard]] Instant wall_ns() noexcept override { return now_ns; }
};

class Quiet final : public daemon::CommitListener {
public:
    void on_durable(std::uint64_t) override {}
    void on_fault(const daemon::Fault& fault) override { std::cerr << "bench_recovery: " << fault.sentence << std::endl; }
    void on_disk_low(std::uint64_t) override {}
};

class NoSubscriber final : public daemon::FeedOutlet {
public:
    [[nodiscard]] std::uint32_t subscriptions_as_of() const noexcept override { return 1; }
    [[nodiscard]] bool is_wanted(std::string_view) const noexcept override { return false; }
    [[nodiscard]] std::span<const std::string> wanted_topics() const noexcept override { return {}; }
    void send(std::string_view, const wire::FeedHead&, std::span<const std::byte>) noexcept override {}
};

double seconds_since(std::chrono::steady_clock::time_point began) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

[[noreturn]] void fail(const std::string& sentence) {
    std::cerr << "bench_recovery: " << sentence << std::endl;
    std::exit(1);
}

daemon::Config config_of(const Options& options) {
    daemon::Config config;
    config.data = options.directory;
    config.limits.snapshot_after_bytes = 0;
    config.spin_us = 0;
    return config;
}

// A daemon's life without sockets or threads. Times its start.
struct Life {
    explicit Life(const daemon::Config& config, Instant now_ns) : core(config, daemon::real_disk(), at(now_ns), listener) {
        const auto began = std::chrono::steady_clock::now();
        if (const auto failure = core.open()) fail(failure->sentence);
        if (const auto failure = core.recover()) fail(failure->sentence);
        if (const auto failure = core.bridge()) fail(failure->sentence);
        start_seconds = seconds_since(began);
        core.serve(outlet);
    }
    daemon::Clock& at(Instant now_ns) {
        clock.now_ns = now_ns;
        return clock;
    }
    [[nodiscard]] std::string state() {
        std::string engine, topics;
        core.engine().save(engine);
        core.feed().topics().save(topics);
        return daemon::text_of(daemon::state_hash(engine, topics));
    }
    void commit() {
        while (core.journal().commit_once()) {
        }
        core.passage().durable_position.store(core.journal().durable_position());
    }

    HandClock clock;
    Quiet listener;
    NoSubscriber outlet;
    double start_seconds = 0;
    Core core;
};

// Sends commands in messages of `batch`, as clients would, ten microseconds apart.
class Writing {
public:
    Writing(Life& life, std::uint64_t batch) : life_(life), batch_(batch) { writer_.begin(1); }

    void add(const matching::Command& command) {
        writer_.add(command);
        ++count_;
        if (++in_message_ == batch_) send();
    }
    void send() {
        if (in_message_ == 0) return;
        const auto bytes = writer_.finish();
        daemon::Request request;
        request.stamp_ns = life_.clock.now_ns;
        request.body.rebuild(bytes.data(), bytes.size());
        daemon::Passage& passage = life_.core.passage();
        if (!passage.requests.push(std::move(request))) fail("the loop's queue is full");
        life_.core.turn().take();
        while (passage.responses.front() != nullptr) passage.responses.pop();
        if (++messages_ % 1'000 == 0) life_.commit();
        life_.clock.now_ns += 10'000;
        writer_.begin(1);
        in_message_ = 0;
    }
    // The windows that are open by then close.
    void pass(matching::Duration time_ns) {
        send();
        life_.clock.now_ns += time_ns;
        life_.core.turn().take();
    }
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

private:
    Life& life_;
    const std::uint64_t batch_;
    wire::RequestWriter writer_;
    std::uint64_t in_message_ = 0;
    std::uint64_t messages_ = 0;
    std::uint64_t count_ = 0;
};

void register_everything(Writing& writing) {
    command::Procedure procedure;
    procedure.id = "homecare";
    procedure.stages.push_back({.name = "zonal", .window_ns = second_ns});
    procedure.ranking.push_back({matching::CriterionKind::earliest_start, {}, {}, 0, {}});
    writing.add(procedure);
    for (std::uint64_t i = 0; i < providers; ++i) {
        command::Provider provider;
        provider.id = "provider-" + std::to_string(i);
        writing.add(provider);
    }
}

// A thousand packages open, are offered for in turn, and close.
void write_round(Writing& writing, std::uint64_t round, std::uint64_t commands) {
    const auto package_id = [&](std::uint64_t i) { return "package-" + std::to_string(round * packages_at_once + i); };
    std::vector<std::string> ids;
    for (std::uint64_t i = 0; i < packages_at_once && writing.count() < commands; ++i) {
        command::Package package;
        package.id = package_id(i);
        package.procedure = "homecare";
        package.zone = "zone-" + std::to_string(i % 20);
        ids.push_back(package.id);
        writing.add(package);
    }
    for (std::uint64_t offer_number = 0; offer_number < offers_a_package; ++offer_number) {
        for (std::uint64_t i = 0; i < ids.size() && writing.count() < commands; ++i) {
            const std::string id = "offer-" + std::to_string(writing.count());
            const std::string provider = "provider-" + std::to_string((i * 7 + offer_number * 31 + round) % providers);
            command::Offer offer;
            offer.id = id;
            offer.package = ids[i];
            offer.provider = provider;
            offer.start_ns = begin_ns * 2 + static_cast<Instant>((i * 13 + offer_number * 5) % 48) * 1'800 * second_ns;
            writing.add(matching::Command{offer});
        }
    }
    writing.pass(2 * second_ns);
}

struct Figures {
    std::uint64_t commands = 0, records = 0, journal_bytes = 0, awards = 0, snapshot_bytes = 0;
    double write_seconds = 0, start_seconds = 0, snapshot_seconds = 0, start_with_snapshot_seconds = 0;
    std::uint64_t resident_bytes = 0;  // after the start without a snapshot
};

// What has been written goes out of the machine's memory, so that the start reads the disk.
void forget(const std::filesystem::path& directory) {
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        const int file = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
        if (file < 0) continue;
        ::fdatasync(file);
        ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
        ::close(file);
    }
}

std::uint64_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::uint64_t total = 0, resident = 0;
    statm >> total >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

// Returns when the clock stood at the end.
Instant write_journal(const Options& options, Figures& figures) {
    const auto began = std::chrono::steady_clock::now();
    Life life(config_of(options), begin_ns);
    Writing writing(life, options.batch);
    register_everything(writing);
    for (std::uint64_t round = 0; writing.count() < options.commands; ++round) write_round(writing, round, options.commands);
    register_everything(writing);  // changes nothing, and its stamps have the last windows close in the journal too
    writing.send();
    life.commit();
    figures.commands = writing.count();
    figures.records = life.core.journal().durable_position();
    figures.journal_bytes = life.core.journal().counters().bytes;
    figures.awards = life.core.engine().sizes().awards;
    life.core.finish();
    figures.write_seconds = seconds_since(began);
    return life.clock.now_ns;
}

class Told final : public daemon::SnapshotKeeper::Listener {
public:
    void on_snapshot_news(const std::string&) override {}
    void on_snapshot_trouble(const std::string& sentence) override { fail(sentence); }
    void on_snapshot_fault(const daemon::Fault& fault) override { fail(fault.sentence); }
};

void make_snapshot(Life& life, const daemon::Config& config, Figures& figures) {
    Told told;
    const daemon::SnapshotOptions snapshot_options{1, daemon::OldSegments::keep, config.limits.history_bytes_max, 0};
    daemon::SnapshotKeeper keeper(life.core.journal().journal(), snapshot_options, 0, 0, told, life.core.metrics());
    const auto began = std::chrono::steady_clock::now();
    if (!keeper.keep_once()) fail("the journal is too short for a snapshot: it needs more than one segment of 64 MiB");
    figures.snapshot_seconds = seconds_since(began);
    figures.snapshot_bytes = life.core.metrics().snapshot.snapshot_bytes.get();
}

Figures measure(const Options& options) {
    Figures figures;
    const daemon::Config config = config_of(options);
    figures.commands = options.commands;
    const Instant now_ns = options.existing ? 2 * begin_ns : write_journal(options, figures);
    if (options.cold) forget(options.directory);
    std::string state;
    {
        Life life(config, now_ns);
        figures.start_seconds = life.start_seconds;
        figures.resident_bytes = resident_bytes();
        state = life.state();
        make_snapshot(life, config, figures);
    }
    if (options.cold) forget(options.directory);
    Life life(config, now_ns);
    figures.start_with_snapshot_seconds = life.start_seconds;
    if (life.state() != state) fail("the state from the snapshot is not the state from the whole journal");
    return figures;
}

void print(const Figures& figures, const Options& options) {
    const auto mib = [](std::uint64_t bytes) { return std::to_string(bytes >> 20U) + " MiB"; };
    std::cout << figures.commands << " commands in " << figures.records << " records, " << mib(figures.journal_bytes) << ", "
              << figures.awards << " awards; written in " << figures.write_seconds << " s\n"
              << "start, everything replayed" << (options.cold ? " from the disk" : "") << ": " << figures.start_seconds << " s ("
              << static_cast<std::uint64_t>(static_cast<double>(figures.commands) / figures.start_seconds) << " commands a second, "
              << mib(figures.resident_bytes) << " resident)\n"
              << "snapshot of " << mib(figures.snapshot_bytes) << ": made in " << figures.snapshot_seconds << " s\n"
              << "start with the snapshot: " << figures.start_with_snapshot_seconds << " s; the same state\n";
}

void print_json(const Figures& figures) {
    std::cout << "{\"commands\":" << figures.commands << ",\"records\":" << figures.records
              << ",\"journal_bytes\":" << figures.journal_bytes << ",\"awards\":" << figures.awards
              << ",\"start_s\":" << figures.start_seconds << ",\"snapshot_bytes\":" << figures.snapshot_bytes
              << ",\"snapshot_s\":" << figures.snapshot_seconds
              << ",\"start_with_snapshot_s\":" << figures.start_with_snapshot_seconds
              << ",\"resident_bytes\":" << figures.resident_bytes << "}\n";
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"How long a start takes with a journal of many commands, without a snapshot and with one."};
    Options options;
    app.add_option("--commands", options.commands, "Commands in the journal: packages of twenty offers, with their closes")->capture_default_str();
    app.add_option("--batch", options.batch, "Commands in one message, and so in one record")->capture_default_str()->check(CLI::Range(1, 4096));
    app.add_option("--directory", options.directory, "Where the journal is made; must not exist, is removed afterwards")->capture_default_str();
    app.add_flag("--cold", options.cold, "Read from the disk, not from the machine's memory");
    app.add_flag("--keep", options.keep, "Leave the directory");
    app.add_flag("--existing", options.existing, "Write no journal, take what --keep has left there, with as many commands");
    app.add_flag("--json", options.json, "One JSON object");
    app.footer("Example:\n  bench_recovery --commands 10000000 --json");
    CLI11_PARSE(app, argc, argv);
    if (!options.existing && std::filesystem::exists(options.directory)) fail(options.directory.string() + " exists already");
    const Figures figures = measure(options);
    if (options.json)
        print_json(figures);
    else
        print(figures, options);
    if (!options.keep && !options.existing) std::filesystem::remove_all(options.directory);
    return 0;
}
