// Windows over a time in which the daemon was down, on a simulated disk: extended by as long as it was, once, whatever happens meanwhile.
#include "daemon/outage.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/replay_record.hpp"
#include "daemon/recovery.hpp"
#include "tests/catch.hpp"
#include "tests/journal/simulated_disk.hpp"
#include "wire/request_writer.hpp"

namespace tiebreak::daemon {
namespace {

using matching::Instant;
using tests::SimulatedDisk;
namespace command = matching::command;
namespace event = matching::event;

constexpr Instant second_ns = 1'000'000'000;
constexpr Instant minute_ns = 60 * second_ns;
constexpr Instant hour_ns = 60 * minute_ns;
constexpr Instant noon_ns = 1'795'000'000 * second_ns;
const path directory = "/data";

class Quiet final : public CommitListener {
public:
    void on_durable(std::uint64_t) override {}
    void on_fault(const Fault&) override {}
    void on_disk_low(std::uint64_t) override {}
};

JournalOptions small_journal() {
    JournalOptions options;
    options.segment_bytes = 1U << 20U;
    options.payload_bytes_max = 1U << 18U;
    options.buffer_bytes_max = 1U << 19U;
    options.disk_free_bytes_min = 0;
    options.random = [n = std::uint64_t{1}]() mutable { return n++; };
    return options;
}

// One life of a daemon without threads: recovers, sees to the outage, takes commands, and dies or stops.
class Life {
public:
    Life(SimulatedDisk& disk, Instant now_ns, OutagePolicy policy = OutagePolicy::extend, std::uint64_t batch_commands_max = 4096)
        : feed(1, metrics, DeadlineEventsWaitFor::everything_before), history(1, 1U << 24U) {
        fault = start(disk, now_ns, policy, batch_commands_max);
    }

    void take(Instant at_ns, const matching::Command& command) {
        wire::RequestWriter writer;
        const std::uint32_t skipped = 0;
        REQUIRE(journal->append(RecordKind::commands, at_ns, {std::as_bytes(std::span{&skipped, 1}), writer.write(1, command)}));
        while (journal->commit_once()) {
        }
        engine.apply(at_ns, command, feed);
    }
    void open_package(Instant at_ns, const std::string& id, Instant window_ns, const std::string& procedure = "p") {
        command::Package package;
        package.id = id;
        package.procedure = procedure;
        package.window_ns = window_ns;
        take(at_ns, package);
    }
    void offer(Instant at_ns, std::string_view id, std::string_view package, std::string_view provider = "A") {
        command::Offer offer;
        offer.id = id;
        offer.package = package;
        offer.provider = provider;
        offer.start_ns = noon_ns * 2;
        take(at_ns, offer);
    }
    // When the open stages close, by package.
    [[nodiscard]] std::map<std::string, Instant> closes() const {
        std::map<std::string, Instant> found;
        engine.for_each_open_stage([&](const matching::OpenStage& open) { found[std::string{open.package}] = open.closes_ns; });
        return found;
    }
    void stop_cleanly(Instant now_ns) {
        REQUIRE(journal->append(RecordKind::ceiling, engine.now() + 1, std::span<const std::byte>{}));
        REQUIRE_FALSE(journal->flush_and_stop());
        REQUIRE_FALSE(sign->live(now_ns));
        REQUIRE_FALSE(sign->sync());
        journal.reset();
    }

