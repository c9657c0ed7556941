#include "daemon/group_commit.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/journal_impl.hpp"
#include "daemon/urgency.hpp"
#include "matching/invariant.hpp"

namespace tiebreak::daemon {

namespace {

constexpr std::chrono::seconds look_again_for_room{1};

// Bytes that grow at their end and are then taken whole. All of it is touched at once: a page that is first met while
// an offer is being appended costs more than hundreds of appends.
class Buffer {
public:
    explicit Buffer(std::size_t capacity) : bytes_(std::make_unique<std::byte[]>(capacity)), capacity_(capacity) {}

    [[nodiscard]] bool has_room_for(std::size_t count) const noexcept { return capacity_ - used_ >= count; }
    std::span<std::byte> grow(std::size_t count) noexcept {
        const std::span<std::byte> room(bytes_.get() + used_, count);
        used_ += count;
        return room;
    }
    [[nodiscard]] std::span<std::byte> content() noexcept { return {bytes_.get(), used_}; }
    [[nodiscard]] std::size_t size() const noexcept { return used_; }
    void clear() noexcept { used_ = 0; }

private:
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t capacity_;
    std::size_t used_ = 0;
};

void draft_record(std::span<std::byte> into, RecordKind kind, std::uint64_t position, std::int64_t stamp_ns,
                  std::size_t payload_bytes, std::initializer_list<std::span<const std::byte>> parts) noexcept {
    RecordHeader header;
    header.payload_bytes = static_cast<std::uint32_t>(payload_bytes);
    header.position = position;
    header.stamp_ns = stamp_ns;
    header.kind = kind;
    draft_record_header(header, into.first<record_header_bytes>());
    std::byte* at = into.data() + record_header_bytes;
    for (const auto& part : parts) {
        if (!part.empty()) std::memcpy(at, part.data(), part.size());
        at += part.size();
    }
    std::fill(at, into.data() + into.size(), std::byte{0});
}

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
        TIEBREAK_INVARIANT(!commit_thread_.joinable() && !stopping_, "the commit thread is started once");
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
        draft_record(gathering_.grow(bytes), kind, position, stamp_ns, payload_bytes, parts);
        ++gathered_records_;
        appended_.store(position, std::memory_order_release);
        return position;
    }

    void commit_gathered() {
        std::unique_lock lock(mutex_);
        wanted_ = gathering_.size() > 0;
        const bool wake = wanted_ && std::exchange(sleeping_, false);
        lock.unlock();
        if (wake) work_.notify_one();
    }

    bool commit_once() {
        std::unique_lock lock(mutex_);
        return take_and_commit(lock);
    }

    bool mark_once() {
        std::unique_lock lock(mutex_);
        return mark(lock);
    }

    bool prepare_once() {
        if (state_.spares_.ready() > 0) return false;
        const auto prepared = prepare();
        if (!prepared && prepared.error().kind != FaultKind::disk_full) latch(prepared.error());
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
            preparing_done_ = true;
        }
        state_.spares_.stop();
        prepare_.notify_one();
        if (prepare_thread_.joinable()) prepare_thread_.join();
        return fault();
    }

    [[nodiscard]] std::optional<Fault> fault() const {
        const std::scoped_lock lock(mutex_);
        return fault_;
    }

    [[nodiscard]] CommitCounters counters() const {
        std::unique_lock lock(mutex_);
        CommitCounters counters = counters_;
        counters.buffer_bytes = gathering_.size();
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
            if (preparing_fault_) {
                const Fault fault = *preparing_fault_;
                lock.unlock();
                latch(fault);
                lock.lock();
                break;
            }
            if (wanted_ && take_and_commit(lock)) continue;
            if (fault_ || stopping_) break;
            wait_for_work(lock);
        }
        lock.unlock();
        finish();
    }

    // Returns when there may be something to do. The wait ends early only to prove the last commit by a mark.
    void wait_for_work(std::unique_lock<std::mutex>& lock) {
        const auto woken = [this] { return wanted_ || stopping_ || preparing_fault_.has_value(); };
        sleeping_ = true;
        if (state_.writer_->is_marked()) {
            work_.wait(lock, woken);
        } else if (!work_.wait_for(lock, state_.options_.mark_after_idle, woken)) {
            sleeping_ = false;
            mark(lock);
        }
        sleeping_ = false;
    }

    // What is left at the end, and the proof of it.
    void finish() {
        std::unique_lock lock(mutex_);
        while (take_and_commit(lock)) {
        }
        mark(lock);
    }

    bool take_and_commit(std::unique_lock<std::mutex>& lock) {
        if (fault_ || gathering_.size() == 0) return false;
        std::swap(gathering_, committing_);
        wanted_ = false;
        const std::uint64_t records = std::exchange(gathered_records_, 0);
        const std::uint64_t position = last_position_;
        counters_.buffer_bytes_peak = std::max<std::uint64_t>(counters_.buffer_bytes_peak, committing_.size());
        lock.unlock();

        const auto committed = state_.writer_->commit(committing_.content());
        const std::size_t bytes = committing_.size();
        committing_.clear();
        if (!committed) {
            latch(committed.error());
            lock.lock();
            return false;
        }
        state_.durable_position_.store(position, std::memory_order_release);
        listener_.on_durable(position);

        lock.lock();
        if (state_.spares_.ready() == 0) prepare_.notify_one();
        ++counters_.commits;
        counters_.records += records;
        counters_.bytes += bytes;
        count_sync(committed->sync_ns);
        return true;
    }

    bool mark(std::unique_lock<std::mutex>& lock) {
        if (fault_ || state_.writer_->is_marked()) return false;
        lock.unlock();
        const auto marked = state_.writer_->mark();
        if (!marked) latch(marked.error());
        lock.lock();
        if (!marked || !*marked) return false;
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

    void latch(const Fault& fault) {
        {
            const std::scoped_lock lock(mutex_);
            if (fault_) return;
            fault_ = fault;
        }
        listener_.on_fault(fault);
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
            lock.lock();
            if (prepared) continue;
            if (prepared.error().kind == FaultKind::disk_full) {
                // Not the end: the segment being written has room, and somebody may make more.
                prepare_.wait_for(lock, look_again_for_room, done);
                continue;
            }
            preparing_fault_ = prepared.error();
            sleeping_ = false;
            work_.notify_one();
            return;
        }
    }

    std::unique_ptr<Journal> journal_;
    Journal::Impl& state_;
    CommitListener& listener_;

    mutable std::mutex mutex_;
    std::condition_variable work_;     // for the commit thread
    std::condition_variable prepare_;  // for the preparing thread
    Buffer gathering_;
    Buffer committing_;  // the commit thread's own while it commits
    std::uint64_t gathered_records_ = 0;
    std::uint64_t last_position_;
    bool wanted_ = false;  // somebody has asked for a commit of what has gathered
    bool sleeping_ = false;
    bool stopping_ = false;
    bool preparing_done_ = false;
    std::optional<Fault> fault_;
    std::optional<Fault> preparing_fault_;  // on its way from the preparing thread to the commit thread
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

void GroupCommit::commit_gathered() { impl_->commit_gathered(); }

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
