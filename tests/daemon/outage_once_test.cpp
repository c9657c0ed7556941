// What was extended is journaled: a replay has it again, and a next start extends nothing twice, wherever this one died.
#include "tests/daemon/outage_life.hpp"

#include <string>
#include <vector>

#include "daemon/journal_reader.hpp"
#include "daemon/replay_record.hpp"
#include "tests/catch.hpp"

namespace tiebreak::daemon {
namespace {

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
    auto reader = JournalReader::open(disk, data_directory);
    REQUIRE(reader.has_value());
    matching::Engine engine;
    WindowTexts texts;
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

TEST_CASE("the daemon dies at any call on the disk while it extends: the next start extends the rest, and nothing twice") {
    constexpr int count = 40;
    const auto lose_power = GENERATE(false, true);
    const auto begin = [&](SimulatedDisk& disk) {
        Life life(disk, noon_ns);
        life.register_all();
        life.open_packages(count, 10 * minute_ns);
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
            REQUIRE(left_ns >= 9 * minute_ns);
            REQUIRE(left_ns <= 9 * minute_ns + 1000);
        }
    }
}

}  // namespace
}  // namespace tiebreak::daemon
