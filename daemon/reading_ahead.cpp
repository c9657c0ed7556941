#include "daemon/reading_ahead.hpp"

#include <pthread.h>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "daemon/record_group.hpp"

namespace tiebreak::daemon {

namespace {

constexpr std::size_t group_records_max = 1024;
constexpr std::size_t group_bytes_max = 256U << 10U;  // unless one record is larger
constexpr std::size_t groups_waiting_max = 8;

bool is_full(const RecordGroup& group) noexcept { return group.size() >= group_records_max || group.bytes() >= group_bytes_max; }

// From the thread that reads to the one that replays. Each waits for the other, and no longer than that one goes on.
class Handover {
public:
    // False once nobody takes any more.
    bool give(RecordGroup&& group) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return refused_ || groups_.size() < groups_waiting_max; });
        if (refused_) return false;
        groups_.push_back(std::move(group));
        changed_.notify_all();
        return true;
    }
    // No more comes.
    void end() {
        const std::scoped_lock lock(mutex_);
        ended_ = true;
        changed_.notify_all();
    }
    // Nothing once all has been taken.
    std::optional<RecordGroup> take() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return ended_ || !groups_.empty(); });
        if (groups_.empty()) return std::nullopt;
        RecordGroup group = std::move(groups_.front());
        groups_.pop_front();
        changed_.notify_all();
        return group;
    }
    void refuse() {
        const std::scoped_lock lock(mutex_);
        refused_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<RecordGroup> groups_;
    bool ended_ = false;
    bool refused_ = false;
};

// However the taking ends, the reader ends with it.
struct Ending {
    Handover& handover;
    std::thread& reader;
    ~Ending() {
        handover.refuse();
        reader.join();
    }
};

Outcome<JournalSummary> read_here(Journal& journal, std::uint64_t from_position, const OnRecords& on_records) {
    RecordGroup group;
    bool wanted = true;
    const auto hand_on = [&] {
        if (wanted && group.size() > 0) wanted = on_records(group.records());
        group.clear();
    };
    auto read = journal.read_all(
        [&](const RecordView& record) {
            group.add(record);
            if (is_full(group)) hand_on();
            return wanted;
        },
        from_position);
    hand_on();
    return read;
}

Outcome<JournalSummary> read_ahead(Journal& journal, std::uint64_t from_position, const OnRecords& on_records) {
    Handover handover;
    std::optional<Outcome<JournalSummary>> read;
    std::thread reader([&] {
        ::pthread_setname_np(::pthread_self(), "recovery");
        RecordGroup group;
        read = journal.read_all(
            [&](const RecordView& record) {
                group.add(record);
                return !is_full(group) || handover.give(std::exchange(group, RecordGroup()));
            },
            from_position);
        if (group.size() > 0) (void)handover.give(std::move(group));
        handover.end();
    });
    {
        const Ending ending{handover, reader};
        for (auto group = handover.take(); group && on_records(group->records()); group = handover.take()) {
        }
    }
    return std::move(*read);
}

}  // namespace

Outcome<JournalSummary> read_in_groups(Journal& journal, std::uint64_t from_position, ReadOn thread, const OnRecords& on_records) {
    return thread == ReadOn::own_thread ? read_ahead(journal, from_position, on_records)
                                        : read_here(journal, from_position, on_records);
}

}  // namespace tiebreak::daemon
