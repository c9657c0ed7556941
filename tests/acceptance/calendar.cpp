#include "tests/acceptance/calendar.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <vector>

#include "tests/acceptance/page.hpp"
#include "wire/instant_text.hpp"

namespace tiebreak::acceptance {
namespace {

constexpr std::array<std::string_view, 12> months = {"January",   "February", "March",    "April",
                                                     "May",       "June",     "July",     "August",
                                                     "September", "October",  "November", "December"};
constexpr matching::Duration second_ns = 1'000'000'000;

bool all_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::string two_digits(std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

std::string month_number(std::string_view name) {
    for (std::size_t i = 0; i < months.size(); ++i)
        if (name == months[i] || name == months[i].substr(0, 3)) return two_digits(static_cast<std::int64_t>(i + 1));
    throw BadWords("“" + std::string(name) + "” is no month; there are: January or Jan, February or Feb, …");
}

// "2026-11-23" from the words "23 Nov 2026" or "23 Nov".
std::string date_of(const std::vector<std::string_view>& words, const std::string& year) {
    if (words.size() < 2 || words.size() > 3 || !all_digits(words[0]) || words[0].size() > 2)
        throw BadWords("a day is written like 23 November 2026");
    const std::string day(words[0]);
    return (words.size() == 3 ? std::string(words[2]) : year) + '-' + month_number(words[1]) + '-' +
           (day.size() == 1 ? "0" : "") + day;
}

}  // namespace

Calendar::Calendar(std::string_view day) {
    const auto parts = split(day, ",");
    const auto words = split(parts.empty() ? "" : parts[0], " ");
    if (words.size() != 3 || parts.size() > 2)
        throw BadWords("a day is written like “23 November 2026” or “1 April 2025, UTC+1”");
    year_ = words[2];
    date_ = date_of(words, year_);
    const auto clock = parts.size() == 2 ? parts[1] : "UTC";
    if (clock == "UTC+1") {
        zone_ = "+01:00";
        offset_ns_ = 3600 * second_ns;
    } else if (clock != "UTC") {
        throw BadWords("the clock is UTC or UTC+1, not " + std::string(clock));
    }
    (void)read("00:00");
}

matching::Instant Calendar::read(std::string_view text) const {
    auto words = split(text, " ");
    if (words.empty()) throw BadWords("a time is missing");
    std::string clock(words.back());
    words.pop_back();
    if (clock.size() == 5) clock += ":00";
    const auto instant = wire::read_instant((words.empty() ? date_ : date_of(words, year_)) + 'T' + clock + zone_);
    if (!instant)
        throw BadWords("“" + std::string(text) +
                       "” is no time; one is written 09:00, 24 Nov 09:00 or 1 October 2024 09:00:00.5");
    return instant.value;
}

std::string Calendar::show(matching::Instant at_ns) const {
    using namespace std::chrono;
    const auto local_ns = at_ns > matching::last_instant - offset_ns_ ? at_ns : at_ns + offset_ns_;
    const sys_seconds at{seconds{local_ns / second_ns}};
    const auto day = floor<days>(at);
    const year_month_day date{day};
    const hh_mm_ss clock{at - day};
    const auto year = std::to_string(static_cast<int>(date.year()));
    const auto month = static_cast<unsigned>(date.month());
    const auto day_number = static_cast<unsigned>(date.day());

    std::string shown;
    if (year + '-' + two_digits(month) + '-' + two_digits(day_number) != date_) {
        shown = std::to_string(day_number) + ' ' + std::string(months[month - 1].substr(0, 3)) + ' ';
        if (year != year_) shown += year + ' ';
    }
    shown += two_digits(clock.hours().count()) + ':' + two_digits(clock.minutes().count());
    const auto fraction = local_ns % second_ns;
    if (clock.seconds().count() != 0 || fraction != 0) shown += ':' + two_digits(clock.seconds().count());
    if (fraction != 0) {
        auto digits = std::to_string(fraction);
        digits.insert(0, 9 - digits.size(), '0');
        shown += '.' + digits.substr(0, digits.find_last_not_of('0') + 1);
    }
    return shown;
}

}  // namespace tiebreak::acceptance
