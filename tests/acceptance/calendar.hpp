// Times as people write them on a page, and back.
#pragma once

#include <string>
#include <string_view>

#include "matching/instant.hpp"

namespace tiebreak::acceptance {

// The day on which a scenario plays, and the clock by which its times are told.
class Calendar {
public:
    Calendar() = default;
    // "23 November 2026", "1 April 2025, UTC+1". Throws BadWords.
    explicit Calendar(std::string_view day);

    // "09:00", "09:00:00.000000001" (on the day), "24 Nov 09:00" (in its year), "1 October 2024 00:00". Throws
    // BadWords.
    [[nodiscard]] matching::Instant read(std::string_view text) const;
    // As short as it can be without losing anything.
    [[nodiscard]] std::string show(matching::Instant at_ns) const;

private:
    std::string date_ = "1970-01-01";
    std::string year_ = "1970";
    std::string zone_ = "Z";
    matching::Duration offset_ns_ = 0;
};

}  // namespace tiebreak::acceptance
