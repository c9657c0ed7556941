// The feed's socket: an XPUB that the loop's thread owns, with the subscriptions it is told of.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <zmq.hpp>

#include "daemon/feed.hpp"
#include "daemon/limits.hpp"
#include "daemon/metrics.hpp"
#include "daemon/subscriber_watch.hpp"
#include "daemon/unread.hpp"

namespace tiebreak::daemon {

class Publisher final : public FeedOutlet {
public:
    // Binds, throws zmq::error_t if it can't. From then on one thread at a time, but for look_at_subscribers().
    Publisher(zmq::context_t& context, const std::string& endpoint, const Limits& limits, Metrics& metrics);

    [[nodiscard]] std::string endpoint() const;  // as bound: a wildcard port is a number here

    [[nodiscard]] std::uint32_t subscriptions_as_of() const noexcept override { return as_of_; }
    [[nodiscard]] bool is_wanted(std::string_view topic) const noexcept override;
    [[nodiscard]] std::span<const std::string> wanted_topics() const noexcept override;
    void send(std::string_view topic, const wire::FeedHead& head, std::span<const std::byte> body) noexcept override;

    // Readable when the socket may have something for us. Edge-triggered, and shared with sending: ZeroMQ takes a signal off it
    // while it sends, so whoever waits for it has to call take_subscriptions() after every burst of sends and before every wait.
    [[nodiscard]] int fd() const;

    // Takes in what has been subscribed and unsubscribed since, some at a time. True: there is more, call again soon.
    [[nodiscard]] bool take_subscriptions();

    // Ends the connections of subscribers that take more than there is for all. About once a second, on one thread, which may be another
    // than the others' and run at the same time: it takes longer than a turn of the loop should, and must not wait for one.
    void look_at_subscribers();

private:
    void take_subscription(std::string_view message);
    void hear_what_was_taken() noexcept;
    void set_lossless(bool on) noexcept;

    const std::uint64_t subscriptions_max_;
    const std::uint64_t unread_bytes_max_;
    const std::uint64_t subscriptions_bytes_max_;
    decltype(Metrics::loop)& metrics_;
    decltype(Metrics::keeper)& watch_metrics_;
    zmq::socket_t socket_;
    std::shared_ptr<Unread> unread_ = std::make_shared<Unread>();
    Figure sent_bytes_;
    SubscriberWatch watch_;
    std::uint64_t sent_bytes_before_ = 0;  // at the last look
    std::uint32_t as_of_ = 1;
    std::set<std::string, std::less<>> prefixes_;
    bool overflowed_ = false;  // more than the limit: everything counts as wanted until all have gone
    mutable std::vector<std::string> wanted_topics_;
    mutable std::uint32_t wanted_topics_as_of_ = 0;
};

}  // namespace tiebreak::daemon
