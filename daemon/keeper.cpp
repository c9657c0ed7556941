#include "daemon/keeper.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "daemon/log.hpp"

namespace tiebreak::daemon {
namespace {

constexpr std::chrono::seconds interval{1};

std::string in_ms(matching::Duration duration_ns) { return std::to_string(duration_ns / 1'000'000) + " ms"; }

}  // namespace

Keeper::Keeper(const KeeperOptions& options, Disk& disk, SignOfLife& sign, StampClock& clock, Metrics& metrics)
    : options_(options),
      disk_(disk),
      sign_(sign),
      clock_(clock),
      metrics_(metrics.keeper),
      next_deadline_ns_(metrics.loop.next_deadline_ns) {}

void Keeper::run(const std::function<void()>& also) {
    look();
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, interval, [this] { return finish_; })) {
        lock.unlock();
        look();
        also();
        lock.lock();
    }
}

void Keeper::finish() noexcept {
    {
        const std::scoped_lock lock(mutex_);
        finish_ = true;
    }
    wake_.notify_one();
}

void Keeper::look() {
    const bool deadline_to_come = next_deadline_ns_.get() != 0;
    look_at_clock(deadline_to_come);
    // Where nothing can run out, nobody has to know how long it was down.
    if (deadline_to_come) give_sign();
    look_at_disk();
}

void Keeper::note_disk_low(std::uint64_t free_bytes) {
    if (disk_low_.exchange(true)) return;
    log::warning("only " + std::to_string(free_bytes >> 20U) + " MiB are free on the disk of " + options_.directory.string() + ", less than " +
                 std::to_string(std::max(options_.free_bytes_min, options_.segment_bytes) >> 20U) +
                 ": when it is full, nothing is acknowledged any more");
}

void Keeper::look_at_disk() {
    const auto free = disk_.free_bytes(options_.directory);
    if (!free) return;
    metrics_.disk_free_bytes.set(*free);
    if (*free < options_.free_bytes_min) note_disk_low(*free);
    // A tenth more than the limit, so that a disk that is filled and emptied about there does not fill the log.
    const std::uint64_t enough = std::max(options_.free_bytes_min + options_.free_bytes_min / 10, options_.segment_bytes);
    if (*free >= enough && disk_low_.exchange(false)) {
        log::info("there is enough room on the disk of " + options_.directory.string() + " again: " + std::to_string(*free >> 20U) + " MiB");
    }
    metrics_.disk_low.set(disk_low_ ? 1 : 0);
}

// Says so when the wall clock gets out of bounds and when it is back in them, not each second in between.
void Keeper::look_at_clock(bool deadline_to_come) {
    const matching::Duration ahead_ns = clock_.follow_wall(!deadline_to_come, options_.clock_far_ns);
    metrics_.clock_behind_ns.set(static_cast<std::uint64_t>(std::max<matching::Duration>(-ahead_ns, 0)));
    metrics_.clock_ahead_ns.set(static_cast<std::uint64_t>(std::max<matching::Duration>(ahead_ns, 0)));
    const bool was_out = behind_ || ahead_;
    if (const bool behind = ahead_ns < -options_.clock_far_ns; behind && !std::exchange(behind_, behind)) {
        log::warning("the wall clock is " + in_ms(-ahead_ns) + " behind the arrival stamps: no package is opened until it has caught up; " +
                     "open windows keep their length");
    } else {
        behind_ = behind;
    }
    if (const bool ahead = ahead_ns > options_.clock_far_ns; ahead && !std::exchange(ahead_, ahead)) {
        log::warning("the wall clock is " + in_ms(ahead_ns) + " ahead of the arrival stamps: it was set, or the machine stood still; " +
                     "windows keep their length, and stamps come nearer to it by " + std::to_string(StampClock::slew_ppm_max) +
                     " us a second; a restart takes it over at once");
    } else {
        ahead_ = ahead;
    }
    if (was_out && !behind_ && !ahead_) log::info("the wall clock and the arrival stamps agree again, to " + in_ms(std::abs(ahead_ns)));
    metrics_.clock_alarm.set(behind_ ? 1 : 0);
    metrics_.clock_ahead_alarm.set(ahead_ ? 1 : 0);
}

void Keeper::give_sign() {
    const auto error = sign_.live(clock_.wall_ns());
    (error ? metrics_.signs_of_life_failed : metrics_.signs_of_life).add();
    if (std::exchange(sign_fails_, bool{error}) == bool{error}) return;
    if (error) {
        log::warning("the sign of life can't be written (" + error.message() + "): an outage would count from the one before");
    } else {
        log::info("the sign of life can be written again");
    }
}

}  // namespace tiebreak::daemon