    Metrics metrics;
    Quiet listener;
    matching::Engine engine;
    Feed feed;
    HistoryLog log;
    History history;
    std::unique_ptr<GroupCommit> journal;
    std::optional<SignOfLife> sign;
    OutageReport report;
    std::optional<Fault> fault;

private:
    std::optional<Fault> start(SimulatedDisk& disk, Instant now_ns, OutagePolicy policy, std::uint64_t batch_commands_max) {
        auto opened = Journal::open(disk, directory, small_journal());
        if (!opened) return opened.error();
        const auto recovered = recover(**opened, engine, feed, log, history, 1U << 24U);
        if (!recovered) return recovered.error();
        auto commit = GroupCommit::open(std::move(*opened), listener);
        if (!commit) return commit.error();
        journal = std::move(*commit);
        auto found = SignOfLife::open(disk, directory);
        if (!found) return found.error();
        sign.emplace(std::move(*found));
        OutageOptions options;
        options.policy = policy;
        options.limits.batch_commands_max = batch_commands_max;
        const auto bridged = bridge_outage({engine, feed, log, history, *journal, *sign}, options, recovered->first_stamp_ns, now_ns);
        if (!bridged) return bridged.error();
        report = *bridged;
        return std::nullopt;
    }
};

command::Procedure procedure(const std::string& id, std::vector<std::string> stages = {"zonal"}) {
    command::Procedure procedure;
    procedure.id = id;
    for (auto& name : stages) {
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

// A first life with two packages: K1 closes in ten minutes, K2 in three hours. The last sign of life came a minute after noon.
void first_life(SimulatedDisk& disk) {
    Life life(disk, noon_ns);
    REQUIRE_FALSE(life.fault);
    life.take(noon_ns, procedure("p"));
    life.take(noon_ns + 1, provider("A"));
    life.open_package(noon_ns + 2, "K1", 10 * minute_ns);
    life.open_package(noon_ns + 3, "K2", 3 * hour_ns);
    REQUIRE_FALSE(life.sign->live(noon_ns + minute_ns));
}

// All events of the journal's commands, as a replay gives them, up to an instant.
class Texts final : public matching::EventSink {
public:
    void on_event(const matching::Event& event) override {
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
    std::vector<std::string> lines;
};

TEST_CASE("a window that would have closed while the daemon was down is extended by as long as it was down") {
    SimulatedDisk disk(1);
    first_life(disk);
    disk.kill_processes();
    Life life(disk, noon_ns + hour_ns);
    REQUIRE_FALSE(life.fault);
    CHECK(life.report.outage == Outage{noon_ns + minute_ns, noon_ns + hour_ns});
    CHECK(life.report.extended == 1);
    // K1 had nine minutes left, and has them still. K2 would not have closed meanwhile.
    CHECK(life.closes() == std::map<std::string, Instant>{{"K1", noon_ns + 2 + 69 * minute_ns}, {"K2", noon_ns + 3 + 3 * hour_ns}});
    CHECK(life.report.first_stamp_ns == noon_ns + hour_ns);
    life.offer(noon_ns + hour_ns + minute_ns, "O1", "K1");
    Texts texts;
    life.engine.advance(noon_ns + 2 * hour_ns, texts);
    CHECK(texts.lines.back() == "awarded K1 O1 at " + std::to_string(2 + 69 * minute_ns));
}

TEST_CASE("the log names the packages that were extended, and how many more there were") {
    SimulatedDisk disk(1);
    {
        Life life(disk, noon_ns);
        life.take(noon_ns, procedure("p"));
        life.take(noon_ns + 1, provider("A"));
        for (int i = 0; i < 250; ++i) life.open_package(noon_ns + 2 + i, "K" + std::to_string(i), 10 * minute_ns);
    }
    disk.kill_processes();
    const Life life(disk, noon_ns + hour_ns);
    CHECK(life.report.extended == 250);
    const auto lines = life.report.lines();
    REQUIRE(lines.size() == 102);
    CHECK_THAT(lines[0], Catch::Contains("down from 2026-11-18") && Catch::Contains("250 of them"));
    CHECK_THAT(lines[1], Catch::StartsWith("package K0: stage zonal closes at "));
    CHECK(lines[101] == "and 150 packages more, likewise");
}

TEST_CASE("with the policy close a window that ended meanwhile is left to close at its deadline") {
    SimulatedDisk disk(1);
    first_life(disk);
    disk.kill_processes();
    Life life(disk, noon_ns + hour_ns, OutagePolicy::close);
    CHECK(life.report.extended == 0);
    Texts texts;
    life.engine.advance(noon_ns + hour_ns, texts);
    CHECK(texts.lines == std::vector<std::string>{"closed K1 at " + std::to_string(2 + 10 * minute_ns)});
}

TEST_CASE("the same events come out of the journal's commands again, extensions included") {
    SimulatedDisk disk(1);
    first_life(disk);
    disk.kill_processes();
    std::string before;
    {
        Life life(disk, noon_ns + hour_ns);
        life.offer(noon_ns + hour_ns + minute_ns, "O1", "K1");
        life.engine.save(before);
    }
    disk.kill_processes();
    auto reader = JournalReader::open(disk, directory);
    REQUIRE(reader.has_value());
    matching::Engine engine;
    Texts texts;
    RecordReplayer replayer;
    Instant last_ns = 0;
    bool rising = true;
    for (auto record = (*reader)->next(); record && *record; record = (*reader)->next()) {
        if ((*record)->kind != RecordKind::commands) continue;
        const auto read = read_command_record((*record)->payload);
        REQUIRE(read);
        REQUIRE_FALSE(replayer.replay((*record)->stamp_ns, read->skipped, read->request, [&](Instant at_ns, const auto& command) {
            rising = rising && at_ns > last_ns;
            last_ns = at_ns;
            engine.apply(at_ns, command, texts);
        }));
    }
    CHECK(rising);
    CHECK(texts.lines == std::vector<std::string>{"extended K1 to " + std::to_string(2 + 69 * minute_ns) + " outage #7"});
    std::string after;
    engine.save(after);
    CHECK(after == before);
}

TEST_CASE("a close below the recovered ceiling stands: its award may have been seen") {
    SimulatedDisk disk(1);
    {
        Life life(disk, noon_ns);
        life.take(noon_ns, procedure("p"));
        life.take(noon_ns + 1, provider("A"));
        life.open_package(noon_ns + 2, "K1", minute_ns);
        life.offer(noon_ns + 3, "O1", "K1");
        REQUIRE(life.journal->append(RecordKind::ceiling, noon_ns + minute_ns + second_ns, std::span<const std::byte>{}));
        REQUIRE(life.journal->commit_once());
    }
    disk.kill_processes();
    Life life(disk, noon_ns + hour_ns);
    CHECK(life.report.extended == 0);
    CHECK(life.closes().empty());
    CHECK(life.engine.sizes().awards == 1);
}

TEST_CASE("without a sign of life, or with garbage in its place, the outage counts from the last command") {
    SimulatedDisk disk(1);
    first_life(disk);
    disk.kill_processes();
    const std::string garbage = "not a sign of life, not at all..";
    disk.overwrite(directory / "sign-of-life", 0, std::as_bytes(std::span(garbage)));
    Life life(disk, noon_ns + hour_ns);
    REQUIRE_FALSE(life.fault);
    REQUIRE(life.sign->remarks().size() == 1);
    CHECK(life.report.outage.from_ns == noon_ns + 4);
    CHECK(life.closes().at("K1") == noon_ns + 2 + 10 * minute_ns + (hour_ns - 4));
}

TEST_CASE("after a clean stop the outage counts from the stop") {
    SimulatedDisk disk(1);
    {
        Life life(disk, noon_ns);
        life.take(noon_ns, procedure("p"));
        life.take(noon_ns + 1, provider("A"));
        life.open_package(noon_ns + 2, "K1", 10 * minute_ns);
        life.stop_cleanly(noon_ns + 9 * minute_ns);
    }
    {
        Life life(disk, noon_ns + 12 * minute_ns);
        CHECK(life.closes() == std::map<std::string, Instant>{{"K1", noon_ns + 2 + 13 * minute_ns}});
        // A clean stop takes the ceiling back below the outage that was bridged; that outage is over all the same.
        life.stop_cleanly(noon_ns + 12 * minute_ns + 30 * second_ns);
    }
    const Life life(disk, noon_ns + 14 * minute_ns);
    CHECK(life.report.outage == Outage{noon_ns + 12 * minute_ns + 30 * second_ns, noon_ns + 14 * minute_ns});
    CHECK(life.closes() == std::map<std::string, Instant>{{"K1", noon_ns + 2 + 14 * minute_ns + 30 * second_ns}});
}

TEST_CASE("a wall clock that went back during the outage extends nothing, and the windows lose nothing") {
    SimulatedDisk disk(1);
    first_life(disk);
    disk.kill_processes();
    const Life life(disk, noon_ns - hour_ns);
    REQUIRE_FALSE(life.fault);
    CHECK(life.report.extended == 0);
    // Stamps go on where the last life ended.
    CHECK(life.report.first_stamp_ns == noon_ns + minute_ns);
    CHECK(life.closes().at("K1") == noon_ns + 2 + 10 * minute_ns);
}

TEST_CASE("a stage that opens during the outage, after a choice that nobody made, is extended by what it was unattended for") {
    SimulatedDisk disk(1);
    {
        Life life(disk, noon_ns);
        auto two = procedure("two", {"zonal", "county"});
        matching::Criterion choice;
        choice.kind = matching::CriterionKind::citizen_choice;
        choice.choice_window_ns = hour_ns;
        two.ranking.insert(two.ranking.begin(), choice);
        life.take(noon_ns, two);
        life.take(noon_ns + 1, provider("A"));
        life.take(noon_ns + 2, provider("B"));
        life.take(noon_ns + 3, provider("C"));
        life.open_package(noon_ns + 4, "K1", 10 * minute_ns, "two");
        life.offer(noon_ns + 5, "O1", "K1", "A");
        life.offer(noon_ns + 6, "O2", "K1", "B");
        // The stage closes and the citizen is asked until 13:10; both providers are suspended meanwhile.
        for (const char* id : {"A", "B"}) {
            auto suspended = provider(id);
            suspended.suspended = true;
            life.take(noon_ns + 20 * minute_ns + (*id - 'A'), suspended);
        }
        REQUIRE(life.engine.sizes().packages_waiting == 1);
        REQUIRE_FALSE(life.sign->live(noon_ns + 30 * minute_ns));
    }
    disk.kill_processes();
    const Life life(disk, noon_ns + 5 * hour_ns);
    REQUIRE_FALSE(life.fault);
    CHECK(life.report.extended == 1);
    // It opened at 13:10 for ten minutes; at 17:00, when the daemon is back, it has all of them.
    CHECK(life.closes() == std::map<std::string, Instant>{{"K1", noon_ns + 5 * hour_ns + 10 * minute_ns}});
}

TEST_CASE("windows that close within nanoseconds of the end, thousands of them, are extended each by a command of its own") {
    SimulatedDisk disk(1);
    constexpr int count = 5000;
    {
        Life life(disk, noon_ns);
        life.take(noon_ns, procedure("p"));
        life.take(noon_ns + 1, provider("A"));
        for (int i = 0; i < count; ++i) life.open_package(noon_ns + 2 + i, "K" + std::to_string(i), minute_ns);
        REQUIRE_FALSE(life.sign->live(noon_ns + 50 * second_ns));
    }
    disk.kill_processes();
    const Life life(disk, noon_ns + hour_ns, OutagePolicy::extend, 100);
    REQUIRE_FALSE(life.fault);
    CHECK(life.report.extended == count);
    std::uint64_t wrong = 0;
    for (const auto& [id, closes_ns] : life.closes()) wrong += closes_ns < noon_ns + hour_ns + 10 * second_ns ? 1U : 0U;
    CHECK(life.closes().size() == count);
    CHECK(wrong == 0);
}

TEST_CASE("the daemon dies at any call on the disk while it extends: the next start extends the rest, and nothing twice") {
    constexpr int count = 40;
    const auto lose_power = GENERATE(false, true);
    const auto begin = [&](SimulatedDisk& disk) {
        Life life(disk, noon_ns);
        life.take(noon_ns, procedure("p"));
        life.take(noon_ns + 1, provider("A"));
        for (int i = 0; i < count; ++i) life.open_package(noon_ns + 2 + i, "K" + std::to_string(i), 10 * minute_ns);
        // Durable, so that both kinds of death leave the same to the next start.
        REQUIRE_FALSE(life.sign->live(noon_ns + minute_ns));
        REQUIRE_FALSE(life.sign->sync());
    };
    std::uint64_t calls = 0;
    {
        SimulatedDisk disk(1);
        begin(disk);
        disk.kill_processes();
        const std::uint64_t before = disk.calls();
        Life life(disk, noon_ns + hour_ns, OutagePolicy::extend, 8);
        REQUIRE(life.report.extended == count);
        calls = disk.calls() - before;
    }
    REQUIRE(calls > 15);
    for (std::uint64_t n = 1; n <= calls; ++n) {
        INFO("call " << n << (lose_power ? ", power lost" : ", killed"));
        SimulatedDisk disk(n);
        begin(disk);
        disk.kill_processes();
        disk.fail_call(n, lose_power ? SimulatedDisk::Fails::power : SimulatedDisk::Fails::killed);
        { const Life dying(disk, noon_ns + hour_ns, OutagePolicy::extend, 8); }
        if (lose_power) {
            disk.power_returns(SimulatedDisk::Unsynced::torn);
        }
        disk.kill_processes();
        const Life life(disk, noon_ns + 2 * hour_ns, OutagePolicy::extend, 8);
        REQUIRE_FALSE(life.fault);
        // Nine minutes were left to each, and are left still: nobody's window is longer for the second outage than by the second outage.
        const auto closes = life.closes();
        REQUIRE(closes.size() == count);
        for (const auto& [id, closes_ns] : closes) {
            const Instant left_ns = closes_ns - (noon_ns + 2 * hour_ns);
            INFO(id << " has " << left_ns << " ns left");
            // Where the first start had come to its end, its ceiling may lie a second ahead of it, and windows count as kept until there.
            REQUIRE(left_ns >= 9 * minute_ns - second_ns);
            REQUIRE(left_ns <= 9 * minute_ns + 1000);
        }
    }
}

}  // namespace
}  // namespace tiebreak::daemon
