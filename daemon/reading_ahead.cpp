#include "daemon/reading_ahead.hpp"

#include <pthread.h>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace tiebreak::daemon {

namespace {

constexpr std::size_t batch_records_max = 1024;
constexpr std::size_t batch_bytes_max = 256U << 10U;  // unless one record is larger
constexpr std::size_t batches_waiting_max = 8;

bool is_full(const JournalBatch& batch) noexcept {
    return batch.entries.size() >= batch_records_max || batch.bytes.size() >= batch_bytes_max;
}

// From the thread that reads to the one that replays. Each waits for the other, and no longer than that one goes on.
class Handover {
public:
    // False once nobody takes any more.
    bool give(JournalBatch&& batch) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return refused_ || batches_.size() < batches_waiting_max; });
        if (refused_) return false;
        batches_.push_back(std::move(batch));
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
    std::optional<JournalBatch> take() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return ended_ || !batches_.empty(); });
        if (batches_.empty()) return std::nullopt;
        JournalBatch batch = std::move(batches_.front());
        batches_.pop_front();
        changed_.notify_all();
        return batch;
    }
    void refuse() {
        const std::scoped_lock lock(mutex_);
        refused_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<JournalBatch> batches_;
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

// Hands on each batch as it is full, and the last one, until `hand_on` says that no more is wanted.
template <typename HandOn>
Outcome<JournalSummary> read_all(Journal& journal, std::uint64_t from_position, const HandOn& hand_on) {
    JournalBatch batch;
    auto read = journal.read_all(
        [&](const RecordView& record) {
            batch.add(record);
            return !is_full(batch) || hand_on(std::exchange(batch, JournalBatch()));
        },
        from_position);
    if (!batch.entries.empty()) (void)hand_on(std::move(batch));
    return read;
}

Outcome<JournalSummary> read_ahead(Journal& journal, std::uint64_t from_position, const OnBatch& on_batch) {
    Handover handover;
    std::optional<Outcome<JournalSummary>> read;
    std::thread reader([&] {
        ::pthread_setname_np(::pthread_self(), "recovery");
        read = read_all(journal, from_position, [&](JournalBatch&& batch) { return handover.give(std::move(batch)); });
        handover.end();
    });
    {
        const Ending ending{handover, reader};
        for (auto batch = handover.take(); batch && on_batch(*batch); batch = handover.take()) {
        }
    }
    return std::move(*read);
}

}  // namespace

Outcome<JournalSummary> read_in_batches(Journal& journal, std::uint64_t from_position, ReadOn thread, const OnBatch& on_batch) {
    return thread == ReadOn::own_thread ? read_ahead(journal, from_position, on_batch) : read_all(journal, from_position, on_batch);
}

}  // namespace tiebreak::daemon
