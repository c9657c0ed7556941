#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/disk.hpp"
#include "daemon/journal_fault.hpp"

namespace tiebreak::daemon {

struct JournalReport {
    std::uint64_t epoch = 0;
    std::uint64_t segments = 0;        // that hold records, read through or as far as the damage
    std::uint64_t records = 0;         // before the damage
    std::uint64_t marks = 0;
    std::uint64_t first_position = 0;  // 0 if there are no records
    std::uint64_t last_position = 0;
    std::uint64_t payload_bytes = 0;
    std::uint64_t stray_bytes = 0;     // at the end: of a commit that was cut short and never acknowledged
    bool end_proven = false;           // the disk itself says that the last record had been synced
    std::optional<Fault> damage;       // the first: kind, sentence, segment, offset, position
    std::vector<std::string> remarks;  // harmless oddities, a sentence each
};

// Reads the whole journal and says what is there. Takes no lock, changes nothing; of a running daemon's journal it sees
// what is complete on the disk. A directory that cannot be read is reported as damage of kind `disk`.
[[nodiscard]] JournalReport verify_journal(Disk& disk, const path& directory);

}  // namespace tiebreak::daemon
