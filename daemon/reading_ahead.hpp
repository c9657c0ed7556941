// A journal's records some at a time, so that whoever replays them can look ahead, and read by a thread of its own, so that he need not
// wait for the disk and the checksums.
#pragma once

#include <cstdint>
#include <functional>

#include "daemon/journal.hpp"

namespace tiebreak::daemon {

enum class ReadOn : std::uint8_t {
    this_thread,  // a simulation has but one
    own_thread,
};

// False: no more is wanted. The batch has at least one record, and lives until it returns.
using OnBatch = std::function<bool(const JournalBatch&)>;

// As Journal::read_all. `on_batch` is called on the calling thread; also with what could be read before a fault.
[[nodiscard]] Outcome<JournalSummary> read_in_batches(Journal& journal, std::uint64_t from_position, ReadOn thread,
                                                      const OnBatch& on_batch);

}  // namespace tiebreak::daemon
