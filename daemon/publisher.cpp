#include "daemon/publisher.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "daemon/sockets.hpp"
#include "wire/topics.hpp"

namespace tiebreak::daemon {

Publisher::Publisher(zmq::context_t& context, const std::string& endpoint, const Limits& limits, Metrics& metrics)
    : subscriptions_max_(limits.subscriptions_max), metrics_(metrics.loop), socket_(context, zmq::socket_type::xpub) {
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
    const auto send_all = [&] {
        return send_frame(topic.data(), topic.size(), ZMQ_SNDMORE) && send_frame(head_bytes.data(), head_bytes.size(), ZMQ_SNDMORE) &&
               send_frame(body.data(), body.size(), 0);
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
