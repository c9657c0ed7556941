#include "daemon/publisher.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "daemon/log.hpp"
#include "daemon/sockets.hpp"
#include "wire/topics.hpp"

namespace tiebreak::daemon {

namespace {

// Subscriptions that ZeroMQ takes from one connection ahead of the loop. It goes through all there are at once, and for each through a tree, on the loop's
// thread: with more than a few ahead, a subscriber that never ends keeps it there, and offers and deadlines wait (bench/README.md).
constexpr int subscriptions_ahead_max = 2;

// Subscriptions taken in one turn of the loop: offers and deadlines wait meanwhile.
constexpr int subscriptions_a_turn_max = 32;

}  // namespace

Publisher::Publisher(zmq::context_t& context, const std::string& endpoint, const Limits& limits, Metrics& metrics)
    : subscriptions_max_(limits.subscriptions_max),
      unread_bytes_max_(limits.events_unread_bytes_max),
      subscriptions_bytes_max_(limits.subscriptions_bytes_max),
      metrics_(metrics.loop),
      watch_metrics_(metrics.keeper),
      socket_(context, zmq::socket_type::xpub),
      watch_(context, socket_) {
    set_common_options(socket_);
    socket_.set(zmq::sockopt::maxmsgsize, std::int64_t{4096});  // a subscription is a topic
    socket_.set(zmq::sockopt::sndhwm, as_int(limits.subscriber_events_max));
    socket_.set(zmq::sockopt::rcvhwm, subscriptions_ahead_max);
    set_lossless(true);
    socket_.bind(endpoint);
}

std::string Publisher::endpoint() const { return endpoint_of(socket_); }

int Publisher::fd() const { return socket_.get(zmq::sockopt::fd); }

void Publisher::send(std::string_view topic, const wire::FeedHead& head, std::span<const std::byte> body) noexcept {
    const auto head_bytes = wire::encode(head);
    // A message that finds a subscriber's queue full is sent all the same, to the others; from then on XPUB leaves that subscriber
    // out without a word until it reads, and it sees a hole. What else sending can say is that the context has ended, or that
    // there is no memory left.
    const auto send_frame = [&](const void* data, std::size_t bytes, int flags) noexcept {
        return ::zmq_send(socket_.handle(), data, bytes, ZMQ_DONTWAIT | flags) >= 0;
    };
    sent_bytes_.add(body.size());
    zmq::message_t body_frame = counted_copy(body, unread_);
    const auto send_all = [&] {
        return send_frame(topic.data(), topic.size(), ZMQ_SNDMORE) && send_frame(head_bytes.data(), head_bytes.size(), ZMQ_SNDMORE) &&
               ::zmq_msg_send(body_frame.handle(), socket_.handle(), ZMQ_DONTWAIT) >= 0;
    };
    // A queue counts whole messages: it is the first frame that finds it full, or none.
    if (send_all() || ::zmq_errno() != EAGAIN) return;
    // While it sends, ZeroMQ hears only every three million ticks (a millisecond and a half at 2 GHz) what subscribers have taken, and a short queue
    // can seem full that is empty. Asked for its events it hears at once.
    hear_what_was_taken();
    if (send_all() || ::zmq_errno() != EAGAIN) return;
    metrics_.subscribers_full.add();
    set_lossless(false);
    send_all();
    set_lossless(true);
}

void Publisher::hear_what_was_taken() noexcept {
    int events = 0;
    std::size_t size = sizeof events;
    static_cast<void>(::zmq_getsockopt(socket_.handle(), ZMQ_EVENTS, &events, &size));
}

void Publisher::set_lossless(bool on) noexcept {
    const int value = on ? 1 : 0;
    ::zmq_setsockopt(socket_.handle(), ZMQ_XPUB_NODROP, &value, sizeof value);
}

void Publisher::look_at_subscribers() {
    const auto now = SubscriberWatch::Moment::clock::now();
    watch_.take_reports(now);
    const std::uint64_t sent = sent_bytes_.get();
    const std::uint64_t unread = unread_->bytes.load(std::memory_order_relaxed);
    watch_metrics_.events_unread_bytes.set(unread);
    std::size_t ended = watch_.end_those_who_said_most(subscriptions_bytes_max_, now);
    if (unread > unread_bytes_max_) ended += watch_.end_slower_than(sent - sent_bytes_before_);
    sent_bytes_before_ = sent;
    if (ended == 0) return;
    watch_metrics_.subscribers_ended.add(ended);
    log::warning(std::to_string(ended) + " subscribers' connections were ended: they took off too little, or subscribed to too much");
}

bool Publisher::take_subscriptions() {
    zmq::message_t message;
    for (int taken = 0; (socket_.get(zmq::sockopt::events) & ZMQ_POLLIN) != 0; ++taken) {
        if (taken == subscriptions_a_turn_max) return true;
        if (!socket_.recv(message, zmq::recv_flags::dontwait)) break;
        // A subscriber can send any message up an XPUB: only what begins with 0 or 1 is about subscriptions, and only the
        // first frame of what it sends.
        const bool more = message.more();
        take_subscription(message.to_string_view());
        while (more && socket_.get(zmq::sockopt::rcvmore)) {
            if (!socket_.recv(message, zmq::recv_flags::dontwait)) break;
        }
    }
    return false;
}

void Publisher::take_subscription(std::string_view message) {
    if (message.empty()) return;
    const std::string_view prefix = message.substr(1);
    if (message[0] == 1) {
        if (prefixes_.size() >= subscriptions_max_) {
            overflowed_ = true;
        } else {
            prefixes_.emplace(prefix);
        }
    } else if (message[0] == 0) {
        if (const auto known = prefixes_.find(prefix); known != prefixes_.end()) prefixes_.erase(known);
        if (prefixes_.empty()) overflowed_ = false;
    } else {
        return;
    }
    ++as_of_;
    metrics_.subscriptions.set(prefixes_.size());
}

bool Publisher::is_wanted(std::string_view topic) const noexcept {
    if (overflowed_) return true;
    // The prefixes of a topic sort before it, the longer ones later: the greatest prefix not after the topic either begins it or
    // shares a shorter beginning with it, which is as far as any other one can reach.
    std::string_view bound = topic;
    while (true) {
        auto after = prefixes_.upper_bound(bound);
        if (after == prefixes_.begin()) return false;
        const std::string_view candidate = *--after;
        if (topic.starts_with(candidate)) return true;
        const auto [mine, theirs] = std::ranges::mismatch(topic, candidate);
        bound = topic.substr(0, static_cast<std::size_t>(mine - topic.begin()));
    }
}

std::span<const std::string> Publisher::wanted_topics() const noexcept {
    if (wanted_topics_as_of_ != as_of_) {
        wanted_topics_as_of_ = as_of_;
        wanted_topics_.clear();
        std::ranges::copy_if(prefixes_, std::back_inserter(wanted_topics_), wire::is_topic);
    }
    return wanted_topics_;
}

}  // namespace tiebreak::daemon
