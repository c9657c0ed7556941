#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace tiebreak::daemon {

struct JournalOptions {
    std::uint64_t segment_bytes = std::uint64_t{64} << 20;        // of new segments; older ones may have another size
    std::size_t payload_bytes_max = std::size_t{8} << 20;         // of one record
    std::size_t buffer_bytes_max = std::size_t{16} << 20;         // gathered for one commit; there are two such buffers
    std::uint64_t disk_free_bytes_min = std::uint64_t{256} << 20; // less than this left: a warning (never a refusal)
    // A commit is proven by the one after it. When none comes for this long, a mark proves it (and syncs once more).
    std::chrono::nanoseconds mark_after_idle = std::chrono::milliseconds{50};
    // The first record that recovery needs. A journal that begins later does not open. 0: recovery will see for itself, since a
    // snapshot may cover what is not there.
    std::uint64_t first_position_needed = 1;
    // Called on the commit thread when a new segment has got its name, so that the one before it is sealed: be quick.
    std::function<void()> on_segment_sealed;
    // Epoch of a new journal and salts of its segments. Empty: the system's own random numbers.
    std::function<std::uint64_t()> random;
};

}  // namespace tiebreak::daemon
