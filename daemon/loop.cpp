#include "daemon/loop.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/deadline_timer.hpp"
#include "daemon/pause.hpp"
#include "matching/invariant.hpp"

namespace tiebreak::daemon {

namespace asio = boost::asio;
using matching::Instant;

namespace {

// In one turn. Without a bound, a million messages a second cost deadlines 130 us more at p99.
constexpr int requests_a_turn_max = 64;

// While the journal's buffer is full, deadlines have to wait for room in it.
constexpr matching::Duration journal_retry_ns = 1'000'000;

std::span<const std::byte> bytes_of(const zmq::message_t& message) noexcept {
    return {static_cast<const std::byte*>(message.data()), message.size()};
}

}  // namespace

// All that can end the loop's sleep. Each wait is armed once and again after it has fired.
class Loop::Wakeups {
public:
    explicit Wakeups(Loop& loop)
        : loop_(loop),
          context_(1),
          bell_(context_, loop.passage_.loop.fd()),
          deadline_descriptor_(context_, timer_.fd()),
          publisher_descriptor_(context_, loop.publisher_.fd()),
          heartbeat_(context_) {}

    // The descriptors belong to others.
    ~Wakeups() {
        bell_.release();
        deadline_descriptor_.release();
        publisher_descriptor_.release();
    }

    void run() {
        post_turn();
        beat();
        context_.run();
    }
    void stop() { context_.stop(); }
    void post_turn() {
        asio::post(context_, [this] { loop_.turn(); });
    }

    void arm() {
        arm(bell_, bell_armed_, [] {});
        arm(deadline_descriptor_, deadline_armed_, [this] { timer_.acknowledge(); });
        arm(publisher_descriptor_, publisher_armed_, [] {});
    }

    DeadlineTimer& timer() noexcept { return timer_; }

private:
    template <typename OnReady>
    void arm(asio::posix::stream_descriptor& descriptor, bool& armed, OnReady on_ready) {
        if (std::exchange(armed, true)) return;
        descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                              [this, &armed, on_ready](const boost::system::error_code& error) {
                                  if (error) return;
                                  armed = false;
                                  loop_.passage_.loop.awake();
                                  on_ready();
                                  loop_.turn();
                              });
    }

    void beat() {
        heartbeat_.expires_after(std::chrono::milliseconds(loop_.options_.heartbeat_ms));
        heartbeat_.async_wait([this](const boost::system::error_code& error) {
            if (error) return;
            loop_.passage_.loop.awake();
            loop_.feed_.send_heartbeats();
            beat();
            loop_.turn();
        });
    }

    Loop& loop_;
    asio::io_context context_;
    DeadlineTimer timer_;
    asio::posix::stream_descriptor bell_;
    asio::posix::stream_descriptor deadline_descriptor_;
    asio::posix::stream_descriptor publisher_descriptor_;
    asio::steady_timer heartbeat_;
    bool bell_armed_ = false;
    bool deadline_armed_ = false;
    bool publisher_armed_ = false;
};

Loop::Loop(const LoopOptions& options, matching::Engine& engine, Processor& processor, Feed& feed, Publisher& publisher,
           HistoryLog& history, Passage& passage, LoopBell& bell, Ceiling& ceiling, Clock& clock, Metrics& metrics)
    : options_(options),
      engine_(engine),
      processor_(processor),
      feed_(feed),
      publisher_(publisher),
      history_(history),
      passage_(passage),
      bell_(bell),
      ceiling_(ceiling),
      clock_(clock),
      metrics_(metrics.loop),
      lateness_(metrics.deadline_lateness),
      turn_time_(metrics.turn_time),
      wakeups_(std::make_unique<Wakeups>(*this)) {}

Loop::~Loop() = default;

void Loop::run() { wakeups_->run(); }

void Loop::finish() noexcept {
    finish_.store(true, std::memory_order_seq_cst);
    passage_.loop.wake_if_asleep();
}

void Loop::turn() {
    const std::int64_t began_ns = steady_ns();
    spun_ns_ = 0;
    handled_ = 0;
    note_durable();
    while (drain() && keep_time()) {
    }
    end_turn(began_ns);
    if (has_work()) {
        wakeups_->post_turn();
    } else if (finish_.load(std::memory_order_seq_cst)) {
        wakeups_->stop();
    } else {
        sleep();
    }
}

// True when the queue was found empty before the turn's share was used up.
bool Loop::drain() {
    while (passage_.requests.front() != nullptr) {
        if (handled_ == requests_a_turn_max) return false;
        ++handled_;
        handle_front();
    }
    return true;
}

