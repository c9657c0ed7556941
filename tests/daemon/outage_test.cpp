// Which windows are extended over a time in which the daemon was down, and by how much.
#include "tests/daemon/outage_life.hpp"

#include <map>
#include <string>
#include <vector>

#include "tests/catch.hpp"

namespace tiebreak::daemon {
namespace {

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
    WindowTexts texts;
    life.engine.advance(noon_ns + 2 * hour_ns, texts);
    CHECK(texts.lines.back() == "awarded K1 O1 at " + std::to_string(2 + 69 * minute_ns));
}

TEST_CASE("with the policy close a window that ended meanwhile is left to close at its deadline") {
    SimulatedDisk disk(1);
    first_life(disk);
    disk.kill_processes();
    Life life(disk, noon_ns + hour_ns, OutagePolicy::close);
    CHECK(life.report.extended == 0);
    WindowTexts texts;
    life.engine.advance(noon_ns + hour_ns, texts);
    CHECK(texts.lines == std::vector<std::string>{"closed K1 at " + std::to_string(2 + 10 * minute_ns)});
}

TEST_CASE("a close below the recovered ceiling stands: its award may have been seen") {
    SimulatedDisk disk(1);
    {
        Life life(disk, noon_ns);
        life.register_all();
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
        life.register_all();
        life.open_packages(count, minute_ns);
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

TEST_CASE("the log names the packages that were extended, and how many more there were") {
    SimulatedDisk disk(1);
    {
        Life life(disk, noon_ns);
        life.register_all();
        life.open_packages(250, 10 * minute_ns);
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

}  // namespace
}  // namespace tiebreak::daemon
