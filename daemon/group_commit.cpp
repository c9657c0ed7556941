#include "daemon/group_commit.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "daemon/journal_impl.hpp"
#include "daemon/record_buffer.hpp"
#include "daemon/urgency.hpp"
#include "matching/invariant.hpp"

namespace tiebreak::daemon {

namespace {

constexpr std::chrono::seconds look_again_for_room{1};

// More than this is not written early: to check and write it takes some 150 us, in which its caller does nothing else.
constexpr std::size_t early_bytes_max = 256U << 10U;

}  // namespace

class GroupCommit::Impl {
public:
    Impl(std::unique_ptr<Journal> journal, CommitListener& listener)
        : journal_(std::move(journal)),
          state_(journal_->impl()),
          listener_(listener),
          gathering_(state_.options_.buffer_bytes_max),
          committing_(state_.options_.buffer_bytes_max),
          last_position_(journal_->last_position()),
          appended_(last_position_) {}

    ~Impl() { flush_and_stop(); }

    void start(int real_time_priority) {
        {
            const std::scoped_lock lock(mutex_);
            TIEBREAK_INVARIANT(!threaded_ && !stopping_, "the commit thread is started once");
            threaded_ = true;
        }
        prepare_thread_ = std::thread([this] {
            ::pthread_setname_np(::pthread_self(), "prepare");
            prepare_loop();
        });
        commit_thread_ = std::thread([this, real_time_priority] {
            ::pthread_setname_np(::pthread_self(), "commit");
            if (real_time_priority > 0) run_at(real_time_priority);
            commit_loop();
        });
    }

    std::optional<std::uint64_t> append(RecordKind kind, std::int64_t stamp_ns,
                                        std::initializer_list<std::span<const std::byte>> parts) {
        const auto position = gather(kind, stamp_ns, parts);
        if (position) commit_gathered();
        return position;
    }

    std::optional<std::uint64_t> gather(RecordKind kind, std::int64_t stamp_ns,
                                        std::initializer_list<std::span<const std::byte>> parts) {
        std::size_t payload_bytes = 0;
        for (const auto& part : parts) payload_bytes += part.size();
        TIEBREAK_INVARIANT(payload_bytes <= state_.options_.payload_bytes_max, "a payload fits payload_bytes_max");
        TIEBREAK_INVARIANT(kind != RecordKind::mark, "marks are the journal's own");
        const auto bytes = static_cast<std::size_t>(record_bytes(payload_bytes));

        const std::scoped_lock lock(mutex_);
        if (fault_ || stopping_) return std::nullopt;
        if (!gathering_.has_room_for(bytes)) {
            ++counters_.busy;
            return std::nullopt;
        }
        const std::uint64_t position = ++last_position_;
        gathering_.append(kind, position, stamp_ns, payload_bytes, parts);
        appended_.store(position, std::memory_order_release);
        return position;
    }

    void commit_gathered() {
        std::unique_lock lock(mutex_);
        wanted_ = gathering_.bytes() > 0 || unsynced_;
        const bool wake = wanted_ && std::exchange(sleeping_, false);
        lock.unlock();
        if (wake) work_.notify_one();
    }

    bool write_gathered() {
        {
            const std::scoped_lock lock(mutex_);
            if (fault_ || gathering_.bytes() > early_bytes_max) return false;
            // Whoever is at the writer is at a segment's end, which may take long, or about to write just what is asked for.
            if (writing_) return false;
            if (gathering_.bytes() == 0) return true;
            if (!state_.writer_->has_room_for(gathering_.bytes())) return false;
            take_gathered();
            unsynced_ = true;
            ++counters_.early_writes;
        }
        const auto written = write_taken();
        if (!written) hand_over(written.error());
        return written.has_value();
    }

    bool commit_once() { return take_and_commit(); }

    bool mark_once() { return mark(); }

    bool prepare_once() {
        if (state_.spares_.ready() > 0) return false;
        const auto prepared = prepare();
        if (!prepared && prepared.error().kind != FaultKind::disk_full) hand_over(prepared.error());
        return state_.spares_.ready() > 0;
    }

    std::optional<Fault> flush_and_stop() {
        {
            const std::scoped_lock lock(mutex_);
            stopping_ = true;
            sleeping_ = false;
        }
        work_.notify_one();
        if (commit_thread_.joinable()) {
            commit_thread_.join();
        } else {
            finish();
        }
        {
            const std::scoped_lock lock(mutex_);
            threaded_ = false;  // what is found from now on is told by who finds it
            preparing_done_ = true;
        }
        tell_fault();  // found while the commit thread was on its way out
        state_.spares_.stop();
        prepare_.notify_one();
        if (prepare_thread_.joinable()) prepare_thread_.join();
        return fault();
    }