// With an empty queue: applies what is due, and stays awake when a deadline is so near that waking up would be late.
// False when there is nothing to stay awake for.
bool Loop::keep_time() {
    const auto deadline_ns = engine_.next_deadline();
    if (!deadline_ns || finish_.load(std::memory_order_relaxed)) return false;
    const Instant now_ns = clock_.wall_ns();
    if (*deadline_ns <= now_ns) {
        if (!processor_.cover(now_ns)) return false;  // the journal is full or has failed: it would have to wait anyway
        apply_due(*deadline_ns, now_ns);
        return true;
    }
    if (*deadline_ns - now_ns > options_.spin_ns) return false;
    note_durable();
    pause_briefly();
    spun_ns_ += clock_.wall_ns() - now_ns;
    return true;
}

void Loop::apply_due(Instant deadline_ns, Instant now_ns) {
    passage_.fence.raise_floor(now_ns);
    for (const Request* next = passage_.requests.front(); next != nullptr && next->stamp_ns < now_ns;
         next = passage_.requests.front()) {
        handle_front();
    }
    lateness_.record(clock_.wall_ns() - deadline_ns);
    metrics_.deadlines.add();
    processor_.apply_deadlines(now_ns);
}

void Loop::handle_front() {
    Request& request = *passage_.requests.front();
    const Handled handled = processor_.handle(request.stamp_ns, bytes_of(request.body));
    metrics_.last_stamp_ns.set(static_cast<std::uint64_t>(request.stamp_ns));
    Response response{std::move(request.sender), zmq::message_t(handled.reply.data(), handled.reply.size()),
                      handled.position, request.body.size()};
    request.body.rebuild();
    passage_.requests.pop();
    const bool pushed = passage_.responses.push(std::move(response));
    TIEBREAK_INVARIANT(pushed, "the queue has room for every request in flight");
    // Else whoever makes it durable wakes the gate.
    if (handled.position <= passage_.durable_position.load(std::memory_order_seq_cst)) passage_.gate.wake_if_asleep();
}

void Loop::note_durable() {
    const std::uint64_t durable = passage_.durable_position.load(std::memory_order_seq_cst);
    if (durable == durable_seen_) return;
    durable_seen_ = durable;
    feed_.on_durable(durable);
}

void Loop::serve_archive() {
    const std::uint64_t asked = bell_.history_asked.load(std::memory_order_seq_cst);
    if (asked != bell_.history_given.load(std::memory_order_relaxed)) {
        history_.hand_over();
        bell_.history_given.store(asked, std::memory_order_seq_cst);
        passage_.archive.wake_if_asleep();
    } else if (history_.wants_waking()) {
        passage_.archive.wake_if_asleep();
    }
}

void Loop::end_turn(std::int64_t began_ns) {
    note_durable();
    serve_archive();
    // ZeroMQ's signal for incoming subscriptions may have been taken by one of this turn's sends.
    publisher_.take_subscriptions();
    processor_.publish_sizes();
    const auto deadline_ns = engine_.next_deadline();
    metrics_.next_deadline_ns.set(deadline_ns ? static_cast<std::uint64_t>(*deadline_ns) : 0);
    metrics_.turns.add();
    const std::int64_t took_ns = steady_ns() - began_ns - spun_ns_;
    turn_time_.record(took_ns);
}

bool Loop::has_work() noexcept {
    return passage_.requests.front() != nullptr ||
           bell_.history_asked.load(std::memory_order_seq_cst) != bell_.history_given.load(std::memory_order_relaxed);
}

void Loop::sleep() {
    bell_.awaits_durability.store(feed_.is_waiting(), std::memory_order_seq_cst);
    passage_.loop.going_to_sleep();
    const bool durable_moved =
        feed_.is_waiting() && passage_.durable_position.load(std::memory_order_seq_cst) != durable_seen_;
    if (has_work() || durable_moved || finish_.load(std::memory_order_seq_cst)) {
        passage_.loop.awake();
        wakeups_->post_turn();
        return;
    }
    wait_for_deadline();
    wakeups_->arm();
}

void Loop::wait_for_deadline() {
    const auto deadline_ns = engine_.next_deadline();
    if (!deadline_ns) return wakeups_->timer().stop();
    // First to have the ceiling durable in time, then for the deadline itself.
    Instant wake_ns = *deadline_ns - ceiling_.lead_ns();
    if (wake_ns <= clock_.wall_ns()) {
        const bool covered = processor_.cover(*deadline_ns);
        wake_ns = covered ? *deadline_ns - options_.spin_ns : clock_.wall_ns() + journal_retry_ns;
    }
    wakeups_->timer().set(wake_ns);
}

}  // namespace tiebreak::daemon
