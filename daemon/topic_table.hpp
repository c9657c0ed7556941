// The feed's topics with their sequences, in tables by number: an offer's four topics cost a few indexed reads; no text is put
// together or looked up.
//
// Which topics an event has is wire/topics.hpp's rule; tests/daemon/topic_table_test.cpp holds the two against each other.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matching/events.hpp"
#include "matching/id_index.hpp"
#include "matching/prefetch.hpp"
#include "matching/stable_vector.hpp"

namespace tiebreak::daemon {

using TopicIndex = std::uint32_t;
inline constexpr TopicIndex no_topic = std::numeric_limits<TopicIndex>::max();

// What changes with an event, in one cache line: with thousands of packages a topic is seldom in the cache. Names lie elsewhere.
struct alignas(64) Topic {
    std::uint64_t topic_sequence = 0;       // of its last event
    std::uint64_t sequence = 0;             // of that event
    std::uint64_t sent_topic_sequence = 0;  // the same two of the last event that was sent
    std::uint64_t sent_sequence = 0;
    std::uint64_t release_position = 0;     // this must be durable before anything more leaves on the topic
    std::uint64_t met_in = 0;               // the last collect() that found it
    std::uint32_t wanted_as_of = 0;         // which state of the subscriptions `wanted` is about
    bool wanted = false;                    // somebody is subscribed
    std::uint8_t heartbeats_left = 0;       // that are owed after its last event
};

// One thread.
class TopicTable {
public:
    TopicTable();

    // The topics of an event, each once, into `found` (cleared first). New packages, providers and zones get theirs.
    void collect(const matching::Event& event, std::vector<TopicIndex>& found);

    // Brings near what an event about this package meets.
    void prefetch(matching::PackageIndex package) const noexcept {
        if (package >= package_topics_.size() || package_topics_[package].package == no_topic) return;
        matching::prefetch(&topics_[package_topics_[package].package]);
    }

    [[nodiscard]] Topic& operator[](TopicIndex index) noexcept { return topics_[index]; }
    [[nodiscard]] const Topic& operator[](TopicIndex index) const noexcept { return topics_[index]; }
    // Stays in place as long as the table.
    [[nodiscard]] const std::string& name(TopicIndex index) const noexcept { return names_[index]; }
    [[nodiscard]] std::size_t size() const noexcept { return topics_.size(); }

    // By its name as a subscriber writes it; nothing if no event has had that topic yet.
    [[nodiscard]] std::optional<TopicIndex> find(std::string_view name) const;

    [[nodiscard]] bool knows_provider(std::string_view id) const;

    // Names and sequences: what the journal alone decides. Equal tables give equal bytes.
    void save(std::string& out) const;
    // Into a new table. False if the bytes are no such table; it must not be used then.
    [[nodiscard]] bool load(std::string_view saved);

private:
    // The topics of one kind: package/, zone/ or provider/.
    struct Kind {
        std::string_view prefix;
        matching::IdIndex index;
    };

    [[nodiscard]] std::string_view id_of(const Kind& kind, TopicIndex index) const noexcept;
    [[nodiscard]] TopicIndex find(const Kind& kind, std::string_view id) const;
    [[nodiscard]] TopicIndex find_or_add(Kind& kind, std::string_view id);
    [[nodiscard]] TopicIndex add(std::string name);
    [[nodiscard]] bool load_topic(TopicIndex index, std::string name);
    void meet(TopicIndex index, std::vector<TopicIndex>& found);
    void meet_package(const matching::Event& event, std::string_view id, std::vector<TopicIndex>& found);
    void meet_provider(std::string_view id, std::vector<TopicIndex>& found);
    void meet_provider(matching::ProviderIndex number, std::string_view id, std::vector<TopicIndex>& found);
    template <typename Body>
    void meet_providers(const Body& body, std::vector<TopicIndex>& found);

    // A package's topic and its zone's; no_topic where it has no zone or has not been met.
    struct PackageTopics {
        TopicIndex package = no_topic;
        TopicIndex zone = no_topic;
    };

    matching::StableVector<Topic> topics_;
    matching::StableVector<std::string> names_;
    Kind packages_{"package/", {}};
    Kind zones_{"zone/", {}};
    Kind providers_{"provider/", {}};
    TopicIndex all_;
    TopicIndex award_;
    std::vector<PackageTopics> package_topics_;  // by PackageIndex
    std::vector<TopicIndex> provider_topics_;    // by ProviderIndex, as far as an offer or a ranking has named them
    std::uint64_t collects_ = 0;
};

}  // namespace tiebreak::daemon
