#include "daemon/loop.hpp"

#include <chrono>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/deadline_timer.hpp"

namespace tiebreak::daemon {

namespace asio = boost::asio;

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

Loop::Loop(const LoopOptions& options, Turn& turn, Feed& feed, Publisher& publisher, Passage& passage, LoopBell& bell,
           StampClock& clock)
    : options_(options),
      feed_(feed),
      publisher_(publisher),
      passage_(passage),
      bell_(bell),
      clock_(clock),
      turn_(turn),
      wakeups_(std::make_unique<Wakeups>(*this)) {}

Loop::~Loop() = default;

void Loop::run() { wakeups_->run(); }

void Loop::finish() noexcept {
    turn_.finish();
    passage_.loop.wake_if_asleep();
}

void Loop::turn() {
    turn_.take();
    // ZeroMQ's signal for incoming subscriptions may have been taken by one of this turn's sends.
    const bool more_subscriptions = publisher_.take_subscriptions();
    if (turn_.has_work() || more_subscriptions) {
        wakeups_->post_turn();
    } else if (turn_.is_finishing()) {
        wakeups_->stop();
    } else {
        sleep();
    }
}

void Loop::sleep() {
    bell_.awaits_durability.store(feed_.is_waiting(), std::memory_order_seq_cst);
    passage_.loop.going_to_sleep();
    if (turn_.has_work() || turn_.durable_has_moved() || turn_.is_finishing()) {
        passage_.loop.awake();
        wakeups_->post_turn();
        return;
    }
    if (const auto wake_ns = turn_.wake_at()) {
        wakeups_->timer().set(*wake_ns, clock_.boot_not_after(*wake_ns));
    } else {
        wakeups_->timer().stop();
    }
    wakeups_->arm();
}

}  // namespace tiebreak::daemon
