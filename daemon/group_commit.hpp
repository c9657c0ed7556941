#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>

#include "daemon/journal.hpp"

namespace tiebreak::daemon {

class CommitListener {
public:
    virtual ~CommitListener() = default;
    // Every record up to `position` is durable. On the commit thread, positions rising, before the next commit begins:
    // be quick.
    virtual void on_durable(std::uint64_t position) = 0;
    // Nothing more will become durable, append refuses from now on. Once at most, on the commit thread (once that has ended, on the one
    // that has found it). What on_durable has said stays true.
    virtual void on_fault(const Fault& fault) = 0;
    // The disk has less free room than disk_free_bytes_min, or none for the next segment. Each time it is looked at
    // and found so, on the preparing thread.
    virtual void on_disk_low(std::uint64_t free_bytes) = 0;
};

struct CommitCounters {
    std::uint64_t commits = 0;
    std::uint64_t marks = 0;
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;  // of the records, headers and padding included
    std::uint64_t busy = 0;   // appends refused because the buffer was full
    std::uint64_t early_writes = 0;  // by write_gathered
    std::int64_t sync_ns_last = 0;
    std::int64_t sync_ns_max = 0;
    std::int64_t sync_ns_sum = 0;
    // sync_ns_below[k]: syncs that took less than 2^k microseconds, and not less than 2^(k-1).
    std::array<std::uint64_t, 24> sync_us_log2{};
    std::uint64_t buffer_bytes = 0;  // waiting at this moment
    std::uint64_t buffer_bytes_peak = 0;
    bool faulted = false;
    JournalCounters journal;
};

// Appends records and makes them durable, as many at a time as have gathered while the last ones were being synced, and as were gathered
// before a commit was asked for. There is no timer between an append and its sync. Any failed write or sync is final: latched, told once, never tried
// again.
//
// The record is copied once, by append, which for 128 bytes takes 16 to 40 ns; its two checksums take 46 to 75 ns more
// (two cores, both busy) and are left to the commit thread, which mostly waits for the disk.
class GroupCommit {
public:
    // Writes after the journal's end, which it first clears of what a cut-short commit has left. The listener must
    // outlive this. No thread runs before start().
    [[nodiscard]] static Outcome<std::unique_ptr<GroupCommit>> open(std::unique_ptr<Journal> journal,
                                                                    CommitListener& listener);
    // As flush_and_stop.
    ~GroupCommit();
    GroupCommit(const GroupCommit&) = delete;
    GroupCommit& operator=(const GroupCommit&) = delete;

    // Starts the commit thread and the one that prepares segments. Without it, whoever owns this calls commit_once and
    // prepare_once, both from one thread: that is how a simulation runs it. `real_time_priority`: of the commit thread (urgency.hpp).
    void start(int real_time_priority = 0);

    // The position of the new record, or nothing when the buffer is full or after a fault: the answer is `busy`. Never
    // waits for the disk. Thread-safe; positions rise in the order of the calls. The payload (the parts, one after
    // another) has at most payload_bytes_max and the kind is not `mark`, else the program stops.
    [[nodiscard]] std::optional<std::uint64_t> append(RecordKind kind, std::int64_t stamp_ns,
                                                      std::initializer_list<std::span<const std::byte>> parts);
    [[nodiscard]] std::optional<std::uint64_t> append(RecordKind kind, std::int64_t stamp_ns,
                                                      std::span<const std::byte> payload) {
        return append(kind, stamp_ns, {payload});
    }

    // The same in two steps, for whoever has more to append at once: nothing is committed before it is asked for, but all that has been
    // gathered then is. Each commit costs some 100 us of processor time, however few records there are in it.
    [[nodiscard]] std::optional<std::uint64_t> gather(RecordKind kind, std::int64_t stamp_ns,
                                                      std::initializer_list<std::span<const std::byte>> parts);
    void commit_gathered();
    // Writes, without a sync, what has been gathered: a process that is killed then loses none of it, a machine without power may. True
    // if all that was appended before is written now. False, and nothing done, where that would mean to wait for the disk or to write
    // very much at once; after a fault too. One thread at a time; the sync is left to the next commit, which has to be asked for.
    [[nodiscard]] bool write_gathered();

    [[nodiscard]] std::uint64_t durable_position() const noexcept;   // any thread; never goes back
    [[nodiscard]] std::uint64_t appended_position() const noexcept;  // any thread
    [[nodiscard]] std::optional<Fault> fault() const;                // any thread

    // Any thread, but not holding what a listener needs: something else has found that the disk can't be relied on. As if a write of ours had
    // failed: append refuses, and nothing more becomes durable but what is being synced at this moment. The first fault stays.
    void fail(const Fault& fault);

    // Commits what has been appended, marks the end as proven and ends the threads; refuses appends from then on.
    // The fault, if there is or was one. Not from a listener. The journal stays readable (cursors) and locked until
    // this is destroyed.
    std::optional<Fault> flush_and_stop();

    [[nodiscard]] Journal& journal() noexcept;  // for cursors and recycling
    [[nodiscard]] CommitCounters counters() const;

    // One commit of all that has been appended, on the calling thread; false if there was nothing to do or there is a
    // fault. Only without start().
    bool commit_once();
    // Writes a mark if the last commit has none yet; prepares the next segment if one is wanted. Only without start().
    bool mark_once();
    bool prepare_once();

    class Impl;

private:
    explicit GroupCommit(std::unique_ptr<Impl> impl) noexcept;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tiebreak::daemon
