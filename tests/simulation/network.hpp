// The wires between the portals and the daemon: each portal has one line for commands, replies and its part of the feed. What is on
// a line arrives in order, late, twice, or not at all.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/feed.hpp"
#include "tests/reference/dice.hpp"
#include "tests/simulation/scene.hpp"
#include "tests/simulation/schedule.hpp"
#include "tests/simulation/trace.hpp"
#include "wire/feed_head.hpp"

namespace tiebreak::simulation {

using Bytes = std::shared_ptr<const std::vector<std::byte>>;
using PortalNumber = std::uint32_t;

[[nodiscard]] inline Bytes copy_of(std::span<const std::byte> bytes) {
    return std::make_shared<const std::vector<std::byte>>(bytes.begin(), bytes.end());
}

struct FeedMessage {
    std::string topic;
    wire::FeedHead head;
    Bytes body;  // empty: a heartbeat
};

// What sits at a portal's end of its line.
class LineEnd {
public:
    virtual ~LineEnd() = default;
    virtual void on_reply(const Bytes& message) = 0;
    virtual void on_feed(const FeedMessage& message) = 0;
};

struct NetworkCounts {
    std::uint64_t requests = 0;
    std::uint64_t replies = 0;
    std::uint64_t feed_messages = 0;
    std::uint64_t lost = 0;
    std::uint64_t doubled = 0;
};

class Network final : public daemon::FeedOutlet {
public:
    Network(const Scene& scene, Schedule& schedule, Trace& trace);

    // To the daemon; each message that arrives has a number of its own, which its reply comes back under.
    std::function<void(std::uint64_t serial, const Bytes& message)> to_daemon;

    PortalNumber connect(LineEnd& end, std::vector<std::string> subscriptions);
    void request(PortalNumber from, const Bytes& message);
    void reply(std::uint64_t serial, std::span<const std::byte> message);

    // The daemon's end: all that was on the lines is gone when it goes.
    void daemon_is_up();
    void daemon_is_gone();
    void cut(PortalNumber portal, std::int64_t for_ns);
    // From now on nothing is lost, doubled or slow.
    void heal();

    [[nodiscard]] std::size_t portals() const noexcept { return lines_.size(); }
    [[nodiscard]] std::int64_t latency_ns();
    [[nodiscard]] const NetworkCounts& counts() const noexcept { return counts_; }

    // FeedOutlet
    [[nodiscard]] std::uint32_t subscriptions_as_of() const noexcept override { return as_of_; }
    [[nodiscard]] bool is_wanted(std::string_view topic) const noexcept override;
    [[nodiscard]] std::span<const std::string> wanted_topics() const noexcept override { return wanted_; }
    void send(std::string_view topic, const wire::FeedHead& head, std::span<const std::byte> body) noexcept override;

private:
    struct Line {
        LineEnd* end = nullptr;
        std::vector<std::string> subscriptions;
        bool subscribed = false;
        std::uint32_t life = 0;  // what was sent in an earlier one does not arrive
        TrueTime down_until = 0;
        TrueTime last_up = 0, last_down = 0;  // arrivals, so that none overtakes another
    };

    [[nodiscard]] bool is_up(const Line& line) const noexcept {
        return daemon_up_ && line.down_until <= schedule_.now();
    }
    void end_life(Line& line);
    void begin_life(PortalNumber portal);
    void subscriptions_changed();
    // Arranges `arrive` for as often as the message arrives: once, mostly.
    void carry(PortalNumber portal, TrueTime& last, std::function<void()> arrive);

    const Scene& scene_;
    Schedule& schedule_;
    Trace& trace_;
    reference::Dice dice_;
    std::vector<Line> lines_;
    std::vector<PortalNumber> sender_of_;  // by serial
    std::vector<std::uint32_t> life_of_;   // likewise
    bool daemon_up_ = false;
    bool healed_ = false;
    std::uint32_t as_of_ = 1;
    std::vector<std::string> wanted_;
    NetworkCounts counts_;
};

}  // namespace tiebreak::simulation