    [[nodiscard]] std::optional<Fault> fault() const {
        const std::scoped_lock lock(mutex_);
        return fault_;
    }

    // What another thread has found: the commit thread tells it, after the commit that it is at. Without one, who found it does.
    void hand_over(const Fault& fault) {
        note(fault);
        std::unique_lock lock(mutex_);
        const bool threaded = threaded_;
        sleeping_ = false;
        lock.unlock();
        if (threaded) {
            work_.notify_one();
        } else {
            tell_fault();
        }
    }

    [[nodiscard]] CommitCounters counters() const {
        std::unique_lock lock(mutex_);
        CommitCounters counters = counters_;
        counters.buffer_bytes = gathering_.bytes();
        counters.faulted = fault_.has_value();
        lock.unlock();
        counters.journal = state_.counters();
        return counters;
    }

    [[nodiscard]] std::uint64_t durable() const noexcept {
        return state_.durable_position_.load(std::memory_order_acquire);
    }
    [[nodiscard]] std::uint64_t appended() const noexcept { return appended_.load(std::memory_order_acquire); }
    [[nodiscard]] Journal& journal() noexcept { return *journal_; }

private:
    void commit_loop() {
        std::unique_lock lock(mutex_);
        while (!fault_) {
            if (wanted_) {
                lock.unlock();
                const bool committed = take_and_commit();
                lock.lock();
                if (committed) continue;
            }
            if (fault_ || stopping_) break;
            wait_for_work(lock);
        }
        lock.unlock();
        finish();
    }

    // Returns when there may be something to do. The wait ends early only to prove the last commit by a mark.
    void wait_for_work(std::unique_lock<std::mutex>& lock) {
        const auto woken = [this] { return wanted_ || stopping_ || fault_.has_value(); };
        sleeping_ = true;
        if (state_.writer_->is_marked()) {
            work_.wait(lock, woken);
        } else if (!work_.wait_for(lock, state_.options_.mark_after_idle, woken)) {
            sleeping_ = false;
            lock.unlock();
            mark();
            lock.lock();
        }
        sleeping_ = false;
    }

    // What is left at the end, and the proof of it; or the fault that another thread has found.
    void finish() {
        while (take_and_commit()) {
        }
        mark();
        tell_fault();
    }

    // Holding the lock, with nobody at the writer: what has gathered is the caller's to write, who now has the writer.
    void take_gathered() {
        writing_ = true;
        std::swap(gathering_, committing_);
        counters_.records += committing_.records();
        counters_.bytes += committing_.bytes();
        counters_.buffer_bytes_peak = std::max<std::uint64_t>(counters_.buffer_bytes_peak, committing_.bytes());
    }

    // Without the lock. What has been taken is written, its bytes are free again, and so is the writer. That a write has failed is known
    // before anybody else gets the writer: the next to come would sync what lies behind the hole, and call it all durable.
    Outcome<JournalWriter::Written> write_taken() {
        const auto written = state_.writer_->write(committing_.content());
        committing_.clear();
        leave_writer(written ? std::nullopt : std::optional<Fault>(written.error()));
        return written;
    }

    void leave_writer(std::optional<Fault> found = std::nullopt) {
        {
            const std::scoped_lock lock(mutex_);
            writing_ = false;
            if (found && !fault_) fault_ = std::move(found);
        }
        writer_free_.notify_one();
    }

    bool take_and_commit() {
        {
            std::unique_lock lock(mutex_);
            writer_free_.wait(lock, [this] { return !writing_; });
            wanted_ = false;
            if (fault_ || (gathering_.bytes() == 0 && !unsynced_)) return false;
            take_gathered();
            unsynced_ = false;
        }
        const auto written = write_taken();
        if (!written) return tell_fault();
        // While the disk is waited for, more may be written; it is the next commit's to sync.
        const auto synced = state_.writer_->sync(*written);
        if (!synced) {
            note(synced.error());
            return tell_fault();
        }
        state_.durable_position_.store(written->position, std::memory_order_release);
        listener_.on_durable(written->position);

        const std::scoped_lock lock(mutex_);
        if (state_.spares_.ready() == 0) prepare_.notify_one();
        ++counters_.commits;
        count_sync(*synced);
        return true;
    }

    bool mark() {
        {
            std::unique_lock lock(mutex_);
            writer_free_.wait(lock, [this] { return !writing_; });
            if (fault_ || state_.writer_->is_marked()) return false;
            writing_ = true;
        }
        const auto marked = state_.writer_->mark();
        leave_writer(marked ? std::nullopt : std::optional<Fault>(marked.error()));
        if (!marked) return tell_fault();
        if (!*marked) return false;
        const std::scoped_lock lock(mutex_);
        ++counters_.marks;
        return true;
    }

