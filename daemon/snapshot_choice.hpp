// Which snapshot a replay begins with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/replay_state.hpp"
#include "daemon/snapshot_file.hpp"

namespace tiebreak::daemon {

// Nothing, or why the snapshot is none of this journal's history: of another epoch, or not followed by what the journal holds next.
[[nodiscard]] std::optional<std::string> find_foreign(Disk& disk, const path& directory, std::uint64_t epoch,
                                                      const SnapshotHeader& header);

// Begins with the newest snapshot in the directory that is whole and of this journal; its header, or nothing where none is: then the
// replay has to begin with record 1. What was of no use gets a remark, a sentence each. Fault `missing`: a snapshot says that the journal
// was longer than `last_position`, where it ends.
[[nodiscard]] Outcome<std::optional<SnapshotHeader>> begin_with_newest(Disk& disk, const path& directory, std::uint64_t epoch,
                                                                       std::uint64_t last_position, Replay& replay,
                                                                       std::vector<std::string>& remarks);

// For a journal that does not reach back to where a replay has to begin.
[[nodiscard]] Fault beginning_missing(const path& directory, std::uint64_t position, const std::vector<std::string>& remarks);

}  // namespace tiebreak::daemon
