#include "tests/simulation/host.hpp"

#include <cstring>
#include <utility>

namespace tiebreak::simulation {

using tests::SimulatedDisk;

namespace {

constexpr int burst_max = 64;  // as the gate's
constexpr std::uint64_t disk_bytes = std::uint64_t{1} << 32;
constexpr std::int64_t longest_beat_ns = 10 * minute;

// What the feed sends, on its way to the network; a saboteur sits here.
class Outlet final : public daemon::FeedOutlet {
public:
    Outlet(Network& network, const Sabotage& sabotage) : network_(network), sabotage_(sabotage) {}

    std::uint32_t subscriptions_as_of() const noexcept override { return network_.subscriptions_as_of(); }
    bool is_wanted(std::string_view topic) const noexcept override { return network_.is_wanted(topic); }
    std::span<const std::string> wanted_topics() const noexcept override { return network_.wanted_topics(); }
    void send(std::string_view topic, const wire::FeedHead& head, std::span<const std::byte> body) noexcept override {
        ++messages;
        wire::FeedHead sent = head;
        if (topic == "all/") {
            if (sabotage_.skip_event_every != 0 && !body.empty() && ++events_ % sabotage_.skip_event_every == 0) {
                ++skipped_;
                return;
            }
            sent.topic_sequence -= skipped_;
        }
        if (sabotage_.change_event_every != 0 && !body.empty() && ++events_ % sabotage_.change_event_every == 0) {
            std::vector<std::byte> changed(body.begin(), body.end());
            changed[changed.size() / 2] ^= std::byte{1};
            return network_.send(topic, sent, changed);
        }
        network_.send(topic, sent, body);
    }

    std::uint64_t messages = 0;

private:
    Network& network_;
    const Sabotage& sabotage_;
    std::uint64_t events_ = 0;
    std::uint64_t skipped_ = 0;
};

std::uint64_t serial_of(const daemon::Sender& sender) {
    std::uint64_t serial = 0;
    std::memcpy(&serial, sender.routing_id.data(), sizeof serial);
    return serial;
}

}  // namespace

// One process, from its start to its end.
struct Host::Life final : daemon::CommitListener {
    Life(Host& of_host, std::uint64_t of_number)
        : host(of_host),
          number(of_number),
          outlet(of_host.network_, of_host.sabotage_),
          core(of_host.scene_.config, of_host.hooked_, of_host.clock_, *this,
               {[this] { return host.dice_.below(UINT64_MAX); }, [this] { return let_loop_hand_over(); },
                std::chrono::milliseconds{0}}) {}

    void on_durable(std::uint64_t position) override {
        core.passage().durable_position.store(position, std::memory_order_seq_cst);
        ++host.counts_.commits;
        host.gate_soon();
        host.loop_soon();
    }
    // As the service: it says why and stops.
    void on_fault(const daemon::Fault& found) override {
        if (fault || host.doomed_ || !alive) return;
        fault = found.sentence;
        host.schedule_.after(host.dice_.between(0, 5 * ms), [&of = host, life = number] {
            if (of.life_ && of.life_->number == life) of.end(Ending::disk_fault, *of.life_->fault);
        });
    }
    void on_disk_low(std::uint64_t) override {}

    bool let_loop_hand_over() {
        if (core.bell().history_asked == core.bell().history_given) return false;
        host.run_loop();
        return host.life_ != nullptr && core.bell().history_asked == core.bell().history_given;
    }

    Host& host;
    const std::uint64_t number;
    Outlet outlet;
    std::deque<Delivery> inbox;
    std::optional<daemon::Intake> intake;
    std::optional<std::string> fault;
    bool alive = true;
    bool in_gate = false, in_loop = false, in_disk = false, in_archive = false;
    bool gate_pending = false, loop_pending = false, commit_pending = false, prepare_pending = false,
         archive_pending = false, snapshot_pending = false;
    std::uint64_t alarm = 0;  // the number of the one that counts
    std::uint64_t beat = 0;
    std::int64_t beat_ns = second;
    std::uint64_t mark = 0;
    std::uint64_t keep = 0;
    daemon::Core core;  // goes first
};

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
    schedule_.after(ns, [this, life = lives_, &pending, step] {
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
    observer_.on_started();
    commit_soon();
    loop_soon();
    keep_soon(second);
    life_->beat_ns = second;
    schedule_.after(second, [this, life = lives_, number = ++life_->beat] {
        if (life_ && life_->number == life && life_->beat == number) beat();
    });
}

// False: it has ended.
bool Host::open_life() {
    Life& life = *life_;
    auto failure = life.core.open();
    if (!failure && !doomed_) failure = life.core.recover();
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
    if (doomed_) {
        ++counts_.in_recovery;
        end_if_doomed();
        return false;
    }
    life.intake.emplace(scene_.config.limits, life.core.clock(), life.core.first_stamp_ns(), life.core.passage(), life.core.metrics());
    return true;
}

void Host::deliver(std::uint64_t serial, const Bytes& message) {
    if (!is_serving()) return;
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
        network_.reply(serial, daemon::bytes_of(response.body));
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

void Host::run_loop() {
    Life& life = *life_;
    if (std::exchange(life.in_loop, true)) return;
    const std::uint64_t messages = life.outlet.messages;
    life.core.turn().take();
    life.in_loop = false;
    trace_.note("turn", life.core.engine().sizes().last_sequence, life.core.journal().appended_position());
    if (life.outlet.messages != messages && life.beat_ns != second) {
        life.beat_ns = second;
        schedule_.after(second, [this, number = life.number, beat_number = ++life.beat] {
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
    schedule_.at(when + dice_.between(1 * us, 60 * us), [this, of = life.number, number] {
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
    schedule_.after(life_->beat_ns, [this, life = lives_, number = life_->beat] {
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
    schedule_.after(50 * ms, [this, life = lives_, number = ++life_->mark] {
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

void Host::end_if_doomed() {
    if (doomed_ && life_) end(*doomed_, "in the middle of a call on the disk");
}

void Host::keep_soon(std::int64_t ns) {
    schedule_.after(ns, [this, life = lives_, number = ++life_->keep] {
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
    schedule_.after(ns, [this, lives = lives_] {
        if (lives_ == lives) start();
    });
}

bool Host::is_idle() const {
    if (!is_serving()) return false;
    auto& core = life_->core;
    return !core.engine().next_deadline() && life_->inbox.empty() && core.passage().requests.front() == nullptr &&
           core.passage().responses.front() == nullptr &&
           core.journal().appended_position() == core.journal().durable_position() && !core.feed().is_waiting();
}

}  // namespace tiebreak::simulation
