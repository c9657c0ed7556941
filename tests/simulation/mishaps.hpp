// What goes wrong in the world, and when.
#pragma once

#include <cstdint>

#include "tests/reference/dice.hpp"
#include "tests/simulation/host.hpp"

namespace tiebreak::simulation {

struct MishapCounts {
    std::uint64_t clock_steps = 0;
    std::uint64_t clock_stops = 0;
    std::uint64_t line_cuts = 0;
    std::uint64_t disk_full = 0;
    std::uint64_t disk_calls_failed = 0;  // asked for
    std::uint64_t suspends = 0;
    std::uint64_t suspended_ns = 0;
};

class MishapMaker {
public:
    MishapMaker(const Scene& scene, Schedule& schedule, SimulatedClock& clock, Network& network, Host& host);

    void begin();
    // Nothing more goes wrong, and what is wrong is mended. The clock keeps its error.
    void finish();
    [[nodiscard]] const MishapCounts& counts() const noexcept { return counts_; }

private:
    // `also_asleep`: it happens to a suspended machine too.
    template <typename Mishap>
    void every(std::int64_t mean_ns, Mishap mishap, bool also_asleep = false);
    void kill();
    void stop();
    void cut_power();
    void fail_disk();
    void fill_disk();
    void step_clock();
    void stop_clock();
    void cut_line();
    void suspend();
    void crash_when_early();
    [[nodiscard]] std::int64_t down_ns();

    const Scene& scene_;
    Schedule& schedule_;
    SimulatedClock& clock_;
    Network& network_;
    Host& host_;
    reference::Dice dice_;
    bool finished_ = false;
    TrueTime no_early_crash_until_ = 0;
    MishapCounts counts_;
};

}  // namespace tiebreak::simulation
