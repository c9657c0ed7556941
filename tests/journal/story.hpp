// A life of the journal made from a seed: appends, commits, marks, recycling, clean stops. It keeps what must be true:
// all that was acknowledged is there, in order, once, unchanged, and nothing is there that was never appended.
#pragma once

#include <algorithm>
#include <map>

#include "tests/catch.hpp"
#include "tests/journal/fixture.hpp"

namespace tiebreak::tests {

class Story {
public:
    explicit Story(SimulatedDisk& disk, std::uint64_t seed) : disk_(disk), random_(seed), seed_(seed) {}

    // One run of the daemon, until it stops or the disk fails it. True if it came to its end without a fault.
    bool run(int steps) {
        faults_ = 0;
        Listener listener;
        daemon::JournalOptions options = small_options(++seed_);
        options.first_position_needed = needed_;
        std::optional<daemon::Fault> fault;
        auto journal = daemon::Journal::open(disk_, journal_directory, options);
        if (!journal) return failed(journal.error());
        if (auto checked = check(**journal); !checked) return false;
        auto commit = daemon::GroupCommit::open(std::move(*journal), listener);
        if (!commit) return failed(commit.error());
        acknowledged_ = (*commit)->durable_position();
        const bool ended = live(**commit, listener, steps);
        if (ended && coin()) {
            if ((*commit)->flush_and_stop()) return failed(*(*commit)->fault());
            acknowledged_ = std::max(acknowledged_, listener.durable);
            REQUIRE(acknowledged_ == appended_.size());
            const Reading reading = read_everything(disk_);
            using daemon::FaultKind;
            if (reading.fault && (reading.fault->kind == FaultKind::disk || reading.fault->kind == FaultKind::disk_full)) {
                return failed(*reading.fault);
            }
            REQUIRE_FALSE(reading.fault);
            REQUIRE(reading.remarks.empty());
            REQUIRE(reading.tail.proven);
            REQUIRE(reading.tail.stray_bytes == 0);
        }
        // Else killed: what is in the buffer goes with the process, and its end writes nothing more.
        disk_.kill_processes();
        return ended;
    }

    [[nodiscard]] int faults() const { return faults_; }
    [[nodiscard]] std::uint64_t acknowledged() const { return acknowledged_; }
    [[nodiscard]] const std::optional<daemon::Fault>& last_fault() const { return last_fault_; }

private:
    bool failed(const daemon::Fault& fault) {
        ++faults_;
        last_fault_ = fault;
        REQUIRE_FALSE(fault.sentence.empty());
        disk_.kill_processes();
        return false;
    }

    bool check(daemon::Journal& journal) {
        const std::uint64_t last = journal.last_position();
        INFO("acknowledged " << acknowledged_ << ", recovered " << last << ", appended " << appended_.size());
        REQUIRE(last >= acknowledged_);
        REQUIRE(last <= appended_.size());
        std::uint64_t expected = std::max(needed_, journal.first_position());
        const std::uint64_t first = std::max<std::uint64_t>(expected, 1);
        expected = first;
        const auto summary = journal.read_all(
            [&](const daemon::RecordView& view) {
                REQUIRE(view.position == expected);
                REQUIRE(record_of(view) == appended_[expected - 1]);
                ++expected;
                return true;
            },
            first);
        if (!summary) return failed(summary.error());
        REQUIRE(expected == std::max(last + 1, first));
        appended_.resize(last);  // what did not survive was never acknowledged; its positions are given out again
        return true;
    }

    bool live(daemon::GroupCommit& commit, Listener& listener, int steps) {
        while (steps-- > 0) {
            step(commit);
            acknowledged_ = std::max(acknowledged_, listener.durable);
            REQUIRE(acknowledged_ <= appended_.size());
            if (listener.fault) {
                REQUIRE(listener.faults == 1);
                REQUIRE_FALSE(commit.append(daemon::RecordKind::commands, 0, bytes_of("refused")));
                REQUIRE_FALSE(commit.commit_once());
                REQUIRE(commit.flush_and_stop());
                REQUIRE(commit.durable_position() == acknowledged_);
                return failed(*listener.fault);
            }
            if (faults_ > 0) return false;
        }
        return true;
    }

    void step(daemon::GroupCommit& commit) {
        switch (random_() % 16) {
            case 0: commit.prepare_once(); break;
            case 1: commit.mark_once(); break;
            case 2:
                if (acknowledged_ > 20) recycle(commit);
                break;
            default:
                for (auto n = random_() % 5; n > 0; --n) append(commit);
                if (random_() % 4 == 0 && commit.write_gathered() && coin()) break;  // the sync is left to a later step
                commit.commit_once();
        }
    }

    void append(daemon::GroupCommit& commit) {
        Record record{static_cast<std::int64_t>(random_() >> 2), daemon::RecordKind::commands,
                      std::string(random_() % 8 == 0 ? random_() % 1000 : random_() % 120, 'a')};
        for (char& c : record.payload) c = static_cast<char>(random_());
        const auto position = commit.append(record.kind, record.stamp_ns, bytes_of(record.payload));
        if (!position) return;
        appended_.push_back(std::move(record));
        REQUIRE(*position == appended_.size());
    }

    void recycle(daemon::GroupCommit& commit) {
        // As after a snapshot of everything up to here, which is durable elsewhere before anything is recycled.
        const std::uint64_t before = acknowledged_ - random_() % 20;
        needed_ = std::max(needed_, before);
        const auto recycled = commit.journal().recycle_before(before);
        if (!recycled) failed(recycled.error());
    }

    bool coin() { return (random_() & 1) != 0; }

    SimulatedDisk& disk_;
    std::mt19937_64 random_;
    std::uint64_t seed_;
    std::vector<Record> appended_;  // [i]: position i + 1
    std::uint64_t acknowledged_ = 0;
    std::uint64_t needed_ = 1;
    int faults_ = 0;
    std::optional<daemon::Fault> last_fault_;
};

}  // namespace tiebreak::tests
