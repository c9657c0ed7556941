#include "wire/topics.hpp"

#include <algorithm>
#include <type_traits>
#include <variant>

#include "matching/well_formed.hpp"

namespace tiebreak::wire {
namespace {

namespace event = matching::event;
using matching::Code;

constexpr std::string_view package_prefix = "package/";
constexpr std::string_view zone_prefix = "zone/";
constexpr std::string_view provider_prefix = "provider/";

std::string topic(std::string_view prefix, std::string_view id) {
    std::string text{prefix};
    text += id;
    text += '/';
    return text;
}

bool is_award_event(const matching::EventBody& body) {
    return std::holds_alternative<event::Awarded>(body) || std::holds_alternative<event::Unawarded>(body) ||
           std::holds_alternative<event::AwardRefused>(body) || std::holds_alternative<event::PackageCancelled>(body);
}

// Which of the ids that a rejected command named are sure to be those of something that exists.
struct Known {
    bool package = true;
    bool provider = true;
};

Known known_ids(const event::Rejected& rejected) {
    switch (rejected.code) {
        case Code::unknown_package: return {false, false};    // looked at first: nothing is known of the provider
        case Code::unknown_procedure: return {false, false};  // the package was not opened
        case Code::unknown_provider: return {true, false};
        default: return {};
    }
}

// The package that an event is about; empty if none.
template <class Body>
std::string_view package_of(const Body& body) {
    if constexpr (std::is_same_v<Body, event::Rejected>) {
        return known_ids(body).package ? body.package.value_or(std::string_view{}) : std::string_view{};
    } else if constexpr (requires { body.package; }) {
        return body.package;
    } else {
        return {};
    }
}

template <class Body>
void providers_of(const Body& body, std::vector<std::string_view>& providers) {
    if constexpr (std::is_same_v<Body, event::Rejected>) {
        if (body.provider && known_ids(body).provider) providers.push_back(*body.provider);
    } else if constexpr (std::is_same_v<Body, event::ApprovalPending>) {
        if (body.provider) providers.push_back(*body.provider);
    } else if constexpr (requires { body.provider; }) {
        providers.push_back(body.provider);
    }
    if constexpr (requires { body.invited.begin(); }) {
        providers.insert(providers.end(), body.invited.begin(), body.invited.end());
    }
    if constexpr (requires { body.providers; }) {
        providers.insert(providers.end(), body.providers.begin(), body.providers.end());
    }
    if constexpr (requires { body.ranking; }) {
        for (const matching::RankedOffer& ranked : body.ranking) providers.push_back(ranked.provider);
    }
}

}  // namespace

std::string package_topic(std::string_view package) { return topic(package_prefix, package); }
std::string zone_topic(std::string_view zone) { return topic(zone_prefix, zone); }
std::string provider_topic(std::string_view provider) { return topic(provider_prefix, provider); }

bool is_topic(std::string_view text) noexcept {
    if (text == all_topic || text == award_topic) return true;
    for (const std::string_view prefix : {package_prefix, zone_prefix, provider_prefix}) {
        if (text.starts_with(prefix) && text.ends_with('/') && text.size() > prefix.size()) {
            return matching::is_id(text.substr(prefix.size(), text.size() - prefix.size() - 1));
        }
    }
    return false;
}

void TopicList::add(std::string_view prefix, std::string_view id) {
    text_ += prefix;
    text_ += id;
    if (!id.empty()) text_ += '/';
    ends_.push_back(text_.size());
}

void TopicList::collect(const matching::Event& event) {
    text_.clear();
    ends_.clear();
    providers_.clear();
    add(all_topic, {});
    if (is_award_event(event.body)) add(award_topic, {});
    const std::string_view package = std::visit([](const auto& body) { return package_of(body); }, event.body);
    if (!package.empty()) add(package_prefix, package);
    if (!event.zone.empty()) add(zone_prefix, event.zone);

    std::visit([this](const auto& body) { providers_of(body, providers_); }, event.body);
    std::sort(providers_.begin(), providers_.end());
    const auto last = std::unique(providers_.begin(), providers_.end());
    for (auto provider = providers_.begin(); provider != last; ++provider) add(provider_prefix, *provider);
}

std::string_view TopicList::operator[](std::size_t index) const noexcept {
    const std::size_t first = index == 0 ? 0 : ends_[index - 1];
    return std::string_view{text_}.substr(first, ends_[index] - first);
}

}  // namespace tiebreak::wire
