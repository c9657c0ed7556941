#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "daemon/group_commit.hpp"
#include "daemon/journal_verify.hpp"
#include "tests/catch.hpp"
#include "tests/temporary_directory.hpp"

using namespace tiebreak;
using namespace tiebreak::daemon;
using namespace tiebreak::tests;

namespace {

constexpr std::chrono::seconds long_enough{60};

// Lets a test wait for what the commit thread says.
class WaitingListener final : public CommitListener {
public:
    void on_durable(std::uint64_t position) override {
        const std::scoped_lock lock(mutex_);
        rising_ = rising_ && position > durable_;
        durable_ = position;
        changed_.notify_all();
    }
    void on_fault(const Fault&) override {
        const std::scoped_lock lock(mutex_);
        ++faults_;
        changed_.notify_all();
    }
    void on_disk_low(std::uint64_t) override {}

    bool wait_until_durable(std::uint64_t position) {
        std::unique_lock lock(mutex_);
        const auto said = [&] { return durable_ >= position || faults_ > 0; };
        return changed_.wait_for(lock, long_enough, said) && faults_ == 0;
    }
    [[nodiscard]] bool rising() const {
        const std::scoped_lock lock(mutex_);
        return rising_ && faults_ == 0;
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t durable_ = 0;
    int faults_ = 0;
    bool rising_ = true;
};

JournalOptions options() {
    JournalOptions options;
    options.segment_bytes = 64 * 1024;
    options.payload_bytes_max = 4096;
    options.buffer_bytes_max = 32 * 1024;
    options.disk_free_bytes_min = 0;
    options.mark_after_idle = std::chrono::milliseconds(1);
    return options;
}

// A journal of its own with its threads at work.
struct Running {
    Running() {
        auto journal = Journal::open(real_disk(), temporary.path(), options());
        REQUIRE(journal.has_value());
        auto commit = GroupCommit::open(std::move(*journal), listener);
        REQUIRE(commit.has_value());
        group = std::move(*commit);
        group->start();
    }

    [[nodiscard]] const std::filesystem::path& path() const { return temporary.path(); }

