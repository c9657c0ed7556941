#include "tests/simulation/host_life.hpp"

#include "daemon/journal_format.hpp"

#include <cstring>
#include <utility>

namespace tiebreak::simulation {

using tests::SimulatedDisk;

namespace {

constexpr int burst_max = 64;  // as the gate's
constexpr std::uint64_t disk_bytes = std::uint64_t{1} << 32;
constexpr std::int64_t longest_beat_ns = 10 * minute;

std::uint64_t serial_of(const daemon::Sender& sender) {
    std::uint64_t serial = 0;
    std::memcpy(&serial, sender.routing_id.data(), sizeof serial);
    return serial;
}

}  // namespace

Host::Host(const Scene& scene, const Sabotage& sabotage, Schedule& schedule, SimulatedClock& clock, Network& network,
           Trace& trace, HostObserver& observer)
    : scene_(scene),
      sabotage_(sabotage),
      schedule_(schedule),
      clock_(clock),
      network_(network),
      trace_(trace),
      observer_(observer),
      dice_(mixed(scene.seed, 2)),
      disk_(mixed(scene.seed, 3), disk_bytes),
      hooked_(disk_) {
    hooked_.after = [this] { after_disk_call(); };
    hooked_.lies = sabotage.sync_nothing;
    hooked_.renaming = [this](const daemon::path& from) {
        if (!is_serving() || !daemon::first_position_of(from.filename().string())) return;
        ++counts_.recycled;
        observer_.on_recycling(life_->core.journal().durable_position());
    };
    clock_.on_read = [this] { while_clock_is_read(); };
    network_.to_daemon = [this](std::uint64_t serial, const Bytes& message) { deliver(serial, message); };
}

Host::~Host() {
    clock_.on_read = nullptr;
    hooked_.after = nullptr;
    if (life_) life_->alive = false;
}

std::int64_t Host::wake_ns() {
    if (dice_.below(500) == 0) return dice_.between(1 * ms, 20 * ms);  // the scheduler had other plans
    return dice_.between(500, 60 * us);
}

std::int64_t Host::commit_ns() {
    if (dice_.below(300) == 0) return scene_.sync_ns * dice_.between(10, 200);
    return scene_.sync_ns / 2 + dice_.between(0, scene_.sync_ns);
}

void Host::soon(bool& pending, std::int64_t ns, void (Host::*step)()) {
    if (std::exchange(pending, true)) return;
    later(ns, [this, life = lives_, &pending, step] {
        if (!life_ || life_->number != life) return;
        pending = false;
        (this->*step)();
        end_if_doomed();
    });
}

void Host::gate_soon() {
    if (serving_) soon(life_->gate_pending, wake_ns(), &Host::run_gate);
}
void Host::loop_soon() {
    if (serving_) soon(life_->loop_pending, wake_ns(), &Host::run_loop);
}
void Host::commit_soon() { soon(life_->commit_pending, commit_ns(), &Host::run_commit); }

void Host::start() {
    if (life_) return;
    ++lives_;
    ++counts_.starts;
    trace_.note("process starts", lives_);
    life_ = std::make_unique<Life>(*this, lives_);
    if (spoil_next_start_) {
        fail_call(1 + dice_.below(120), *std::exchange(spoil_next_start_, std::nullopt), dice_.between(100 * ms, 10 * second));
    }
    if (!open_life()) return;
    serving_ = online_ = true;
    network_.daemon_is_up();
    note_awake();
    observer_.on_started();
    commit_soon();
    loop_soon();
    keep_soon(second);
    life_->beat_ns = second;
    later(second, [this, life = lives_, number = ++life_->beat] {
        if (life_ && life_->number == life && life_->beat == number) beat();
    });
}

// False: it has ended.
bool Host::open_life() {
    Life& life = *life_;
    auto failure = life.core.open();
    if (!failure && !doomed_) failure = life.core.recover();
    if (!failure && !doomed_) failure = life.core.bridge();
    if (doomed_) {
        ++counts_.in_recovery;
        end_if_doomed();
        return false;
    }
    if (failure) {
        end(Ending::start_failed, std::to_string(failure->exit_code) + ": " + failure->sentence);
        return false;
    }
    trace_.note("recovered, first stamp", static_cast<std::uint64_t>(life.core.first_stamp_ns()));
    life.core.serve(life.outlet);
    life.core.keeper().look();
    if (doomed_) {
        ++counts_.in_recovery;
        end_if_doomed();
        return false;
    }
    life.intake.emplace(scene_.config.limits, life.core.clock(), life.core.passage(), life.core.metrics());
    life.intake->begin_at(life.core.first_stamp_ns());
    return true;
}

void Host::deliver(std::uint64_t serial, const Bytes& message) {
    if (!is_serving()) return;
    if (is_asleep()) return knocking_.push_back({serial, message});
    trace_.note("message arrives", serial, hash_of(*message));
    observer_.on_delivered(serial);
    life_->inbox.push_back({serial, message});
    gate_soon();
}

void Host::run_gate() {
    Life& life = *life_;
    if (std::exchange(life.in_gate, true)) return;
    take_messages();
    send_replies();
    life.in_gate = false;
    if (!life.inbox.empty()) gate_soon();
}

void Host::take_messages() {
    Life& life = *life_;
    for (int taken = 0; taken < burst_max && !life.inbox.empty() && !doomed_; ++taken) {
        const Delivery delivery = std::move(life.inbox.front());
        life.inbox.pop_front();
        schedule_.pass(dice_.between(100, 800));
        daemon::Sender sender{zmq::message_t(&delivery.serial, sizeof delivery.serial), false};
        zmq::message_t body(delivery.message->data(), delivery.message->size());
        const auto refusal = life.intake->take(sender, body);
        if (!refusal.empty()) {
            observer_.on_answered(delivery.serial);
            network_.reply(delivery.serial, refusal);
        }
    }
    if (life.core.passage().requests.front() != nullptr) loop_soon();
    if (life.core.passage().queries.front() != nullptr) {
        soon(life.archive_pending, wake_ns(), &Host::run_archive);
    }
}

void Host::send_replies() {
    Life& life = *life_;
    const auto send = [&](const daemon::Response& response) {
        const std::uint64_t serial = serial_of(response.sender);
        if (sabotage_.lose_reply_every != 0 && ++answered_ % sabotage_.lose_reply_every == 0) return;
        trace_.note("reply leaves", serial, hash_of(daemon::bytes_of(response.body)));
        observer_.on_answered(serial);
        network_.reply(serial, spoiled_or_not(daemon::bytes_of(response.body)));
    };
    const std::uint64_t durable = sabotage_.acknowledge_before_durable
                                      ? UINT64_MAX
                                      : life.core.passage().durable_position.load(std::memory_order_acquire);
    while (daemon::Response* const reply = doomed_ ? nullptr : life.intake->next_reply(durable)) {
        send(*reply);
        life.intake->reply_left();
    }
    while (daemon::Response* const answer = doomed_ ? nullptr : life.intake->next_answer()) {
        send(*answer);
        life.intake->answer_left();
    }
}

// A saboteur leaves a record out of an export.
std::span<const std::byte> Host::spoiled_or_not(std::span<const std::byte> answer) {
    if (sabotage_.spoil_export_every == 0 || spoiled_.open(answer)) return answer;
    const auto* whole = std::get_if<wire::answer::Export>(&spoiled_.answer());
    if (whole == nullptr || whole->records.size() < 2 || ++exported_ % sabotage_.spoil_export_every != 0) return answer;
    wire::answer::Export part = *whole;
    part.records.erase(part.records.begin());
    return spoiler_.write(spoiled_.request_id(), part);
}

void Host::run_loop() {
    Life& life = *life_;
    if (std::exchange(life.in_loop, true)) return;
    const std::uint64_t messages = life.outlet.messages;
    life.core.turn().take();
    life.in_loop = false;
    trace_.note("turn", life.core.engine().sizes().last_sequence, life.core.journal().appended_position());
    if (life.outlet.messages != messages && life.beat_ns != second) {
        life.beat_ns = second;
        later(second, [this, number = life.number, beat_number = ++life.beat] {
            if (life_ && life_->number == number && life_->beat == beat_number) beat();
        });
    }
    look_after_loop();
}

// What the loop does before it sleeps, and whom it has woken.
void Host::look_after_loop() {
    Life& life = *life_;
    daemon::Core& core = life.core;
    if (core.turn().has_work() || core.turn().durable_has_moved()) {
        loop_soon();
    } else {
        arm_alarm();
    }
    if (core.journal().appended_position() != core.journal().durable_position()) commit_soon();
    if (core.passage().responses.front() != nullptr) gate_soon();
}

void Host::arm_alarm() {
    Life& life = *life_;
    const auto wake_at_ns = life.core.turn().wake_at();
    const std::uint64_t number = ++life.alarm;
    if (!wake_at_ns) return;
    const TrueTime when = clock_.when_boot_is(life.core.clock().boot_not_after(*wake_at_ns));
    at_alarm(when + dice_.between(1 * us, 60 * us), [this, of = life.number, number] {
        if (!life_ || life_->number != of || life_->alarm != number) return;
        run_loop();
        end_if_doomed();
    });
}

void Host::on_clock_set() {
    trace_.note("clock set, error", static_cast<std::uint64_t>(clock_.error_ns()));
    if (is_serving()) keep_soon(dice_.between(0, second));
}

void Host::beat() {
    life_->core.feed().send_heartbeats();
    run_loop();
    end_if_doomed();
    if (!life_) return;
    life_->beat_ns = std::min(life_->beat_ns * 2, longest_beat_ns);
    later(life_->beat_ns, [this, life = lives_, number = life_->beat] {
        if (life_ && life_->number == life && life_->beat == number) beat();
    });
}

void Host::run_commit() {
    Life& life = *life_;
    if (life.in_disk) return;
    life.in_disk = true;
    const bool committed = life.core.journal().commit_once();
    life.in_disk = false;
    if (doomed_) return;
    trace_.note("commit", life.core.journal().durable_position(), committed ? 1 : 0);
    if (life.core.journal().appended_position() != life.core.journal().durable_position() && !life.fault) commit_soon();
    if (life.core.journal().counters().journal.segments_spare == 0) {
        soon(life.prepare_pending, dice_.between(1 * ms, 50 * ms), &Host::run_prepare);
    }
    mark_later();
    soon(life.snapshot_pending, dice_.between(1 * ms, 2 * second), &Host::run_snapshots);
}

void Host::run_snapshots() {
    Life& life = *life_;
    if (life.in_disk || life.fault) return;
    life.in_disk = true;
    if (life.core.snapshots().keep_once()) ++counts_.snapshots;
    life.in_disk = false;
}

void Host::mark_later() {
    later(50 * ms, [this, life = lives_, number = ++life_->mark] {
        if (!life_ || life_->number != life || life_->mark != number || life_->in_disk) return;
        life_->in_disk = true;
        life_->core.journal().mark_once();
        life_->in_disk = false;
        end_if_doomed();
    });
}

void Host::run_prepare() {
    Life& life = *life_;
    if (life.in_disk || life.fault) return;
    life.in_disk = true;
    const bool ready = life.core.journal().prepare_once();
    life.in_disk = false;
    if (!ready && !doomed_ && !life.fault) soon(life.prepare_pending, second, &Host::run_prepare);
}

void Host::run_archive() {
    Life& life = *life_;
    if (std::exchange(life.in_archive, true)) return;
    life.core.archive().step();
    life.in_archive = false;
    if (doomed_) return;
    gate_soon();
    if (life.core.passage().queries.front() != nullptr) soon(life.archive_pending, wake_ns(), &Host::run_archive);
}

// Between two instructions of the loop, the gate may have done anything.
void Host::while_clock_is_read() {
    if (!is_serving() || !life_->in_loop || life_->in_gate || doomed_) return;
    if (at_next_look_) std::exchange(at_next_look_, nullptr)();
    if (!life_->inbox.empty() && dice_.chance(20)) run_gate();
}

// While the commit thread waits for the disk, the gate and the loop go on.
void Host::while_disk_works() {
    if (!is_serving() || !life_->in_disk || life_->in_loop || life_->in_gate || life_->in_archive) return;
    if (!dice_.chance(15)) return;
    run_gate();
    run_loop();
}

void Host::after_disk_call() {
    if (armed_ && disk_.failed_call()) {
        const SimulatedDisk::Fails how = *std::exchange(armed_, std::nullopt);
        trace_.note("call on the disk fails", static_cast<std::uint64_t>(how),
                    static_cast<std::uint64_t>(*disk_.failed_call()));
        if (how == SimulatedDisk::Fails::power || how == SimulatedDisk::Fails::killed) {
            doomed_ = how == SimulatedDisk::Fails::power ? Ending::power_cut : Ending::killed;
            ++counts_.in_mid_call;
        }
    }
    if (!doomed_) while_disk_works();
}

void Host::fail_call(std::uint64_t n, SimulatedDisk::Fails how, std::int64_t down_ns) {
    trace_.note("a call on the disk is to fail", n, static_cast<std::uint64_t>(how));
    armed_ = how;
    armed_at_call_ = disk_.calls() + n;
    armed_down_ns_ = down_ns;
    disk_.fail_call(n, how);
}

void Host::look_at_disk(const std::function<void(SimulatedDisk&)>& look) {
    const std::uint64_t left = armed_at_call_ - disk_.calls();
    if (armed_) disk_.fail_call(1, SimulatedDisk::Fails::no);
    look(disk_);
    if (!armed_) return;
    armed_at_call_ = disk_.calls() + left;
    disk_.fail_call(left, *armed_);
}

void Host::set_disk_full(bool full) {
    trace_.note("disk full", full ? 1 : 0);
    disk_.set_capacity(full ? 0 : disk_bytes);
}

void Host::keep_soon(std::int64_t ns) {
    later(ns, [this, life = lives_, number = ++life_->keep] {
        if (life_ && life_->number == life && life_->keep == number) keep();
    });
}

// The keeper looks every second. Where a look changes nothing for longer, it comes only when it does.
void Host::keep() {
    life_->core.keeper().look();
    end_if_doomed();
    if (!life_) return;
    const auto& figures = life_->core.metrics().keeper;
    const auto off_ns = static_cast<std::int64_t>(figures.clock_behind_ns.get() + figures.clock_ahead_ns.get());
    const bool stands = life_->core.clock().slew_ppb() < -1'000'000;
    if (stands) return keep_soon(second);
    if (off_ns > 200 * ms) return keep_soon(std::min(longest_beat_ns, (off_ns - 100 * ms) * 1'000));
    keep_soon(off_ns > us ? 10 * second : longest_beat_ns);
}

std::int64_t Host::stamps_error_ns() {
    return is_serving() ? life_->core.clock().wall_ns() - schedule_.now() : 0;
}

bool Host::is_idle() const {
    if (!is_serving() || is_asleep()) return false;
    auto& core = life_->core;
    return !core.engine().next_deadline() && life_->inbox.empty() && core.passage().requests.front() == nullptr &&
           core.passage().responses.front() == nullptr &&
           core.journal().appended_position() == core.journal().durable_position() && !core.feed().is_waiting();
}

}  // namespace tiebreak::simulation
