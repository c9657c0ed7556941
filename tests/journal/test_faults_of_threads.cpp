// A fault that is found while the commit thread waits for the disk.
#include <chrono>
#include <condition_variable>
#include <mutex>
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

}  // namespace

TEST_CASE("an early write that fails beside a commit is told after it: nothing is called durable once a fault was told") {
    SimulatedDisk disk(61);
    HookedDisk hooked(disk);
    Barrier barrier;
    hooked.before = [&] { barrier.pass(); };
    Hearing hearing;
    JournalOptions options = small_options();
    options.segment_bytes = 16 * segment_header_bytes;
    options.mark_after_idle = std::chrono::hours(1);
    auto journal = Journal::open(hooked, journal_directory, options);
    REQUIRE(journal.has_value());
    auto opened = GroupCommit::open(std::move(*journal), hearing);
    REQUIRE(opened.has_value());
    GroupCommit& commit = **opened;
    // The first commit begins a segment; then another one is made ready, and no other thread has a call to make.
    REQUIRE(commit.append(RecordKind::commands, 1, bytes_of("first")));
    REQUIRE(commit.commit_once());
    REQUIRE(commit.prepare_once());
    commit.start();

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
