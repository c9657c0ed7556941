// The machine that the daemon runs on: its process with what would be threads, its disk, and how both of them end.
//
// The daemon's own core runs here: intake, turn, processor, engine, feed, archive, group commit and journal. What the service adds
// (threads, sockets, timers) is played by the schedule: each thread's next step comes after a delay of chance, the gate and the loop
// also run in the middle of a commit, and the gate also between two steps of the loop.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/core.hpp"
#include "tests/journal/simulated_disk.hpp"
#include "tests/reference/dice.hpp"
#include "tests/simulation/hooked_disk.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/simulated_clock.hpp"

namespace tiebreak::simulation {

enum class Ending : std::uint8_t { killed, power_cut, disk_fault, stopped, start_failed };

// Deliberate faults of the machine, to see that the checkers find them.
struct Sabotage {
    bool acknowledge_before_durable = false;
    bool sync_nothing = false;             // the disk says that it has synced, and has not
    std::uint64_t lose_reply_every = 0;    // of that many, one is dropped in silence
    std::uint64_t change_event_every = 0;  // of that many, one says something else
    std::uint64_t skip_event_every = 0;    // of that many, one is left out, and history is asked in vain
};

class HostObserver {
public:
    virtual ~HostObserver() = default;
    virtual void on_started() = 0;  // serving; everything in the journal is on the disk
    virtual void on_ended(Ending ending, const std::string& why) = 0;
    virtual void on_delivered(std::uint64_t serial) = 0;  // a message came into the process
    virtual void on_answered(std::uint64_t serial) = 0;   // its reply or answer left it
};

struct HostCounts {
    std::uint64_t starts = 0;
    std::uint64_t kills = 0;
    std::uint64_t power_cuts = 0;
    std::uint64_t in_mid_call = 0;  // of the two: in the middle of a call on the disk
    std::uint64_t in_recovery = 0;  // before it served
    std::uint64_t stops = 0;
    std::uint64_t disk_faults = 0;  // that ended the process
    std::uint64_t commits = 0;
    std::uint64_t snapshots = 0;
};

class Host {
public:
    Host(const Scene& scene, const Sabotage& sabotage, Schedule& schedule, SimulatedClock& clock, Network& network,
         Trace& trace, HostObserver& observer);
    ~Host();

    void start();
    [[nodiscard]] bool is_serving() const noexcept { return life_ != nullptr && serving_; }

    // Ends the process; it is started again `down_ns` later.
    void kill(std::int64_t down_ns);
    void cut_power(std::int64_t down_ns);
    void stop(std::int64_t down_ns);
    // The n-th call on the disk from now on fails that way; if it ends the process, that is started again `down_ns` later.
    void fail_call(std::uint64_t n, tests::SimulatedDisk::Fails how, std::int64_t down_ns);
    // The same in the middle of the next start.
    void spoil_next_start(tests::SimulatedDisk::Fails how) { spoil_next_start_ = how; }
    void set_disk_full(bool full);
    // The wall clock has been set, or goes on.
    void on_clock_set();
    // Carried out by the loop's next look at the clock.
    void at_next_look(std::function<void()> mishap) { at_next_look_ = std::move(mishap); }

    void deliver(std::uint64_t serial, const Bytes& message);

    // How far what stamps go by is ahead of true time.
    [[nodiscard]] std::int64_t stamps_error_ns();

    // Nothing is on its way in the process and no deadline is left.
    [[nodiscard]] bool is_idle() const;
    // Reads the disk as somebody else's program would: what is to fail fails for the daemon alone.
    void look_at_disk(const std::function<void(tests::SimulatedDisk&)>& look);
    [[nodiscard]] const HostCounts& counts() const noexcept { return counts_; }

private:
    struct Life;
    struct Delivery {
        std::uint64_t serial = 0;
        Bytes message;
    };

    [[nodiscard]] bool open_life();
    void run_gate();
    void take_messages();
    void send_replies();
    void run_loop();
    void run_commit();
    void run_prepare();
    void run_archive();
    void run_snapshots();
    void beat();
    void arm_alarm();
    void look_after_loop();
    void gate_soon();
    void loop_soon();
    void commit_soon();
    void mark_later();
    void soon(bool& pending, std::int64_t ns, void (Host::*step)());
    void after_disk_call();
    void while_disk_works();
    void while_clock_is_read();
    void end(Ending ending, const std::string& why);
    void end_if_doomed();
    void give_sign_of_life();
    void keep();
    void keep_soon(std::int64_t ns);
    void restart_after(std::int64_t ns);
    [[nodiscard]] std::int64_t wake_ns();
    [[nodiscard]] std::int64_t commit_ns();

    const Scene& scene_;
    const Sabotage sabotage_;
    Schedule& schedule_;
    SimulatedClock& clock_;
    Network& network_;
    Trace& trace_;
    HostObserver& observer_;
    reference::Dice dice_;
    tests::SimulatedDisk disk_;
    HookedDisk hooked_;
    std::unique_ptr<Life> life_;
    std::uint64_t lives_ = 0;
    bool serving_ = false;
    bool online_ = false;  // the network knows it
    std::optional<tests::SimulatedDisk::Fails> armed_;  // by fail_call, and not come yet
    std::uint64_t armed_at_call_ = 0;
    std::int64_t armed_down_ns_ = 0;
    std::optional<tests::SimulatedDisk::Fails> spoil_next_start_;
    std::optional<Ending> doomed_;  // the process is over, and does not know it yet
    std::function<void()> at_next_look_;
    std::uint64_t answered_ = 0;
    HostCounts counts_;
};

}  // namespace tiebreak::simulation
