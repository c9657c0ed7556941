// One process on the host, and the way out of it for its feed. A part of host.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/simulation/host.hpp"
#include "wire/event_reader.hpp"
#include "wire/event_writer.hpp"
#include "wire/topics.hpp"

namespace tiebreak::simulation {

// What the feed sends, on its way to the network; a saboteur sits here.
class Outlet final : public daemon::FeedOutlet {
public:
    // `left`: told of each event of all/. `early`: of one on another topic that leaves before it leaves on all/, so before all that was
    // stamped before it is durable.
    Outlet(Network& network, const Sabotage& sabotage, std::function<void(std::span<const std::byte>)> left, std::function<void()> early)
        : network_(network), sabotage_(sabotage), left_(std::move(left)), early_(std::move(early)) {}

    std::uint32_t subscriptions_as_of() const noexcept override { return network_.subscriptions_as_of(); }
    bool is_wanted(std::string_view topic) const noexcept override { return network_.is_wanted(topic); }
    std::span<const std::string> wanted_topics() const noexcept override { return network_.wanted_topics(); }
    void send(std::string_view topic, const wire::FeedHead& head, std::span<const std::byte> body) noexcept override {
        ++messages;
        wire::FeedHead sent = head;
        if (topic == wire::all_topic && !body.empty()) {
            all_sent_ = std::max(all_sent_, head.sequence);
            left_(body);
        } else if (!body.empty() && head.sequence > all_sent_ && network_.is_wanted(wire::all_topic)) {
            early_();
        }
        if (topic == wire::all_topic) {
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
        if (sabotage_.renumber_every != 0 && topic != wire::all_topic && !body.empty() && ++events_ % sabotage_.renumber_every == 0 &&
            !reader_.open(body)) {
            matching::Event renumbered = reader_.event();
            sent.sequence = ++renumbered.sequence;
            return network_.send(topic, sent, writer_.write(renumbered));
        }
        network_.send(topic, sent, body);
    }

    std::uint64_t messages = 0;

private:
    Network& network_;
    const Sabotage& sabotage_;
    const std::function<void(std::span<const std::byte>)> left_;
    const std::function<void()> early_;
    std::uint64_t all_sent_ = 0;
    wire::EventReader reader_;
    wire::EventWriter writer_;
    std::uint64_t events_ = 0;
    std::uint64_t skipped_ = 0;
};

// One process, from its start to its end.
struct Host::Life final : daemon::CommitListener {
    Life(Host& of_host, std::uint64_t of_number)
        : host(of_host),
          number(of_number),
          outlet(of_host.network_, of_host.sabotage_,
                 [&of_host](std::span<const std::byte> body) {
                     of_host.observer_.on_left(body, of_host.stamps_now_ns(), of_host.awake_since_ns_);
                 },
                 [&of_host] {
                     ++of_host.counts_.left_early;
                     if (of_host.on_left_early) of_host.on_left_early();
                 }),
          core(of_host.scene_.config, of_host.hooked_, of_host.clock_, *this,
               {[this] { return host.dice_.below(UINT64_MAX); }, [this] { return let_loop_hand_over(); },
                std::chrono::milliseconds{0}, daemon::ReadOn::this_thread}) {}

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
        host.later(host.dice_.between(0, 5 * ms), [&of = host, life = number] {
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

}  // namespace tiebreak::simulation
