#include "daemon/topic_table.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

#include "matching/archive.hpp"
#include "matching/invariant.hpp"
#include "wire/topics.hpp"

namespace tiebreak::daemon {

using matching::Code;
namespace event = matching::event;

namespace {

template <typename Body>
constexpr bool is_award_news = std::is_same_v<Body, event::Awarded> || std::is_same_v<Body, event::Unawarded> ||
                               std::is_same_v<Body, event::AwardRefused> || std::is_same_v<Body, event::PackageCancelled>;

// A rejection is told to the provider that it names only where its code says that there is one.
bool provider_exists(Code code) noexcept {
    return code != Code::unknown_package && code != Code::unknown_provider;
}

}  // namespace

TopicTable::TopicTable() : all_(add(std::string{wire::all_topic})), award_(add(std::string{wire::award_topic})) {}

void TopicTable::collect(const matching::Event& event, std::vector<TopicIndex>& found) {
    found.clear();
    ++collects_;
    meet(all_, found);
    std::visit(
        [&](const auto& body) {
            using Body = std::decay_t<decltype(body)>;
            if constexpr (is_award_news<Body>) meet(award_, found);
            if (event.package != matching::no_index) {
                if constexpr (std::is_same_v<Body, event::Rejected>) {
                    meet_package(event, body.package.value_or(std::string_view{}), found);
                } else if constexpr (requires { body.package; }) {
                    meet_package(event, body.package, found);
                }
            }
            meet_providers(body, found);
        },
        event.body);
}

template <typename Body>
void TopicTable::meet_providers(const Body& body, std::vector<TopicIndex>& found) {
    if constexpr (std::is_same_v<Body, event::Rejected>) {
        if (body.provider && provider_exists(body.code)) meet_provider(*body.provider, found);
    } else if constexpr (std::is_same_v<Body, event::ApprovalPending>) {
        if (body.provider) meet_provider(*body.provider, found);
    } else if constexpr (requires { body.provider_index; }) {
        meet_provider(body.provider_index, body.provider, found);
    } else if constexpr (requires { body.provider; }) {
        meet_provider(body.provider, found);
    }
    if constexpr (requires { body.invited.begin(); }) {
        for (const std::string_view id : body.invited) meet_provider(id, found);
    }
    if constexpr (requires { body.providers; }) {
        for (const std::string_view id : body.providers) meet_provider(id, found);
    }
    if constexpr (requires { body.ranking; }) {
        for (const matching::RankedOffer& ranked : body.ranking) {
            meet_provider(ranked.provider_index, ranked.provider, found);
        }
    }
}

void TopicTable::meet_package(const matching::Event& event, std::string_view id, std::vector<TopicIndex>& found) {
    if (package_topics_.size() <= event.package) package_topics_.resize(event.package + 1);
    PackageTopics& topics = package_topics_[event.package];
    if (topics.package == no_topic) {
        topics.package = find_or_add(packages_, id);
        if (!event.zone.empty()) topics.zone = find_or_add(zones_, event.zone);
    }
    meet(topics.package, found);
    if (topics.zone != no_topic) meet(topics.zone, found);
}

void TopicTable::meet_provider(matching::ProviderIndex number, std::string_view id, std::vector<TopicIndex>& found) {
    if (number == matching::no_index) return meet_provider(id, found);
    if (provider_topics_.size() <= number) provider_topics_.resize(number + 1, no_topic);
    TopicIndex& topic = provider_topics_[number];
    if (topic == no_topic) topic = find_or_add(providers_, id);
    meet(topic, found);
}

void TopicTable::meet_provider(std::string_view id, std::vector<TopicIndex>& found) {
    meet(find_or_add(providers_, id), found);
}

void TopicTable::meet(TopicIndex index, std::vector<TopicIndex>& found) {
    Topic& topic = topics_[index];
    if (topic.met_in == collects_) return;
    topic.met_in = collects_;
    found.push_back(index);
}

std::optional<TopicIndex> TopicTable::find(std::string_view name) const {
    for (const TopicIndex fixed : {all_, award_}) {
        if (name == names_[fixed]) return fixed;
    }
    for (const Kind* kind : {&packages_, &zones_, &providers_}) {
        if (!name.starts_with(kind->prefix) || !name.ends_with('/') || name.size() <= kind->prefix.size() + 1) continue;
        const TopicIndex index = find(*kind, name.substr(kind->prefix.size(), name.size() - kind->prefix.size() - 1));
        if (index != no_topic) return index;
    }
    return std::nullopt;
}

bool TopicTable::knows_provider(std::string_view id) const { return find(providers_, id) != no_topic; }

std::string_view TopicTable::id_of(const Kind& kind, TopicIndex index) const noexcept {
    const std::string_view name = names_[index];
    return name.substr(kind.prefix.size(), name.size() - kind.prefix.size() - 1);
}

TopicIndex TopicTable::find(const Kind& kind, std::string_view id) const {
    static_assert(no_topic == matching::IdIndex::none);
    return kind.index.find(id, [&](std::uint32_t number) { return id_of(kind, number); });
}

TopicIndex TopicTable::find_or_add(Kind& kind, std::string_view id) {
    const TopicIndex known = find(kind, id);
    if (known != no_topic) return known;
    std::string name{kind.prefix};
    name.append(id).push_back('/');
    const TopicIndex index = add(std::move(name));
    kind.index.insert(matching::IdIndex::hash_of(id), index);
    return index;
}

void TopicTable::save(std::string& out) const {
    matching::ByteWriter to(out);
    std::uint64_t count = topics_.size();
    matching::archive(to, count);
    for (std::size_t i = 0; i < count; ++i) {
        Topic topic = topics_[i];
        std::string name = names_[i];
        matching::archive(to, name, topic.topic_sequence, topic.sequence);
    }
    std::uint64_t packages = package_topics_.size();
    matching::archive(to, packages);
    for (PackageTopics topics : package_topics_) matching::archive(to, topics.package, topics.zone);
}

bool TopicTable::load(std::string_view saved) {
    matching::ByteReader from(saved);
    std::uint64_t count = 0;
    matching::archive(from, count);
    for (std::uint64_t i = 0; i < count && from.ok(); ++i) {
        std::string name;
        std::uint64_t topic_sequence = 0, sequence = 0;
        matching::archive(from, name, topic_sequence, sequence);
        if (!from.ok() || !load_topic(static_cast<TopicIndex>(i), std::move(name))) return false;
        topics_[i].topic_sequence = topic_sequence;
        topics_[i].sequence = sequence;
    }
    const auto there = [&](TopicIndex index) { return index == no_topic || index < topics_.size(); };
    std::uint64_t packages = 0;
    matching::archive(from, packages);
    for (std::uint64_t i = 0; i < packages && from.ok(); ++i) {
        PackageTopics topics;
        matching::archive(from, topics.package, topics.zone);
        if (!there(topics.package) || !there(topics.zone)) return false;
        package_topics_.push_back(topics);
    }
    return from.ok() && from.left() == 0 && topics_.size() == count;
}

// The two that every table begins with, or one of a kind that is not there yet.
bool TopicTable::load_topic(TopicIndex index, std::string name) {
    if (index == all_ || index == award_) return names_[index] == name;
    for (Kind* kind : {&packages_, &zones_, &providers_}) {
        if (!name.starts_with(kind->prefix) || !name.ends_with('/') || name.size() <= kind->prefix.size() + 1) continue;
        const std::string_view id = std::string_view{name}.substr(kind->prefix.size(), name.size() - kind->prefix.size() - 1);
        if (find(*kind, id) != no_topic) return false;
        kind->index.insert(matching::IdIndex::hash_of(id), add(name));
        return true;
    }
    return false;
}

TopicIndex TopicTable::add(std::string name) {
    TIEBREAK_INVARIANT(topics_.size() < no_topic, "topics are numbered in 32 bits");
    topics_.push_back({});
    names_.push_back(std::move(name));
    return static_cast<TopicIndex>(topics_.size() - 1);
}

}  // namespace tiebreak::daemon