    void count_sync(std::int64_t sync_ns) {
        counters_.sync_ns_last = sync_ns;
        counters_.sync_ns_max = std::max(counters_.sync_ns_max, sync_ns);
        counters_.sync_ns_sum += sync_ns;
        const auto width = static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(sync_ns / 1000)));
        ++counters_.sync_us_log2[std::min(width, counters_.sync_us_log2.size() - 1)];
    }

    void note(const Fault& fault) {
        const std::scoped_lock lock(mutex_);
        if (!fault_) fault_ = fault;
    }

    // Tells the listener of the fault, if there is one, once. Always false: what was being done has failed.
    bool tell_fault() {
        {
            const std::scoped_lock lock(mutex_);
            if (!fault_ || told_) return false;
            told_ = true;
        }
        listener_.on_fault(*fault_);
        return false;
    }

    Outcome<void> prepare() {
        auto prepared = state_.prepare_spare();
        if (state_.disk_low_.load(std::memory_order_relaxed)) {
            listener_.on_disk_low(state_.disk_free_bytes_.load(std::memory_order_relaxed));
        }
        return prepared;
    }

    void prepare_loop() {
        const auto done = [this] { return preparing_done_; };
        std::unique_lock lock(mutex_);
        while (!preparing_done_) {
            if (state_.spares_.ready() > 0) {
                prepare_.wait(lock, [&] { return preparing_done_ || state_.spares_.ready() == 0; });
                continue;
            }
            lock.unlock();
            const auto prepared = prepare();
            if (!prepared && prepared.error().kind != FaultKind::disk_full) return hand_over(prepared.error());
            lock.lock();
            // Not the end: the segment being written has room, and somebody may make more.
            if (!prepared) prepare_.wait_for(lock, look_again_for_room, done);
        }
    }

    std::unique_ptr<Journal> journal_;
    Journal::Impl& state_;
    CommitListener& listener_;

    mutable std::mutex mutex_;
    std::condition_variable work_;         // for the commit thread
    std::condition_variable writer_free_;  // for the commit thread too
    std::condition_variable prepare_;      // for the preparing thread
    RecordBuffer gathering_;
    RecordBuffer committing_;  // between being taken and being written
    std::uint64_t last_position_;
    bool writing_ = false;   // a thread is at the journal's writer, and with committing_; for the writer's sync it need not be
    bool unsynced_ = false;  // something was written early and waits for its sync
    bool wanted_ = false;    // somebody has asked for a commit of what has gathered
    bool threaded_ = false;  // start() was called
    bool sleeping_ = false;
    bool stopping_ = false;
    bool preparing_done_ = false;
    bool told_ = false;           // the listener knows the fault
    std::optional<Fault> fault_;  // the first; from then on nothing more is written, and it stays as it is
    CommitCounters counters_;

    std::atomic<std::uint64_t> appended_;
    std::thread commit_thread_;
    std::thread prepare_thread_;
};

GroupCommit::GroupCommit(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
GroupCommit::~GroupCommit() = default;

Outcome<std::unique_ptr<GroupCommit>> GroupCommit::open(std::unique_ptr<Journal> journal, CommitListener& listener) {
    if (auto begun = journal->impl().begin_writing(); !begun) return begun.error();
    return std::unique_ptr<GroupCommit>(new GroupCommit(std::make_unique<Impl>(std::move(journal), listener)));
}

void GroupCommit::start(int real_time_priority) { impl_->start(real_time_priority); }

std::optional<std::uint64_t> GroupCommit::append(RecordKind kind, std::int64_t stamp_ns,
                                                 std::initializer_list<std::span<const std::byte>> parts) {
    return impl_->append(kind, stamp_ns, parts);
}

std::optional<std::uint64_t> GroupCommit::gather(RecordKind kind, std::int64_t stamp_ns,
                                                 std::initializer_list<std::span<const std::byte>> parts) {
    return impl_->gather(kind, stamp_ns, parts);
}

void GroupCommit::fail(const Fault& fault) { impl_->hand_over(fault); }
void GroupCommit::commit_gathered() { impl_->commit_gathered(); }
bool GroupCommit::write_gathered() { return impl_->write_gathered(); }

std::uint64_t GroupCommit::durable_position() const noexcept { return impl_->durable(); }
std::uint64_t GroupCommit::appended_position() const noexcept { return impl_->appended(); }
std::optional<Fault> GroupCommit::fault() const { return impl_->fault(); }
std::optional<Fault> GroupCommit::flush_and_stop() { return impl_->flush_and_stop(); }
Journal& GroupCommit::journal() noexcept { return impl_->journal(); }
CommitCounters GroupCommit::counters() const { return impl_->counters(); }
bool GroupCommit::commit_once() { return impl_->commit_once(); }
bool GroupCommit::mark_once() { return impl_->mark_once(); }
bool GroupCommit::prepare_once() { return impl_->prepare_once(); }

}  // namespace tiebreak::daemon
