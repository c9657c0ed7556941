// On which topics of the feed an event goes out.
//
// A topic ends in '/', so that no id is a prefix of another one's topic: ZeroMQ subscribes by prefix. A topic may not
// depend on anything but the events themselves: its sequence has to come out the same on every replay.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "matching/events.hpp"

namespace tiebreak::wire {

inline constexpr std::string_view all_topic = "all/";
inline constexpr std::string_view award_topic = "award/";

[[nodiscard]] std::string package_topic(std::string_view package);
[[nodiscard]] std::string zone_topic(std::string_view zone);
[[nodiscard]] std::string provider_topic(std::string_view provider);

// Whether a text is the name of one topic: "all/", "award/", or "package/ID/", "zone/ID/", "provider/ID/".
[[nodiscard]] bool is_topic(std::string_view text) noexcept;

// Reusable, so that no memory is taken per event once it is warm.
class TopicList {
public:
    // The topics of an event, each once: all, award, package, zone, then providers sorted by their bytes.
    //
    // Providers are all that the event names. A `rejected` event goes to the topics of the package and the
    // provider that it names only where its code implies that these exist: otherwise whoever invents ids could
    // make the daemon keep a sequence for each.
    void collect(const matching::Event& event);

    [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
    // Valid until the next collect.
    [[nodiscard]] std::string_view operator[](std::size_t index) const noexcept;

private:
    void add(std::string_view prefix, std::string_view id);

    std::string text_;  // the topics, one after the other
    std::vector<std::size_t> ends_;
    std::vector<std::string_view> providers_;
};

}  // namespace tiebreak::wire
