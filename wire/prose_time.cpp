#include "wire/prose_time.hpp"

#include <array>
#include <string_view>

namespace tiebreak::wire {
namespace {

using matching::Instant;

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t hour_s = 3'600;
constexpr std::int64_t day_s = 86'400;
constexpr int uk_rule_since = 1996;

constexpr std::array<std::string_view, 12> months{"January", "February", "March",     "April",   "May",      "June",
                                                  "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> weekdays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};

// Days since 1970-01-01 of a date of the Gregorian calendar (H. Hinnant, chrono-compatible low-level date algorithms).
constexpr std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) noexcept {
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = year / 400;
    const auto year_of_era = static_cast<std::int64_t>(year - era * 400);
    const std::int64_t day_of_year = (153 * (static_cast<std::int64_t>(month) + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}
static_assert(days_from_civil(1970, 1, 1) == 0);
static_assert(days_from_civil(2026, 11, 23) == 20'780);

void set_date(CivilTime& time, std::int64_t days) noexcept {
    time.weekday = static_cast<unsigned>((days + 4) % 7);  // 1970-01-01 was a Thursday
    days += 719'468;
    const std::int64_t era = days / 146'097;
    const std::int64_t day_of_era = days % 146'097;
    const std::int64_t year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month = (5 * day_of_year + 2) / 153;
    time.day = static_cast<unsigned>(day_of_year - (153 * month + 2) / 5 + 1);
    time.month = static_cast<unsigned>(month < 10 ? month + 3 : month - 9);
    time.year = static_cast<int>(year_of_era + era * 400 + (time.month <= 2 ? 1 : 0));
}

// 01:00 UTC on the last Sunday of a month of 31 days.
std::int64_t change_s(int year, unsigned month) noexcept {
    const std::int64_t last = days_from_civil(year, month, 31);
    return (last - (last + 4) % 7) * day_s + hour_s;
}

bool is_summer_time(std::int64_t at_s, int year) noexcept {
    return year >= uk_rule_since && at_s >= change_s(year, 3) && at_s < change_s(year, 10);
}

std::string two_digits(unsigned number) { return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)}; }

std::string date_text(const CivilTime& time) {
    return std::to_string(time.day) + ' ' + std::string{months[time.month - 1]} + ' ' + std::to_string(time.year);
}

std::string short_time_text(const CivilTime& time) {
    if (time.second != 0 || time.nanosecond != 0) return time_of_day_text(time);
    return two_digits(time.hour) + ':' + two_digits(time.minute);
}

}  // namespace

CivilTime civil_time(Instant at_ns, Clock clock) noexcept {
    CivilTime time;
    std::int64_t at_s = at_ns / second_ns;
    time.nanosecond = static_cast<std::uint32_t>(at_ns % second_ns);
    set_date(time, at_s / day_s);
    if (clock == Clock::uk && time.year >= uk_rule_since) {
        const bool summer = is_summer_time(at_s, time.year);
        time.zone = summer ? "BST" : "GMT";
        if (summer) at_s += hour_s;
        set_date(time, at_s / day_s);
    }
    const auto second_of_day = static_cast<unsigned>(at_s % day_s);
    time.hour = second_of_day / 3'600;
    time.minute = second_of_day / 60 % 60;
    time.second = second_of_day % 60;
    return time;
}

std::string day_text(const CivilTime& time) {
    return std::string{weekdays[time.weekday]} + ' ' + date_text(time) + " (" + time.zone + ')';
}

std::string time_of_day_text(const CivilTime& time) {
    std::string text = two_digits(time.hour) + ':' + two_digits(time.minute) + ':' + two_digits(time.second);
    if (time.nanosecond == 0) return text;
    std::string fraction = std::to_string(time.nanosecond);
    fraction.insert(0, 9 - fraction.size(), '0');
    fraction.erase(fraction.find_last_not_of('0') + 1);
    for (std::size_t i = (fraction.size() - 1) / 3 * 3; i > 0; i -= 3) fraction.insert(i, 1, ' ');
    return text + '.' + fraction;
}

std::string instant_text(Instant at_ns, Clock clock) {
    const CivilTime time = civil_time(at_ns, clock);
    return date_text(time) + ", " + short_time_text(time) + ' ' + time.zone;
}

std::string date_in_words(Instant at_ns, Clock clock) {
    const CivilTime time = civil_time(at_ns, clock);
    const bool midnight = time.hour == 0 && time.minute == 0 && time.second == 0 && time.nanosecond == 0;
    return midnight ? date_text(time) : instant_text(at_ns, clock);
}

std::string table_time_text(Instant at_ns, Clock clock) {
    const CivilTime time = civil_time(at_ns, clock);
    return std::to_string(time.year) + '-' + two_digits(time.month) + '-' + two_digits(time.day) + ' ' + short_time_text(time);
}

Instant start_of_day(int year, unsigned month, unsigned day, Clock clock) noexcept {
    std::int64_t at_s = days_from_civil(year, month, day) * day_s;
    // The clocks change at 01:00 UTC, so the day's first hour has the offset of the hour before.
    if (clock == Clock::uk && at_s >= hour_s && is_summer_time(at_s - hour_s, year)) at_s -= hour_s;
    return at_s * second_ns;
}

}  // namespace tiebreak::wire
