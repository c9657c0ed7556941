// A fault that is found while the commit thread waits for the disk.
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/catch.hpp"
#include "tests/journal/fixture.hpp"
#include "tests/journal/hooked_disk.hpp"

using namespace tiebreak;
using namespace tiebreak::daemon;
using namespace tiebreak::tests;

namespace {

constexpr std::chrono::seconds long_enough{60};

// Keeps other threads than the one it was made on from their second call on the disk, once it was told to: of a commit that is its sync.
class Barrier {
public:
    void arm() {
        const std::scoped_lock lock(mutex_);
        calls_ = 0;
        armed_ = true;
    }
    void pass() {
        std::unique_lock lock(mutex_);
        if (!armed_ || std::this_thread::get_id() == owner_ || ++calls_ < 2) return;
        waiting_ = true;
        changed_.notify_all();
        changed_.wait_for(lock, long_enough, [this] { return !armed_; });
    }
    bool wait_until_somebody_waits() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, long_enough, [this] { return waiting_; });
    }
    void open() {
        const std::scoped_lock lock(mutex_);
        armed_ = false;
        changed_.notify_all();
    }

private:
    const std::thread::id owner_ = std::this_thread::get_id();
    std::mutex mutex_;
    std::condition_variable changed_;
    bool armed_ = false, waiting_ = false;
    int calls_ = 0;
};

// What the journal says, in order.
class Hearing final : public CommitListener {
public:
    void on_durable(std::uint64_t position) override { hear("durable " + std::to_string(position)); }
    void on_fault(const Fault&) override { hear("fault"); }
    void on_disk_low(std::uint64_t) override {}

    [[nodiscard]] std::vector<std::string> heard() const {
        const std::scoped_lock lock(mutex_);
        return heard_;
    }
    bool wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, long_enough, [&] { return heard_.size() >= count; });
    }

private:
    void hear(std::string what) {
        const std::scoped_lock lock(mutex_);
        heard_.push_back(std::move(what));
        changed_.notify_all();
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> heard_;
};

// How often the thread of that name has gone to sleep; none: there is no such thread.
std::optional<std::uint64_t> sleeps_of(const std::string& name) {
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::string comm, word;
        if (!(std::ifstream(task.path() / "comm") >> comm) || comm != name) continue;
        std::ifstream status(task.path() / "status");
        while (status >> word) {
            std::uint64_t count = 0;
            if (word == "voluntary_ctxt_switches:" && status >> count) return count;
        }
    }
    return std::nullopt;
}

bool wait_until_it_sleeps_again(const std::string& name, std::uint64_t sleeps_before) {
    const auto end = std::chrono::steady_clock::now() + long_enough;
    while (std::chrono::steady_clock::now() < end) {
        if (const auto sleeps = sleeps_of(name); sleeps && *sleeps > sleeps_before) return true;
        std::this_thread::yield();
    }
    return false;
}

// A journal of which other threads than the commit thread have no call to make: a segment is begun and another one ready, and no mark is due.
// The first record is in it. The disk and the listener must outlive it.
std::unique_ptr<GroupCommit> begun(Disk& disk, CommitListener& listener) {
    JournalOptions options = small_options();
    options.segment_bytes = 16 * segment_header_bytes;
    options.mark_after_idle = std::chrono::hours(1);
    auto journal = Journal::open(disk, journal_directory, options);
    REQUIRE(journal.has_value());
    auto commit = GroupCommit::open(std::move(*journal), listener);
    REQUIRE(commit.has_value());
    REQUIRE((*commit)->append(RecordKind::commands, 1, bytes_of("first")));
    REQUIRE((*commit)->commit_once());
    REQUIRE((*commit)->prepare_once());
    (*commit)->start();
    return std::move(*commit);
}

}  // namespace

TEST_CASE("a commit that waits for an early write to end calls nothing durable when that write has failed") {
    SimulatedDisk disk(62);
    HookedDisk hooked(disk);
    Hearing hearing;
    const auto opened = begun(hooked, hearing);
    GroupCommit& commit = *opened;
    while (!sleeps_of("commit")) std::this_thread::yield();

    // While the second record is being written early, a third asks for a commit, whose thread then waits for the writer.
    const auto owner = std::this_thread::get_id();
    bool commit_waits = false;
    hooked.before = [&] {
        if (std::this_thread::get_id() != owner || commit_waits) return;
        const std::uint64_t sleeps = sleeps_of("commit").value_or(0);
        (void)commit.append(RecordKind::commands, 3, bytes_of("third"));
        commit_waits = wait_until_it_sleeps_again("commit", sleeps);
    };
    REQUIRE(commit.gather(RecordKind::commands, 2, {bytes_of("second")}));
    disk.fail_call(1, SimulatedDisk::Fails::with_io_error);
    CHECK_FALSE(commit.write_gathered());
    CHECK(commit_waits);
    REQUIRE(hearing.wait_for(2));
    CHECK(commit.flush_and_stop());
    CHECK(hearing.heard() == std::vector<std::string>{"durable 1", "fault"});
    CHECK(commit.durable_position() == 1);
}

TEST_CASE("an early write that fails beside a commit is told after it: nothing is called durable once a fault was told") {
    SimulatedDisk disk(61);
    HookedDisk hooked(disk);
    Barrier barrier;
    hooked.before = [&] { barrier.pass(); };
    Hearing hearing;
    const auto opened = begun(hooked, hearing);
    GroupCommit& commit = *opened;

    barrier.arm();
    REQUIRE(commit.append(RecordKind::commands, 2, bytes_of("second")));
    REQUIRE(barrier.wait_until_somebody_waits());
    REQUIRE(commit.append(RecordKind::commands, 3, bytes_of("third")));
    disk.fail_call(1, SimulatedDisk::Fails::with_io_error);
    CHECK_FALSE(commit.write_gathered());
    CHECK_FALSE(commit.write_gathered());
    CHECK(hearing.heard() == std::vector<std::string>{"durable 1"});
    barrier.open();
    REQUIRE(hearing.wait_for(3));
    CHECK(hearing.heard() == std::vector<std::string>{"durable 1", "durable 2", "fault"});
    CHECK(commit.flush_and_stop());
    CHECK(commit.durable_position() == 2);
    CHECK(hearing.heard().size() == 3);
}

TEST_CASE("a fault that something else has found is as final as one of a commit, and is told once") {
    const Fault found{FaultKind::names_lost, "cannot sync the directory of /data/x: Input/output error", {}, 0, 0};
    SimulatedDisk disk(63);
    Hearing hearing;
    const auto opened = begun(disk, hearing);
    GroupCommit& commit = *opened;
    SECTION("while it runs") {
        commit.fail(found);
        REQUIRE(hearing.wait_for(2));
        CHECK_FALSE(commit.append(RecordKind::commands, 2, bytes_of("second")));
        commit.fail({FaultKind::disk, "another", {}, 0, 0});
        CHECK(commit.flush_and_stop());
    }
    SECTION("once it has stopped, by who finds it") {
        CHECK_FALSE(commit.flush_and_stop());
        commit.fail(found);
    }
    CHECK(hearing.heard() == std::vector<std::string>{"durable 1", "fault"});
    CHECK(commit.fault()->sentence == found.sentence);
    CHECK(commit.durable_position() == 1);
}
