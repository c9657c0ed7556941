// Reads an event from the body of a feed message (schema/event.fbs).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "matching/events.hpp"

namespace tiebreak::wire {

// Reusable; keeps a copy of the message. One thread at a time.
class EventReader {
public:
    // Which event the message holds, by its place in matching::EventBody, without reading the rest of it. For messages of EventWriter's, at
    // addresses divisible by eight.
    [[nodiscard]] static std::size_t kind_of(std::span<const std::byte> message) noexcept;

    // Nothing, or what is wrong with the message. Any bytes at any address are safe.
    [[nodiscard]] std::optional<std::string> open(std::span<const std::byte> message);

    // The event of the last open that succeeded; its views are valid until the next open. `package` and `zone`, which
    // are never written, are no_index and empty.
    [[nodiscard]] const matching::Event& event() const noexcept { return event_; }

private:
    friend class EventFields;

    std::vector<std::uint64_t> buffer_;  // words, so that it is aligned
    std::vector<std::string_view> texts_;
    std::vector<std::string_view> more_texts_;
    std::vector<matching::RankedOffer> ranking_;
    matching::Event event_;
};

}  // namespace tiebreak::wire
