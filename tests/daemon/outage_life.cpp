#include "tests/daemon/outage_life.hpp"

#include <span>
#include <utility>

#include "daemon/recovery.hpp"
#include "tests/catch.hpp"
#include "wire/request_writer.hpp"

namespace tiebreak::daemon {
namespace {

namespace command = matching::command;
namespace event = matching::event;

JournalOptions small_journal() {
    JournalOptions options;
    options.segment_bytes = 1U << 20U;
    options.payload_bytes_max = 1U << 18U;
    options.buffer_bytes_max = 1U << 19U;
    options.disk_free_bytes_min = 0;
    options.random = [n = std::uint64_t{1}]() mutable { return n++; };
    return options;
}

}  // namespace

command::Procedure procedure(const std::string& id, const std::vector<std::string>& stages) {
    command::Procedure procedure;
    procedure.id = id;
    for (const std::string& name : stages) {
        matching::Stage stage;
        stage.name = name;
        stage.window_ns = hour_ns;
        procedure.stages.push_back(std::move(stage));
    }
    procedure.ranking.push_back({});
    return procedure;
}

command::Provider provider(const std::string& id) {
    command::Provider provider;
    provider.id = id;
    return provider;
}

Life::Life(SimulatedDisk& disk, Instant now_ns, OutagePolicy policy, std::uint64_t batch_commands_max, Comes comes)
    : feed_(1, metrics_, DeadlineEventsWaitFor::everything_before), history_(1, 1U << 24U) {
    OutageOptions options;
    options.policy = policy;
    options.limits.batch_commands_max = batch_commands_max;
    fault = start(disk, now_ns, options);
    if (!fault && comes == Comes::to_serve && sign->live(now_ns)) fault.emplace();
}

std::optional<Fault> Life::start(SimulatedDisk& disk, Instant now_ns, const OutageOptions& options) {
    auto opened = Journal::open(disk, data_directory, small_journal());
    if (!opened) return opened.error();
    const auto recovered = recover(**opened, engine, feed_, log_, history_, 1U << 24U);
    if (!recovered) return recovered.error();
    auto commit = GroupCommit::open(std::move(*opened), listener_);
    if (!commit) return commit.error();
    journal = std::move(*commit);
    auto found = SignOfLife::open(disk, data_directory);
    if (!found) return found.error();
    sign.emplace(std::move(*found));
    const auto bridged = bridge_outage({engine, feed_, log_, history_, *journal, *sign}, options, recovered->first_stamp_ns, now_ns);
    if (!bridged) return bridged.error();
    report = *bridged;
    return std::nullopt;
}

void Life::take(Instant at_ns, const matching::Command& command) {
    wire::RequestWriter writer;
    const std::uint32_t skipped = 0;
    REQUIRE(journal->append(RecordKind::commands, at_ns, {std::as_bytes(std::span{&skipped, 1}), writer.write(1, command)}));
    while (journal->commit_once()) {
    }
    engine.apply(at_ns, command, feed_);
}

void Life::register_all() {
    take(noon_ns, procedure("p"));
    take(noon_ns + 1, provider("A"));
}

void Life::open_package(Instant at_ns, const std::string& id, Instant window_ns, const std::string& procedure) {
    command::Package package;
    package.id = id;
    package.procedure = procedure;
    package.window_ns = window_ns;
    take(at_ns, package);
}

void Life::open_packages(int count, Instant window_ns) {
    for (int i = 0; i < count; ++i) open_package(noon_ns + 2 + i, "K" + std::to_string(i), window_ns);
}

void Life::offer(Instant at_ns, std::string_view id, std::string_view package, std::string_view provider) {
    command::Offer offer;
    offer.id = id;
    offer.package = package;
    offer.provider = provider;
    offer.start_ns = noon_ns * 2;
    take(at_ns, offer);
}

void Life::stop_cleanly(Instant now_ns) {
    REQUIRE(journal->append(RecordKind::ceiling, engine.now() + 1, std::span<const std::byte>{}));
    REQUIRE_FALSE(journal->flush_and_stop());
    REQUIRE_FALSE(sign->live(now_ns));
    REQUIRE_FALSE(sign->sync());
    journal.reset();
}

std::map<std::string, Instant> Life::closes() const {
    std::map<std::string, Instant> found;
    engine.for_each_open_stage([&](const matching::OpenStage& open) { found[std::string{open.package}] = open.closes_ns; });
    return found;
}

void first_life(SimulatedDisk& disk) {
    Life life(disk, noon_ns);
    REQUIRE_FALSE(life.fault);
    life.register_all();
    life.open_package(noon_ns + 2, "K1", 10 * minute_ns);
    life.open_package(noon_ns + 3, "K2", 3 * hour_ns);
    REQUIRE_FALSE(life.sign->live(noon_ns + minute_ns));
}

void WindowTexts::on_event(const matching::Event& event) {
    if (const auto* extended = std::get_if<event::WindowExtended>(&event.body)) {
        lines.push_back("extended " + std::string{extended->package} + " to " + std::to_string(extended->closes_ns - noon_ns) + " " +
                        std::string{extended->reason} + " #" + std::to_string(event.sequence));
    } else if (const auto* awarded = std::get_if<event::Awarded>(&event.body)) {
        lines.push_back("awarded " + std::string{awarded->package} + " " + std::string{awarded->offer} + " at " +
                        std::to_string(event.at_ns - noon_ns));
    } else if (const auto* closed = std::get_if<event::StageClosed>(&event.body)) {
        lines.push_back("closed " + std::string{closed->package} + " at " + std::to_string(event.at_ns - noon_ns));
    }
}

}  // namespace tiebreak::daemon
