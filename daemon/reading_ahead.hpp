// A journal's records some at a time, so that whoever replays them can look ahead, and read by a thread of its own, so that he need not
// wait for the disk and the checksums.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "daemon/journal.hpp"

namespace tiebreak::daemon {

enum class ReadOn : std::uint8_t {
    this_thread,  // a simulation has but one
    own_thread,
};

// False: no more is wanted. The records, in order, live until it returns.
using OnRecords = std::function<bool(std::span<const RecordView>)>;

// As Journal::read_all. `on_records` is called on the calling thread; also with what could be read before a fault.
[[nodiscard]] Outcome<JournalSummary> read_in_groups(Journal& journal, std::uint64_t from_position, ReadOn thread,
                                                     const OnRecords& on_records);

}  // namespace tiebreak::daemon
