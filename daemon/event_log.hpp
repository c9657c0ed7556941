// Log lines that name the package and the offer: packages, awards, extensions and refusals at level info, each offer at level debug.
//
// Written by the archive's thread, from the events that it absorbs anyway, about a second later. At most lines_max of them a second: the others
// are counted, without being read, and named in one line by their kinds. So a rush of offers costs the log next to nothing, and a
// rush of awards no more than so many lines.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "daemon/log.hpp"
#include "daemon/metrics.hpp"
#include "daemon/passage.hpp"
#include "matching/events.hpp"
#include "wire/event_reader.hpp"

namespace tiebreak::daemon {

// Archive thread.
class EventLog {
public:
    static constexpr std::uint64_t lines_max = 100;          // a second, at level info
    static constexpr std::uint64_t debug_lines_max = 10'000;  // with every offer

    using Out = std::function<void(log::Level, std::string_view)>;
    EventLog(bool debug, Passage& passage, const Metrics& metrics, Out out);

    // The next event, as the feed's message of it.
    void take(std::uint64_t sequence, std::span<const std::byte> body);
    // Now and then: after a second, says what was only counted.
    void tick(std::int64_t steady_ns);
    // Says what has only been counted so far.
    void finish();

private:
    [[nodiscard]] std::string late(std::uint64_t sequence, matching::Instant at_ns);
    [[nodiscard]] std::string line_of(const matching::Event& event);
    void say_suppressed();
    void say_refused();

    const bool debug_;
    Passage& passage_;
    const Metrics& metrics_;
    const Out out_;
    wire::EventReader reader_;
    std::int64_t second_began_ns_ = 0;
    std::uint64_t lines_ = 0;  // in this second
    std::array<std::uint64_t, std::variant_size_v<matching::EventBody>> suppressed_{};
    DeadlinesApplied applied_;  // the last ones before the event at hand
    std::uint64_t busy_ = 0;    // commands and messages, when last said
    std::uint64_t malformed_ = 0;
};

}  // namespace tiebreak::daemon