    TemporaryDirectory temporary;
    WaitingListener listener;
    std::unique_ptr<GroupCommit> group;
};

struct Payload {
    std::uint64_t producer = 0;
    std::uint64_t number = 0;
    std::uint64_t filler[8] = {};
};

Payload payload_from(std::span<const std::byte> bytes) {
    Payload payload;
    REQUIRE(bytes.size() == sizeof payload);
    std::memcpy(&payload, bytes.data(), sizeof payload);
    return payload;
}

}  // namespace

TEST_CASE("four threads append, one of them writes early, one commits, one reads along and recycles, and nothing is lost, doubled or out of order") {
    constexpr std::uint64_t producers = 4;
    constexpr std::uint64_t each = 2500;
    Running running;
    GroupCommit& group = *running.group;

    std::vector<std::thread> threads;
    for (std::uint64_t producer = 0; producer < producers; ++producer) {
        threads.emplace_back([&group, producer] {
            std::uint64_t last = 0;
            for (std::uint64_t number = 0; number < each; ++number) {
                const Payload payload{producer, number, {}};
                const auto bytes = std::as_bytes(std::span(&payload, 1));
                auto position = group.append(RecordKind::commands, static_cast<std::int64_t>(number), bytes);
                while (!position && !group.fault()) {  // busy: as a client would, again a little later
                    std::this_thread::yield();
                    position = group.append(RecordKind::commands, static_cast<std::int64_t>(number), bytes);
                }
                if (!position || *position <= last) std::abort();
                last = *position;
                if (producer == 0) (void)group.write_gathered();  // does nothing while the commit thread writes
            }
        });
    }

    // The archive: reads all that becomes durable and lets go of what it has.
    std::vector<std::uint64_t> next_of(producers, 0);
    std::uint64_t read = 0;
    const auto cursor = group.journal().cursor();
    const auto deadline = std::chrono::steady_clock::now() + long_enough;
    while (read < producers * each) {
        REQUIRE(std::chrono::steady_clock::now() < deadline);
        REQUIRE(running.listener.wait_until_durable(read + 1));
        const auto batch = cursor->read_from(read + 1, 20'000);
        REQUIRE(batch.has_value());
        for (const auto& entry : batch->entries) {
            REQUIRE(entry.position == ++read);
            const Payload payload = payload_from(batch->payload(entry));
            REQUIRE(payload.number == next_of[payload.producer]++);
        }
        if (read > 1000) REQUIRE(group.journal().recycle_before(read - 1000).has_value());
        REQUIRE(group.counters().records <= producers * each);
    }
    for (auto& thread : threads) thread.join();
    REQUIRE_FALSE(group.flush_and_stop());
    CHECK(running.listener.rising());
    CHECK(group.durable_position() == producers * each);
    CHECK(group.counters().records == producers * each);
    CHECK(group.counters().commits < producers * each);
    CHECK(group.counters().journal.segments_recycled > 5);
    const auto report = verify_journal(real_disk(), running.path());
    CHECK_FALSE(report.damage);
    CHECK(report.last_position == producers * each);
    CHECK(report.end_proven);
}

TEST_CASE("readers without a lock see an unbroken beginning of a journal that is being written, never damage") {
    Running running;
    GroupCommit& group = *running.group;
    std::atomic<bool> done{false};
    std::thread writer([&] {
        for (std::uint64_t number = 0; number < 4000; ++number) {
            const Payload payload{0, number, {}};
            while (!group.append(RecordKind::commands, 0, std::as_bytes(std::span(&payload, 1))) && !group.fault()) {
                std::this_thread::yield();
            }
        }
        done = true;
    });
    auto follower = JournalReader::open(real_disk(), running.path());
    REQUIRE(follower.has_value());
    std::uint64_t followed = 0;
    std::uint64_t rounds = 0;
    for (bool last_round = false; !last_round; ++rounds) {
        last_round = done;
        const std::uint64_t durable = group.durable_position();
        const auto report = verify_journal(real_disk(), running.path());
        INFO((report.damage ? report.damage->sentence : ""));
        REQUIRE_FALSE(report.damage);
        REQUIRE(report.last_position >= durable);
        while (true) {
            const auto record = (*follower)->next();
            REQUIRE(record.has_value());
            if (!*record) break;
            REQUIRE((*record)->position == ++followed);
        }
        REQUIRE(followed >= durable);
    }
    writer.join();
    REQUIRE_FALSE(group.flush_and_stop());
    CHECK(rounds > 1);
}

TEST_CASE("a lone record becomes durable at once, and a quiet journal proves its last commit by a mark") {
    Running running;
    GroupCommit& group = *running.group;
    const std::string text = "alone";
    for (std::uint64_t position = 1; position <= 20; ++position) {
        REQUIRE(group.append(RecordKind::commands, 0, std::as_bytes(std::span(text))) == position);
        REQUIRE(running.listener.wait_until_durable(position));
    }
    const auto deadline = std::chrono::steady_clock::now() + long_enough;
    // A machine that stalls between two records gets a mark there too; it is the one after the last that proves the end.
    while (!verify_journal(real_disk(), running.path()).end_proven) {
        REQUIRE(std::chrono::steady_clock::now() < deadline);
        std::this_thread::yield();
    }
    REQUIRE_FALSE(group.flush_and_stop());
    CHECK(group.counters().marks > 0);
}

TEST_CASE("a group commit that was started and never used stops, and may be stopped twice") {
    Running running;
    CHECK_FALSE(running.group->flush_and_stop());
    CHECK_FALSE(running.group->flush_and_stop());
    CHECK(verify_journal(real_disk(), running.path()).records == 0);
}
