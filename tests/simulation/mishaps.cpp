#include "tests/simulation/mishaps.hpp"

#include <utility>

namespace tiebreak::simulation {

using Fails = tests::SimulatedDisk::Fails;

namespace {

constexpr std::int64_t clock_error_max_ns = 2 * hour;

}  // namespace

MishapMaker::MishapMaker(const Scene& scene, Schedule& schedule, SimulatedClock& clock, Network& network, Host& host)
    : scene_(scene), schedule_(schedule), clock_(clock), network_(network), host_(host), dice_(mixed(scene.seed, 5)) {}

template <typename Mishap>
void MishapMaker::every(std::int64_t mean_ns, Mishap mishap, bool also_asleep) {
    if (mean_ns == 0) return;
    schedule_.after(dice_.between(0, 2 * mean_ns), [this, mean_ns, mishap, also_asleep] {
        if (finished_) return;
        if (also_asleep || !host_.is_asleep()) (this->*mishap)();
        every(mean_ns, mishap, also_asleep);
    });
}

void MishapMaker::begin() {
    const Mishaps& mishaps = scene_.mishaps;
    every(mishaps.kill_every_ns, &MishapMaker::kill);
    every(mishaps.power_cut_every_ns, &MishapMaker::cut_power, true);
    every(mishaps.disk_fault_every_ns, &MishapMaker::fail_disk);
    every(mishaps.disk_full_every_ns, &MishapMaker::fill_disk);
    every(mishaps.clock_step_every_ns, &MishapMaker::step_clock);
    every(mishaps.clock_stop_every_ns, &MishapMaker::stop_clock);
    every(mishaps.line_cut_every_ns, &MishapMaker::cut_line, true);
    every(mishaps.stop_every_ns, &MishapMaker::stop);
    every(mishaps.suspend_every_ns, &MishapMaker::suspend);
    if (mishaps.crash_when_early_every_ns != 0) host_.on_left_early = [this] { crash_when_early(); };
}

void MishapMaker::stop() { host_.stop(down_ns()); }

std::int64_t MishapMaker::down_ns() {
    switch (dice_.weighted({70, 20, 10})) {
        case 0: return dice_.between(100 * ms, 10 * second);
        case 1: return dice_.between(10 * second, 10 * minute);
        default: return dice_.between(10 * minute, 3 * hour);
    }
}

void MishapMaker::kill() {
    if (dice_.chance(25)) host_.spoil_next_start(dice_.one_of({Fails::killed, Fails::power, Fails::with_io_error}));
    if (dice_.chance(50)) return host_.kill(down_ns());
    if (host_.is_serving()) host_.fail_call(1 + dice_.below(60), Fails::killed, down_ns());
}

void MishapMaker::cut_power() {
    if (dice_.chance(25)) host_.spoil_next_start(dice_.one_of({Fails::killed, Fails::power, Fails::with_io_error}));
    if (host_.is_asleep() || dice_.chance(50)) return host_.cut_power(down_ns());
    if (host_.is_serving()) host_.fail_call(1 + dice_.below(60), Fails::power, down_ns());
}

void MishapMaker::fail_disk() {
    if (!host_.is_serving()) return;
    ++counts_.disk_calls_failed;
    host_.fail_call(1 + dice_.below(60), dice_.one_of({Fails::with_io_error, Fails::with_disk_full, Fails::by_half}), down_ns());
}

void MishapMaker::fill_disk() {
    ++counts_.disk_full;
    host_.set_disk_full(true);
    schedule_.after(dice_.between(1 * minute, 3 * hour), [this] { host_.set_disk_full(false); });
}

// By a little or up to an hour, either way; often it is set right again later.
void MishapMaker::step_clock() {
    const std::int64_t most_ns = dice_.one_of<std::int64_t>({1 * ms, 1 * second, 5 * minute, 1 * hour});
    std::int64_t by_ns = dice_.between(-most_ns, most_ns);
    if (dice_.chance(30) || clock_.error_ns() + by_ns > clock_error_max_ns || clock_.error_ns() + by_ns < -clock_error_max_ns) {
        by_ns = -clock_.error_ns();
    }
    ++counts_.clock_steps;
    const auto step = [this, by_ns] {
        clock_.step(by_ns);
        host_.on_clock_set();
    };
    if (dice_.chance(50) && host_.is_serving()) {
        host_.at_next_look(step);
    } else {
        step();
    }
}

void MishapMaker::stop_clock() {
    if (clock_.is_frozen()) return;
    ++counts_.clock_stops;
    clock_.freeze();
    const bool goes_on_from_there = dice_.chance(50);
    schedule_.after(dice_.between(1 * second, 10 * minute), [this, goes_on_from_there] {
        clock_.thaw(goes_on_from_there);
        host_.on_clock_set();
    });
}

void MishapMaker::cut_line() {
    ++counts_.line_cuts;
    const auto portal = static_cast<PortalNumber>(dice_.below(network_.portals()));
    network_.cut(portal, dice_.one_of<std::int64_t>({1 * second, 1 * minute, 1 * hour}) / 2 + dice_.between(0, 1 * second));
}

// When what has left has just been heard, and what was before it is perhaps not yet on the disk.
void MishapMaker::crash_when_early() {
    if (finished_ || schedule_.now() < no_early_crash_until_) return;
    no_early_crash_until_ = schedule_.now() + dice_.between(0, 2 * scene_.mishaps.crash_when_early_every_ns);
    schedule_.after(dice_.between(0, 2 * scene_.latency_ns), [this] {
        if (finished_ || host_.is_asleep()) return;
        if (dice_.chance(50)) return host_.kill(down_ns());
        host_.cut_power(down_ns());
    });
}

// From a blink to a night; also between two looks of the loop at the clock. The wall clock is set from another one afterwards, which
// is mostly a little off.
void MishapMaker::suspend() {
    const std::int64_t most_ns = dice_.one_of<std::int64_t>({10 * second, 5 * minute, 2 * hour, 10 * hour});
    const std::int64_t for_ns = dice_.between(1 * ms, most_ns);
    const std::int64_t wall_off_ns = dice_.chance(70) ? dice_.between(-2 * second, 2 * second) : 0;
    ++counts_.suspends;
    counts_.suspended_ns += static_cast<std::uint64_t>(for_ns);
    if (dice_.chance(30) && host_.is_serving()) {
        host_.at_next_look([this, for_ns, wall_off_ns] { host_.suspend_here(for_ns, wall_off_ns); });
    } else {
        host_.suspend(for_ns, wall_off_ns, for_ns > 1 * minute || dice_.chance(30));
    }
}

void MishapMaker::finish() {
    finished_ = true;
    clock_.thaw(true);
    host_.on_clock_set();
    host_.set_disk_full(false);
    network_.heal();
}

}  // namespace tiebreak::simulation
