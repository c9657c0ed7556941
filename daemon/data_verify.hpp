// Is a data directory whole, and does it say what it should? Every byte of archive, journal and snapshots is checked, every event derived
// from the commands once more, each snapshot held against the state that replaying gives at its position, and, where the caller has one, a
// recorded feed against the events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/disk.hpp"
#include "daemon/journal_fault.hpp"
#include "daemon/state_hash.hpp"
#include "matching/events.hpp"

namespace tiebreak::daemon {

// What `tiebreak watch` has printed, by sequence.
class RecordedFeed {
public:
    // Nothing, or why the line is none of the feed. A line may come twice, but only the same.
    [[nodiscard]] std::optional<std::string> add(std::string_view line);
    [[nodiscard]] std::size_t size() const noexcept { return lines_.size(); }
    // The line of that sequence, or nullptr.
    [[nodiscard]] const std::string* find(std::uint64_t sequence) const;
    [[nodiscard]] std::uint64_t last_sequence() const noexcept { return last_sequence_; }

private:
    std::unordered_map<std::uint64_t, std::string> lines_;
    std::uint64_t last_sequence_ = 0;
};

struct DataFinding {
    enum class Kind : std::uint8_t {
        unreadable,  // a call on the disk failed
        damaged,     // bytes do not read back as they were written, or are missing
        differs,     // what is derived is not what was recorded: state or events
    };
    Kind kind = Kind::damaged;
    std::string sentence;  // names the file and the place
};

struct SnapshotFinding {
    std::uint64_t position = 0;
    bool whole = false;
    bool compared = false;  // with what a replay gives at its position; else the replay began with it, or did not come so far
    StateHash hash{};
};

struct DataReport {
    std::uint64_t epoch = 0;
    std::uint64_t segments = 0;        // archived ones included
    std::uint64_t segments_archived = 0;
    std::uint64_t records = 0;
    std::uint64_t marks = 0;
    std::uint64_t first_position = 0;  // 0 if there are no records
    std::uint64_t last_position = 0;
    std::uint64_t payload_bytes = 0;
    std::uint64_t stray_bytes = 0;     // at the end: of a commit that was cut short and never acknowledged
    std::uint64_t replayed_from = 1;   // the first record that was carried out; before it the state is a snapshot's
    std::uint64_t commands = 0;        // carried out
    std::uint64_t events = 0;          // derived, up to the last ceiling: as far as the daemon may have applied deadlines
    std::uint64_t events_by_deadlines = 0;  // of them, after the last command
    std::uint64_t awards = 0;
    StateHash hash{};                  // after the last record, which with damage is the last before it
    bool hash_known = false;           // false: no state could be worked out, and `hash` is zeros
    std::vector<SnapshotFinding> snapshots;  // oldest first
    std::uint64_t feed_events = 0;     // of the recorded feed, found to be the same
    std::vector<DataFinding> findings; // none: whole
    std::vector<std::string> remarks;  // harmless oddities, a sentence each
};

// Takes no lock, changes nothing. `observer` may be null: it gets every event that is derived.
[[nodiscard]] DataReport verify_data(Disk& disk, const path& directory, const RecordedFeed* feed = nullptr,
                                     matching::EventSink* observer = nullptr);

}  // namespace tiebreak::daemon
