#include "tests/simulation/network.hpp"

#include <algorithm>
#include <utility>

#include "wire/topics.hpp"

namespace tiebreak::simulation {

Network::Network(const Scene& scene, Schedule& schedule, Trace& trace)
    : scene_(scene), schedule_(schedule), trace_(trace), dice_(mixed(scene.seed, 1)) {}

PortalNumber Network::connect(LineEnd& end, std::vector<std::string> subscriptions) {
    Line line;
    line.end = &end;
    line.subscriptions = std::move(subscriptions);
    lines_.push_back(std::move(line));
    return static_cast<PortalNumber>(lines_.size() - 1);
}

std::int64_t Network::latency_ns() {
    const std::int64_t typical_ns = scene_.latency_ns / 2 + dice_.between(0, scene_.latency_ns);
    if (healed_ || !dice_.chance(1)) return typical_ns;
    return typical_ns * dice_.between(10, 1'000);
}

void Network::carry(PortalNumber portal, TrueTime& last, std::function<void()> arrive) {
    if (!healed_ && dice_.below(10'000) < scene_.losses_per_10000) {
        ++counts_.lost;
        trace_.note("network lost a message of portal", portal);
        return;
    }
    const bool twice = !healed_ && dice_.below(10'000) < scene_.doubles_per_10000;
    const auto send = [&](std::function<void()> once) {
        last = std::max(last + 1, schedule_.now() + latency_ns());
        schedule_.at(last, [this, portal, life = lines_[portal].life, once = std::move(once)] {
            if (lines_[portal].life == life) once();
        });
    };
    if (twice) {
        ++counts_.doubled;
        send(arrive);
    }
    send(std::move(arrive));
}

void Network::request(PortalNumber from, const Bytes& message) {
    Line& line = lines_[from];
    ++counts_.requests;
    if (!is_up(line)) {
        ++counts_.lost;
        return;
    }
    carry(from, line.last_up, [this, from, message] {
        const std::uint64_t serial = sender_of_.size();
        sender_of_.push_back(from);
        life_of_.push_back(lines_[from].life);
        to_daemon(serial, message);
    });
}

void Network::reply(std::uint64_t serial, std::span<const std::byte> message) {
    const PortalNumber to = sender_of_[serial];
    Line& line = lines_[to];
    ++counts_.replies;
    if (line.life != life_of_[serial]) {
        ++counts_.lost;  // the connection that the request came by is no more
        return;
    }
    carry(to, line.last_down, [this, to, copy = copy_of(message)] { lines_[to].end->on_reply(copy); });
}

void Network::end_life(Line& line) {
    ++line.life;
    line.subscribed = false;
}

// Connecting again takes a moment, and what is published before the subscription has come is missed.
void Network::begin_life(PortalNumber portal) {
    schedule_.after(1 * ms + latency_ns(), [this, portal, life = lines_[portal].life] {
        Line& line = lines_[portal];
        if (line.life != life || !is_up(line)) return;
        line.subscribed = true;
        subscriptions_changed();
    });
}

void Network::subscriptions_changed() {
    ++as_of_;
    wanted_.clear();
    for (const Line& line : lines_) {
        if (!line.subscribed) continue;
        for (const std::string& prefix : line.subscriptions) {
            if (wire::is_topic(prefix)) wanted_.push_back(prefix);
        }
    }
    std::sort(wanted_.begin(), wanted_.end());
    wanted_.erase(std::unique(wanted_.begin(), wanted_.end()), wanted_.end());
}

void Network::daemon_is_up() {
    daemon_up_ = true;
    for (PortalNumber portal = 0; portal < lines_.size(); ++portal) {
        end_life(lines_[portal]);
        if (is_up(lines_[portal])) begin_life(portal);
    }
    subscriptions_changed();
}

void Network::daemon_is_gone() {
    daemon_up_ = false;
    for (Line& line : lines_) end_life(line);
    subscriptions_changed();
}

void Network::cut(PortalNumber portal, std::int64_t for_ns) {
    Line& line = lines_[portal];
    end_life(line);
    line.down_until = std::max(line.down_until, schedule_.now() + for_ns);
    subscriptions_changed();
    schedule_.at(line.down_until, [this, portal] {
        if (is_up(lines_[portal])) begin_life(portal);
    });
}

void Network::heal() { healed_ = true; }

bool Network::is_wanted(std::string_view topic) const noexcept {
    return std::any_of(lines_.begin(), lines_.end(), [topic](const Line& line) {
        return line.subscribed && std::any_of(line.subscriptions.begin(), line.subscriptions.end(),
                                              [topic](const std::string& prefix) { return topic.starts_with(prefix); });
    });
}

void Network::send(std::string_view topic, const wire::FeedHead& head, std::span<const std::byte> body) noexcept {
    trace_.note("feed", head.topic_sequence, mixed(hash_of(topic), hash_of(body)));
    std::shared_ptr<const FeedMessage> message;
    for (PortalNumber portal = 0; portal < lines_.size(); ++portal) {
        Line& line = lines_[portal];
        if (!line.subscribed) continue;
        const bool wants = std::any_of(line.subscriptions.begin(), line.subscriptions.end(),
                                       [topic](const std::string& prefix) { return topic.starts_with(prefix); });
        if (!wants) continue;
        if (!message) message = std::make_shared<const FeedMessage>(FeedMessage{std::string{topic}, head, copy_of(body)});
        ++counts_.feed_messages;
        carry(portal, line.last_down, [this, portal, message] { lines_[portal].end->on_feed(*message); });
    }
}

}  // namespace tiebreak::simulation
