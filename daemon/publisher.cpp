#include "daemon/publisher.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "daemon/sockets.hpp"
#include "wire/topics.hpp"

namespace tiebreak::daemon {

namespace {

// How much is unread is looked at that often: where it stands is written by another thread, and looking costs some time.
constexpr std::uint64_t looks_after_bytes = 64U << 10U;

// While too much is unread, slow connections are looked for, and had time to take something off, that often.
constexpr std::chrono::milliseconds looks_for_slow_after{200};

}  // namespace

Publisher::Publisher(zmq::context_t& context, const std::string& endpoint, const Limits& limits, Metrics& metrics)
    : subscriptions_max_(limits.subscriptions_max),
      unread_bytes_max_(limits.events_unread_bytes_max),
      metrics_(metrics.loop),
      socket_(context, zmq::socket_type::xpub),
      connections_(context, socket_) {
    set_common_options(socket_);
    socket_.set(zmq::sockopt::maxmsgsize, std::int64_t{4096});  // a subscription is a topic
    socket_.set(zmq::sockopt::sndhwm, as_int(limits.subscriber_events_max));
    socket_.set(zmq::sockopt::rcvhwm, as_int(limits.subscriptions_max));
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
    look_at_unread(body.size());
    zmq::message_t body_frame = counted_copy(body, unread_);
    const auto send_all = [&] {
        return send_frame(topic.data(), topic.size(), ZMQ_SNDMORE) && send_frame(head_bytes.data(), head_bytes.size(), ZMQ_SNDMORE) &&
               ::zmq_msg_send(body_frame.handle(), socket_.handle(), ZMQ_DONTWAIT) >= 0;
    };
    // A queue counts whole messages: it is the first frame that finds it full, or none.
    if (send_all() || ::zmq_errno() != EAGAIN) return;
    metrics_.subscribers_full.add();
    set_lossless(false);
    send_all();
    set_lossless(true);
}

void Publisher::set_lossless(bool on) noexcept {
    const int value = on ? 1 : 0;
    ::zmq_setsockopt(socket_.handle(), ZMQ_XPUB_NODROP, &value, sizeof value);
}

void Publisher::look_at_connections() {
    connections_.take_reports();
    metrics_.events_unread_bytes.set(unread_->bytes.load(std::memory_order_relaxed));
}

void Publisher::look_at_unread(std::uint64_t bytes) {
    sent_bytes_ += bytes;
    unlooked_bytes_ += bytes;
    if (unlooked_bytes_ < looks_after_bytes) return;
    unlooked_bytes_ = 0;
    const std::uint64_t unread = unread_->bytes.load(std::memory_order_relaxed);
    metrics_.events_unread_bytes.set(unread);
    if (unread > unread_bytes_max_) end_slow_connections();
}

void Publisher::end_slow_connections() {
    const auto now = std::chrono::steady_clock::now();
    const auto since = now - looked_for_slow_at_;
    if (since < looks_for_slow_after) return;
    looked_for_slow_at_ = now;
    const std::uint64_t bytes = std::exchange(sent_bytes_, 0);
    // After a longer time it has to be seen first who is slow now.
    metrics_.subscribers_ended.add(connections_.end_slower_than(since < 5 * looks_for_slow_after ? bytes : 0));
}

void Publisher::take_subscriptions() {
    zmq::message_t message;
    while ((socket_.get(zmq::sockopt::events) & ZMQ_POLLIN) != 0) {
        if (!socket_.recv(message, zmq::recv_flags::dontwait)) break;
        // A subscriber can send any message up an XPUB: only what begins with 0 or 1 is about subscriptions, and only the
        // first frame of what it sends.
        const bool more = message.more();
        take_subscription(message.to_string_view());
        while (more && socket_.get(zmq::sockopt::rcvmore)) {
            if (!socket_.recv(message, zmq::recv_flags::dontwait)) break;
        }
    }
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
