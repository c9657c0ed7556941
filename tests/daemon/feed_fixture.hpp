// An outlet that writes down what would have been sent, and events made by hand.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/feed.hpp"
#include "matching/events.hpp"
#include "wire/topics.hpp"

namespace tiebreak::daemon {

struct Sent {
    std::string topic;
    wire::FeedHead head;
    bool heartbeat = false;
};

class RecordingOutlet final : public FeedOutlet {
public:
    void subscribe(std::string prefix) {
        prefixes_.insert(std::move(prefix));
        ++as_of_;
        wanted_.clear();
        std::ranges::copy_if(prefixes_, std::back_inserter(wanted_), wire::is_topic);
    }
    [[nodiscard]] std::uint32_t subscriptions_as_of() const noexcept override { return as_of_; }
    [[nodiscard]] bool is_wanted(std::string_view topic) const noexcept override {
        return std::ranges::any_of(prefixes_, [&](const std::string& prefix) { return topic.starts_with(prefix); });
    }
    [[nodiscard]] std::span<const std::string> wanted_topics() const noexcept override { return wanted_; }
    void send(std::string_view topic, const wire::FeedHead& head, std::span<const std::byte> body) noexcept override {
        sent.push_back({std::string{topic}, head, body.empty()});
    }

    // The global sequences sent on a topic since the last look, heartbeats left out.
    std::vector<std::uint64_t> take(std::string_view topic) {
        std::vector<std::uint64_t> sequences;
        std::erase_if(sent, [&](const Sent& message) {
            if (message.topic != topic || message.heartbeat) return false;
            sequences.push_back(message.head.sequence);
            return true;
        });
        return sequences;
    }

    std::vector<Sent> sent;

private:
    std::set<std::string> prefixes_;
    std::vector<std::string> wanted_;
    std::uint32_t as_of_ = 1;
};

// Makes events with rising sequences.
class EventMaker {
public:
    matching::Event about_package(matching::PackageIndex index, std::string_view id, std::string_view zone = {}) {
        return make(index, zone, matching::event::PackageCancelled{id});
    }
    matching::Event offer(matching::PackageIndex index, std::string_view package, std::string_view provider,
                          std::string_view zone = {}) {
        return make(index, zone, matching::event::OfferAccepted{package, "s", "o", provider, 1, {}, false, false});
    }
    matching::Event provider(std::string_view id) {
        return make(matching::no_index, {}, matching::event::ProviderRegistered{id, 1});
    }
    matching::Event make(matching::PackageIndex index, std::string_view zone, matching::EventBody body) {
        return {1, ++sequence_, index, zone, body};
    }

private:
    std::uint64_t sequence_ = 0;
};

}  // namespace tiebreak::daemon
