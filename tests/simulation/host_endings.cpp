// How a process ends, and what the next one finds.
#include <utility>

#include "tests/simulation/host_life.hpp"

namespace tiebreak::simulation {

using tests::SimulatedDisk;

void Host::end_if_doomed() {
    if (doomed_ && life_) end(*doomed_, "in the middle of a call on the disk");
}

// Mostly the keeper has just looked.
void Host::give_sign_of_life() {
    if (is_serving() && dice_.chance(70)) life_->core.keeper().look();
}

void Host::kill(std::int64_t down_ns) {
    give_sign_of_life();
    end_if_doomed();
    if (!life_) return;
    armed_down_ns_ = down_ns;
    end(Ending::killed, "between two steps");
}

void Host::cut_power(std::int64_t down_ns) {
    give_sign_of_life();
    end_if_doomed();
    if (!life_) return;
    armed_down_ns_ = down_ns;
    end(Ending::power_cut, "between two steps");
}

// As Service::stop.
void Host::stop(std::int64_t down_ns) {
    if (!is_serving()) return;
    Life& life = *life_;
    armed_down_ns_ = down_ns;
    trace_.note("stop");
    life.core.turn().finish();
    do {
        run_loop();
    } while (!doomed_ && life.core.turn().has_work());
    if (!doomed_) {
        life.in_disk = true;
        serving_ = false;  // nothing is taken any more, so nothing runs while the disk works
        life.core.finish();
    }
    if (!doomed_) send_replies();
    if (doomed_) return end_if_doomed();
    end(life.fault ? Ending::disk_fault : Ending::stopped, life.fault.value_or("asked to"));
}

void Host::end(Ending ending, const std::string& why) {
    trace_.note("process ends", lives_, static_cast<std::uint64_t>(ending));
    doomed_.reset();
    armed_.reset();
    at_next_look_ = nullptr;
    serving_ = false;
    if (std::exchange(online_, false)) network_.daemon_is_gone();
    if (asleep_until_) {  // nobody wakes up in it
        slept_ns_ -= std::exchange(asleep_until_, std::nullopt).value() - schedule_.now();
        knocking_.clear();
    }
    if (ending == Ending::disk_fault && life_->intake) {
        // As Service::stop after a fault: what is durable is still answered, nothing else.
        life_->core.turn().finish();
        life_->core.finish();
    }
    life_->alive = false;
    hooked_.after = nullptr;
    if (ending == Ending::power_cut) {
        disk_.cut_power();
    } else if (ending == Ending::killed) {
        disk_.kill_processes();
    }
    life_.reset();
    if (ending == Ending::power_cut) {
        using Unsynced = SimulatedDisk::Unsynced;
        disk_.power_returns(dice_.one_of({Unsynced::lost, Unsynced::kept, Unsynced::torn, Unsynced::torn}));
    }
    // Whatever fault there was in the disk, it is mended now.
    disk_.fail_call(1, SimulatedDisk::Fails::no);
    hooked_.after = [this] { after_disk_call(); };
    switch (ending) {
        case Ending::killed: ++counts_.kills; break;
        case Ending::power_cut: ++counts_.power_cuts; break;
        case Ending::disk_fault: ++counts_.disk_faults; break;
        case Ending::stopped: ++counts_.stops; break;
        case Ending::start_failed: break;
    }
    observer_.on_ended(ending, why);
    restart_after(ending == Ending::start_failed ? dice_.between(1 * second, 1 * minute)
                                                 : std::exchange(armed_down_ns_, dice_.between(100 * ms, 10 * second)));
}

void Host::restart_after(std::int64_t ns) {
    later(ns, [this, lives = lives_] {
        if (lives_ == lives) start();
    });
}

}  // namespace tiebreak::simulation
