// The feed's socket: an XPUB that the loop's thread owns, with the subscriptions it is told of.
#pragma once

#include <chrono>
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
#include "daemon/slow_connections.hpp"
#include "daemon/unread.hpp"

namespace tiebreak::daemon {

class Publisher final : public FeedOutlet {
public:
    // Binds, throws zmq::error_t if it can't. From then on one thread at a time.
    Publisher(zmq::context_t& context, const std::string& endpoint, const Limits& limits, Metrics& metrics);

    [[nodiscard]] std::string endpoint() const;  // as bound: a wildcard port is a number here

    [[nodiscard]] std::uint32_t subscriptions_as_of() const noexcept override { return as_of_; }
    [[nodiscard]] bool is_wanted(std::string_view topic) const noexcept override;
    [[nodiscard]] std::span<const std::string> wanted_topics() const noexcept override;
    void send(std::string_view topic, const wire::FeedHead& head, std::span<const std::byte> body) noexcept override;

    // Readable when the socket may have something for us. Edge-triggered, and shared with sending: ZeroMQ takes a signal off it
    // while it sends, so whoever waits for it has to call take_subscriptions() after every burst of sends and before every wait.
    [[nodiscard]] int fd() const;

    // Takes in what has been subscribed and unsubscribed since.
    void take_subscriptions();

    // Takes in which connections have come and gone, and how much is unread. Once a second or so: it costs more than a turn should.
    void look_at_connections();

private:
    void take_subscription(std::string_view message);
    void set_lossless(bool on) noexcept;
    void look_at_unread(std::uint64_t bytes);
    void end_slow_connections();

    const std::uint64_t subscriptions_max_;
    const std::uint64_t unread_bytes_max_;
    decltype(Metrics::loop)& metrics_;
    zmq::socket_t socket_;
    SlowConnections connections_;
    std::shared_ptr<Unread> unread_ = std::make_shared<Unread>();
    std::uint64_t sent_bytes_ = 0;      // since slow connections were last looked for
    std::uint64_t unlooked_bytes_ = 0;  // since it was last looked how much is unread
    std::chrono::steady_clock::time_point looked_for_slow_at_;
    std::uint32_t as_of_ = 1;
    std::set<std::string, std::less<>> prefixes_;
    bool overflowed_ = false;  // more than the limit: everything counts as wanted until all have gone
    mutable std::vector<std::string> wanted_topics_;
    mutable std::uint32_t wanted_topics_as_of_ = 0;
};

}  // namespace tiebreak::daemon
