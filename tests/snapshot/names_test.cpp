// A directory that can't be synced: names that another thread has given there may be lost with it, so nothing is built on them any more.
#include <string>
#include <utility>

#include "tests/journal/hooked_disk.hpp"
#include "tests/snapshot/fixture.hpp"

using namespace tiebreak;
using namespace tiebreak::tests;
using daemon::FaultKind;
using Keeps = DataLife::Keeps;

namespace {

// How many messages a start finds after the power has gone, and everything that was not synced with it.
std::uint64_t messages_after_power_loss(SimulatedDisk& disk) {
    disk.kill_processes();
    disk.cut_power();
    disk.power_returns(SimulatedDisk::Unsynced::lost);
    const DataLife next(disk, OldSegments::archive, 99);
    if (next.fault()) FAIL(next.fault()->sentence);
    return next.recovered().last_position - 2;
}

}  // namespace

TEST_CASE("a sync that fails for a snapshot, while a new segment has just been given its name, costs nothing that is acknowledged") {
    SimulatedDisk disk(1);
    HookedDisk hooked(disk);
    bool spare_renamed = false, keeping = false, failed = false;
    std::uint64_t acknowledged = 0;
    {
        DataLife life(hooked, OldSegments::archive, 1);
        REQUIRE(life.go_on(30, Keeps::nothing));
        // Between the rename of a spare segment and the sync of that name, a whole snapshot is made, up to the sync of its own.
        hooked.renaming = [&](const daemon::path& from) { spare_renamed = from.filename().string().starts_with("spare-"); };
        hooked.after = [&] {
            if (!std::exchange(spare_renamed, false) || failed) return;
            keeping = true;
            life.keep();
            keeping = false;
        };
        hooked.syncing_directory = [&](const daemon::path&) {
            if (keeping && !std::exchange(failed, true)) disk.fail_call(1, SimulatedDisk::Fails::with_io_error);
        };
        CHECK_FALSE(life.go_on(30, Keeps::nothing));
        hooked.after = nullptr;
        REQUIRE(failed);
        REQUIRE(life.trouble().fault);
        CHECK(life.trouble().fault->kind == FaultKind::names_lost);
        CHECK_THAT(life.trouble().fault->sentence, Catch::Contains("cannot sync the directory of") && Catch::Contains(".tbs"));
        acknowledged = life.acknowledged();
    }
    CHECK(messages_after_power_loss(disk) >= acknowledged);
}

TEST_CASE("a sync that fails while segments are archived is final: nothing is acknowledged after it, and no snapshot goes") {
    for (const char* given : {"/data/archive", "/data"}) {
        INFO(given);
        SimulatedDisk disk(1);
        HookedDisk hooked(disk);
        bool archiving = false;
        std::uint64_t acknowledged = 0;
        {
            DataLife life(hooked, OldSegments::archive, 1);
            hooked.syncing_directory = [&](const daemon::path& directory) {
                archiving = archiving || directory == "/data/archive";
                if (archiving && directory == given && !disk.failed_call()) disk.fail_call(1, SimulatedDisk::Fails::with_io_error);
            };
            CHECK_FALSE(life.go_on(200));
            REQUIRE(disk.failed_call() == SimulatedDisk::Call::sync_directory);
            REQUIRE(life.trouble().fault);
            CHECK(life.trouble().fault->kind == FaultKind::names_lost);
            CHECK(daemon::list_snapshots(disk, journal_directory)->size() == 2);
            acknowledged = life.acknowledged();
            const std::uint64_t durable = life.commit().durable_position();
            CHECK_FALSE(life.commit().append(daemon::RecordKind::ceiling, noon_ns, {}));
            CHECK_FALSE(life.commit().commit_once());
            CHECK(life.commit().flush_and_stop());
            CHECK(life.commit().durable_position() == durable);
        }
        CHECK(messages_after_power_loss(disk) >= acknowledged);
    }
}

TEST_CASE("the archive's own name is durable before anything is in it, also where an earlier start has made it and not come to that") {
    SimulatedDisk disk(1);
    HookedDisk hooked(disk);
    bool made = false, durable = false, durable_first = true;
    hooked.making_directory = [&](const daemon::path& directory) {
        if (directory == "/data/archive" && !std::exchange(made, true)) durable = false;
    };
    hooked.syncing_directory = [&](const daemon::path& directory) {
        if (directory == "/data") durable = true;
        if (directory == "/data/archive" && !durable) durable_first = false;
    };
    for (int n = 1; n <= 2; ++n) {
        INFO("life " << n);
        made = false;
        DataLife life(hooked, OldSegments::archive, n);
        REQUIRE(life.go_on(100));
        CHECK(life.commit().counters().journal.segments_archived > 0);
        CHECK(made);
        CHECK(durable_first);
        REQUIRE_FALSE(life.commit().flush_and_stop());
    }
}

TEST_CASE("directories that are there have their names synced all the same, all the way up") {
    SimulatedDisk disk(1);
    HookedDisk hooked(disk);
    std::vector<std::string> synced;
    hooked.syncing_directory = [&](const daemon::path& directory) { synced.push_back(directory.string()); };
    disk.fail_call(3, SimulatedDisk::Fails::with_io_error);
    CHECK(make_directories(hooked, "/a/b") == std::errc::io_error);  // the second sync
    CHECK_FALSE(make_directories(hooked, "/a/b/"));
    CHECK_FALSE(make_directories(hooked, "c/d"));
    CHECK(synced == std::vector<std::string>{"/a", "/", "/a", "/", "c", "."});
}

TEST_CASE("a data directory in one that we may not read is served from, and only its own syncs count") {
    SimulatedDisk disk(1);
    HookedDisk hooked(disk);
    hooked.refusal = [](HookedDisk::Call call, const daemon::path& directory) {
        return call == HookedDisk::Call::sync_directory && directory == "/" ? std::make_error_code(std::errc::permission_denied) : std::error_code{};
    };
    {
        const DataLife first(hooked, OldSegments::archive, 1);
        REQUIRE(first.fault());
        CHECK_THAT(first.fault()->sentence, Catch::Contains("/data"));  // it made a directory whose name it can't make durable
    }
    DataLife life(hooked, OldSegments::archive, 1);  // it was there
    if (life.fault()) FAIL(life.fault()->sentence);
    CHECK(life.go_on(40));
}
