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
#include <span>
#include <string>
#include <utility>

#include "daemon/core.hpp"
#include "tests/journal/hooked_disk.hpp"
#include "tests/journal/simulated_disk.hpp"
#include "tests/reference/dice.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/simulated_clock.hpp"
#include "wire/query.hpp"

namespace tiebreak::simulation {

enum class Ending : std::uint8_t { killed, power_cut, disk_fault, stopped, start_failed };

// Deliberate faults of the machine, to see that the checkers find them.
struct Sabotage {
    bool acknowledge_before_durable = false;
    bool sync_nothing = false;             // the disk says that it has synced, and has not
    std::uint64_t lose_reply_every = 0;    // of that many, one is dropped in silence
    std::uint64_t change_event_every = 0;  // of that many, one says something else
    std::uint64_t skip_event_every = 0;    // of that many, one is left out, and history is asked in vain
    std::uint64_t renumber_every = 0;      // of that many, beside all/, one has another global number
    std::uint64_t spoil_export_every = 0;  // of that many, one lacks a record
    bool alarm_sleeps = false;             // the time of a suspended machine does not count for the loop's alarm
};

class HostObserver {
public:
    virtual ~HostObserver() = default;
    virtual void on_started() = 0;  // serving; everything in the journal is on the disk
    virtual void on_ended(Ending ending, const std::string& why) = 0;
    virtual void on_delivered(std::uint64_t serial) = 0;  // a message came into the process
    virtual void on_answered(std::uint64_t serial) = 0;   // its reply or answer left it
    // A segment is about to be used again; what stands in it, and up to `durable_position`, stands for good.
    virtual void on_recycling(std::uint64_t durable_position) = 0;
    // An event of all/ left it when stamps were at `stamps_ns`; it has served, and the machine been awake, since `since_ns`.
    virtual void on_left(std::span<const std::byte> body, matching::Instant stamps_ns, matching::Instant since_ns) = 0;
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
    std::uint64_t recycled = 0;      // segments
    std::uint64_t left_early = 0;    // messages, before all that was stamped before them was durable
    std::uint64_t ended_asleep = 0;  // suspends in which a window or the like ran out
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
    // The machine's work stands still for that long, and so do its timers but for those on CLOCK_BOOTTIME. What comes for it meanwhile
    // waits, or, where the lines have gone too, is lost.
    void suspend(std::int64_t for_ns, std::int64_t wall_off_ns, bool lines_go);
    // The same in the middle of a step: the rest of the step comes afterwards.
    void suspend_here(std::int64_t for_ns, std::int64_t wall_off_ns);
    [[nodiscard]] bool is_asleep() const noexcept { return asleep_until_.has_value(); }
    // True time but for that in which the machine was suspended.
    [[nodiscard]] TrueTime awake_ns() const noexcept { return asleep_until_.value_or(schedule_.now()) - slept_ns_; }
    // Carried out by the loop's next look at the clock.
    void at_next_look(std::function<void()> mishap) { at_next_look_ = std::move(mishap); }

    // A message leaves before all that was stamped before it is durable.
    std::function<void()> on_left_early;

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
    [[nodiscard]] std::span<const std::byte> spoiled_or_not(std::span<const std::byte> answer);
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
    void later(std::int64_t ns, std::function<void()> step) { at_work_time(schedule_.now() + ns, slept_ns_, std::move(step)); }
    void at_work_time(TrueTime when, std::int64_t slept_ns, std::function<void()> step);
    void at_alarm(TrueTime when, std::function<void()> step);
    void fall_asleep(std::int64_t for_ns);
    void wake_up(std::int64_t wall_off_ns);
    [[nodiscard]] matching::Instant stamps_now_ns();
    void note_awake();
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
    tests::HookedDisk hooked_;
    std::unique_ptr<Life> life_;
    std::uint64_t lives_ = 0;
    bool serving_ = false;
    bool online_ = false;  // the network knows it
    std::optional<tests::SimulatedDisk::Fails> armed_;  // by fail_call, and not come yet
    std::uint64_t armed_at_call_ = 0;
    std::int64_t armed_down_ns_ = 0;
    std::optional<tests::SimulatedDisk::Fails> spoil_next_start_;
    wire::AnswerReader spoiled_;
    wire::AnswerWriter spoiler_;
    std::optional<Ending> doomed_;  // the process is over, and does not know it yet
    std::function<void()> at_next_look_;
    std::optional<TrueTime> asleep_until_;
    std::int64_t slept_ns_ = 0;  // in all, that of a present sleep to its end included
    std::uint64_t sleeps_ = 0;
    std::deque<Delivery> knocking_;  // come while it was asleep
    matching::Instant awake_since_ns_ = 0;  // by the stamps' clock: since then it serves and is awake
    std::uint64_t answered_ = 0;
    std::uint64_t exported_ = 0;
    HostCounts counts_;
};

}  // namespace tiebreak::simulation
