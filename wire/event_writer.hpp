// Writes an event as the feed carries it (schema/event.fbs).
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "matching/events.hpp"

namespace tiebreak::wire {

// Keeps its memory from one event to the next. One thread at a time.
class EventWriter {
public:
    EventWriter();
    ~EventWriter();
    EventWriter(EventWriter&&) noexcept;
    EventWriter& operator=(EventWriter&&) noexcept;

    // The body of a feed message; valid until the next call. The same event gives the same bytes.
    [[nodiscard]] std::span<const std::byte> write(const matching::Event& event);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tiebreak::wire
