// From when to when the daemon is held to have been down.
#include "tests/daemon/outage_life.hpp"

#include <map>
#include <span>
#include <string>

#include "tests/catch.hpp"

namespace tiebreak::daemon {
namespace {

TEST_CASE("without a sign of life, or with garbage in its place, the outage counts from the last command") {
    SimulatedDisk disk(1);
    first_life(disk);
    disk.kill_processes();
    const std::string garbage = "not a sign of life, not at all..";
    disk.overwrite(data_directory / "sign-of-life", 0, std::as_bytes(std::span(garbage)));
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
        life.register_all();
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

TEST_CASE("a start that never came to serve has not ended the outage: it counts from the last life that served") {
    SimulatedDisk disk(1);
    {
        Life life(disk, noon_ns);
        life.register_all();
        life.open_package(noon_ns + 2, "K1", 70 * minute_ns);
        REQUIRE_FALSE(life.sign->live(noon_ns + minute_ns));
    }
    disk.kill_processes();
    {
        const Life unserved(disk, noon_ns + hour_ns, OutagePolicy::extend, 4096, Life::Comes::to_nothing);
        REQUIRE_FALSE(unserved.fault);
        CHECK(unserved.report.outage == Outage{noon_ns + minute_ns, noon_ns + hour_ns});
    }
    disk.kill_processes();
    const Life life(disk, noon_ns + 80 * minute_ns);
    CHECK(life.report.outage == Outage{noon_ns + minute_ns, noon_ns + 80 * minute_ns});
    CHECK(life.closes() == std::map<std::string, Instant>{{"K1", noon_ns + 2 + (70 + 79) * minute_ns}});
}

TEST_CASE("the outage counts from the sign of life, not from the ceiling that lies ahead of it") {
    SimulatedDisk disk(1);
    {
        Life life(disk, noon_ns);
        life.register_all();
        life.open_package(noon_ns + 2, "K1", 10 * minute_ns);
        REQUIRE(life.journal->append(RecordKind::ceiling, noon_ns + minute_ns + second_ns, std::span<const std::byte>{}));
        REQUIRE(life.journal->commit_once());
        REQUIRE_FALSE(life.sign->live(noon_ns + minute_ns));
    }
    disk.kill_processes();
    const Life life(disk, noon_ns + hour_ns);
    CHECK(life.report.outage == Outage{noon_ns + minute_ns, noon_ns + hour_ns});
    CHECK(life.closes() == std::map<std::string, Instant>{{"K1", noon_ns + 2 + 69 * minute_ns}});
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

}  // namespace
}  // namespace tiebreak::daemon
