// Instants as people in the United Kingdom write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "matching/instant.hpp"

namespace tiebreak::wire {

// Which clock a text for people shows. Everything for programs is in UTC.
enum class Clock : std::uint8_t { uk, utc };

// A date and a time of day on a clock.
struct CivilTime {
    int year = 1970;
    unsigned month = 1;    // from 1
    unsigned day = 1;      // from 1
    unsigned weekday = 0;  // 0: Sunday
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;
    std::uint32_t nanosecond = 0;
    const char* zone = "UTC";  // "GMT", "BST" or "UTC"

    [[nodiscard]] bool same_day(const CivilTime& other) const noexcept {
        return year == other.year && month == other.month && day == other.day && zone == other.zone;
    }
};

// UK time by the rule in force since 1996: BST from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last
// Sunday of October. Instants before 1996, and in the very last hour that there is, are shown in UTC. Requires: at_ns >= 0.
[[nodiscard]] CivilTime civil_time(matching::Instant at_ns, Clock clock) noexcept;

// "Monday 23 November 2026 (GMT)"
[[nodiscard]] std::string day_text(const CivilTime& time);
// "09:10:00", "09:10:00.25", "09:10:00.000 000 001"
[[nodiscard]] std::string time_of_day_text(const CivilTime& time);
// "23 November 2026, 09:10 GMT"; seconds and what is below them only where they are not zero.
[[nodiscard]] std::string instant_text(matching::Instant at_ns, Clock clock);
// "1 April 2025" where the day begins with that instant, else "1 April 2025, 09:00 GMT".
[[nodiscard]] std::string date_in_words(matching::Instant at_ns, Clock clock);
// "23 November 2026, 09:00 to 13:00 GMT"; both in full where they lie on different days.
[[nodiscard]] std::string period_text(matching::Instant from_ns, matching::Instant to_ns, Clock clock);
// "2026-11-23 09:10", for tables; seconds and what is below them only where they are not zero.
[[nodiscard]] std::string table_time_text(matching::Instant at_ns, Clock clock);

// The instant at which a day begins on a clock. Requires: a date from 1970 to 2261.
[[nodiscard]] matching::Instant start_of_day(int year, unsigned month, unsigned day, Clock clock) noexcept;

// "2026-11-23", the beginning of that day on the clock, or an instant as the contract writes it. Nothing if it is neither.
[[nodiscard]] std::optional<matching::Instant> read_day_or_instant(std::string_view text, Clock clock) noexcept;

}  // namespace tiebreak::wire
