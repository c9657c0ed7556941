// A machine that is suspended: what it does comes later, what comes to it waits, and two of its clocks go on.
#include <algorithm>
#include <utility>

#include "tests/simulation/host_life.hpp"

namespace tiebreak::simulation {

// Timers and threads stand still with the machine, and have left afterwards what they had left before.
void Host::at_work_time(TrueTime when, std::int64_t slept_ns, std::function<void()> step) {
    schedule_.at(when, [this, when, slept_ns, step = std::move(step)]() mutable {
        if (const std::int64_t meanwhile_ns = slept_ns_ - slept_ns; meanwhile_ns != 0) {
            return at_work_time(when + meanwhile_ns, slept_ns_, std::move(step));
        }
        step();
    });
}

// CLOCK_BOOTTIME counts on, and such a timer is due at once when the machine is awake again.
void Host::at_alarm(TrueTime when, std::function<void()> step) {
    if (sabotage_.alarm_sleeps) return at_work_time(when, slept_ns_, std::move(step));
    schedule_.at(when, [this, step = std::move(step)] {
        if (!asleep_until_) return step();
        schedule_.at(*asleep_until_ + dice_.between(1 * us, 200 * us), step);
    });
}

void Host::fall_asleep(std::int64_t for_ns) {
    trace_.note("machine is suspended", static_cast<std::uint64_t>(for_ns));
    slept_ns_ += for_ns;
    ++sleeps_;
}

void Host::wake_up(std::int64_t wall_off_ns) {
    trace_.note("machine goes on");
    clock_.step(wall_off_ns);
    if (!is_serving()) return;
    const auto deadline_ns = life_->core.engine().next_deadline();
    if (deadline_ns && *deadline_ns <= stamps_now_ns()) ++counts_.ended_asleep;
    note_awake();
    keep_soon(dice_.between(0, second));
}

void Host::suspend(std::int64_t for_ns, std::int64_t wall_off_ns, bool lines_go) {
    if (is_asleep()) return;
    fall_asleep(for_ns);
    asleep_until_ = schedule_.now() + for_ns;
    if (lines_go && std::exchange(online_, false)) network_.daemon_is_gone();
    schedule_.at(*asleep_until_, [this, wall_off_ns, number = sleeps_] {
        if (!asleep_until_ || sleeps_ != number) return;  // the power went meanwhile
        asleep_until_.reset();
        wake_up(wall_off_ns);
        if (is_serving() && !std::exchange(online_, true)) network_.daemon_is_up();
        for (const Delivery& delivery : std::exchange(knocking_, {})) deliver(delivery.serial, delivery.message);
    });
}

void Host::suspend_here(std::int64_t for_ns, std::int64_t wall_off_ns) {
    if (is_asleep()) return;
    fall_asleep(for_ns);
    schedule_.pass(for_ns);
    wake_up(wall_off_ns);
}

matching::Instant Host::stamps_now_ns() {
    return clock_.unnoticed([this] { return life_->core.clock().wall_ns(); });
}

void Host::note_awake() { awake_since_ns_ = stamps_now_ns(); }

}  // namespace tiebreak::simulation
