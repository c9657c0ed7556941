// What has to be seen to about once a second, on a thread of its own: the pace of the stamps' clock and its alarm, the sign of life, the
// room on the disk.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>

#include "daemon/disk.hpp"
#include "daemon/metrics.hpp"
#include "daemon/sign_of_life.hpp"
#include "daemon/stamp_clock.hpp"

namespace tiebreak::daemon {

struct KeeperOptions {
    matching::Duration clock_far_ns = 5'000'000'000;  // from the stamps: the wall clock is in doubt
    path directory;                                   // of the journal
    std::uint64_t free_bytes_min = 0;                 // less room on its disk is warned of
    std::uint64_t segment_bytes = 0;                  // that the next one needs
};

class Keeper {
public:
    // Everything is owned by the caller and outlives the keeper.
    Keeper(const KeeperOptions& options, Disk& disk, SignOfLife& sign, StampClock& clock, Metrics& metrics);

    // The thread's whole life: until finish() was called. `also` is what else it does each second.
    void run(const std::function<void()>& also);
    void finish() noexcept;  // any thread

    // What run() does each second. A simulation calls it by itself.
    void look();

    // Any thread: there is less room than wanted, or none for the next segment. Said once, until there is enough again.
    void note_disk_low(std::uint64_t free_bytes);

private:
    void look_at_clock(bool deadline_to_come);
    void look_at_disk();
    void give_sign();

    const KeeperOptions options_;
    Disk& disk_;
    SignOfLife& sign_;
    StampClock& clock_;
    decltype(Metrics::keeper)& metrics_;
    const Figure& next_deadline_ns_;
    bool behind_ = false;
    bool ahead_ = false;
    bool sign_fails_ = false;
    std::atomic<bool> disk_low_{false};
    std::mutex mutex_;
    std::condition_variable wake_;
    bool finish_ = false;
};

}  // namespace tiebreak::daemon
