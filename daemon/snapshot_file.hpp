// Snapshots as files in the journal's directory: written whole or not at all, read with every check.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/disk.hpp"
#include "daemon/journal_fault.hpp"
#include "daemon/snapshot_format.hpp"

namespace tiebreak::daemon {

struct Snapshot {
    SnapshotHeader header;
    std::string engine;   // Engine::save
    std::string topics;   // TopicTable::save
    std::string history;  // History::save
};

// The positions of those that have their final names, newest first. A directory that can't be read: a fault.
[[nodiscard]] Outcome<std::vector<std::uint64_t>> list_snapshots(Disk& disk, const path& directory);

// Fills in the lengths and checksums, writes the file under its draft name, syncs it, gives it its name and syncs the directory. Until
// that has been done nothing of it counts. Asks `go_on` between blocks; when that says no, the result is false. Where it does not come to its end a
// draft may be left, which is the caller's to take away. `disk_full`: writing it would leave less than `free_bytes_min`, or there was no
// room; then no draft is left. `names_lost`: the directory could not be synced.
[[nodiscard]] Outcome<bool> write_snapshot(Disk& disk, const path& directory, const Snapshot& snapshot,
                                           std::uint64_t free_bytes_min, const std::function<bool()>& go_on);

// Everything checked: the file's length, header and blocks. `missing` if there is none of that position; `damaged`, `wrong_version`.
[[nodiscard]] Outcome<Snapshot> read_snapshot(Disk& disk, const path& directory, std::uint64_t position);

// Takes a file of that name away, a part at a time, with `pause` in between, since freeing much at once stalls every sync on the disk.
// What a crash leaves of it has a name that is no snapshot's. Stops early when `pause` says no.
[[nodiscard]] Outcome<void> remove_in_steps(Disk& disk, const path& directory, const std::string& name,
                                            const std::function<bool()>& pause);

}  // namespace tiebreak::daemon
