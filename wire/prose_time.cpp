#include "wire/prose_time.hpp"

#include <array>
#include <string_view>

#include "wire/instant_text.hpp"
#include "wire/lengths.hpp"

namespace tiebreak::wire {
namespace {

using matching::Instant;

constexpr std::int64_t day_s = 86'400;
constexpr int last_year = 2262;  // instants end in its April
constexpr int uk_rule_since = 1996;

constexpr std::array<std::string_view, 12> months{"January", "February", "March",     "April",   "May",      "June",
                                                  "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> weekdays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};

unsigned digits(const char* text, std::size_t width) noexcept {
    unsigned value = 0;
    for (std::size_t i = 0; i < width; ++i) value = value * 10 + static_cast<unsigned>(text[i] - '0');
    return value;
}

void set_digits(char* text, std::size_t width, unsigned value) noexcept {
    for (; width > 0; value /= 10) text[--width] = static_cast<char>('0' + value % 10);
}

// The calendar is that of instant_text.hpp: its fixed-width text is read, or written, digit by digit.
CivilTime utc_time(Instant at_ns) noexcept {
    char text[instant_text_bytes];
    write_instant(text, at_ns);
    CivilTime time;
    time.year = static_cast<int>(digits(text, 4));
    time.month = digits(text + 5, 2);
    time.day = digits(text + 8, 2);
    time.weekday = static_cast<unsigned>((at_ns / (day_s * second_ns) + 4) % 7);  // 1970-01-01 was a Thursday
    time.hour = digits(text + 11, 2);
    time.minute = digits(text + 14, 2);
    time.second = digits(text + 17, 2);
    time.nanosecond = digits(text + 20, 9);
    return time;
}

Instant utc_midnight(int year, unsigned month, unsigned day) noexcept {
    char text[] = "0000-00-00T00:00:00Z";
    set_digits(text, 4, static_cast<unsigned>(year));
    set_digits(text + 5, 2, month);
    set_digits(text + 8, 2, day);
    return read_instant({text, sizeof text - 1}).value;
}

// 01:00 UTC on the last Sunday of a month of 31 days.
Instant change_ns(int year, unsigned month) noexcept {
    const Instant last_ns = utc_midnight(year, month, 31);
    return last_ns - utc_time(last_ns).weekday * day_s * second_ns + hour_ns;
}

bool is_summer_time(Instant at_ns, int year) noexcept {
    return year >= uk_rule_since && at_ns >= change_ns(year, 3) && (year == last_year || at_ns < change_ns(year, 10));
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
    CivilTime time = utc_time(at_ns);
    if (clock == Clock::utc || time.year < uk_rule_since || at_ns > matching::last_instant - hour_ns) return time;
    const bool summer = is_summer_time(at_ns, time.year);
    if (summer) time = utc_time(at_ns + hour_ns);
    time.zone = summer ? "BST" : "GMT";
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

std::string period_text(Instant from_ns, Instant to_ns, Clock clock) {
    const CivilTime from = civil_time(from_ns, clock), to = civil_time(to_ns, clock);
    if (!from.same_day(to)) return instant_text(from_ns, clock) + " to " + instant_text(to_ns, clock);
    return date_text(from) + ", " + short_time_text(from) + " to " + short_time_text(to) + ' ' + to.zone;
}

std::string table_time_text(Instant at_ns, Clock clock) {
    const CivilTime time = civil_time(at_ns, clock);
    return std::to_string(time.year) + '-' + two_digits(time.month) + '-' + two_digits(time.day) + ' ' + short_time_text(time);
}

Instant start_of_day(int year, unsigned month, unsigned day, Clock clock) noexcept {
    const Instant midnight_ns = utc_midnight(year, month, day);
    // The clocks change at 01:00 UTC, so the day's first hour has the offset of the hour before.
    const bool summer = clock == Clock::uk && midnight_ns >= hour_ns && is_summer_time(midnight_ns - hour_ns, year);
    return summer ? midnight_ns - hour_ns : midnight_ns;
}

std::optional<Instant> read_day_or_instant(std::string_view text, Clock clock) noexcept {
    if (const auto instant = read_instant(text)) return instant.value;
    char midnight[] = "0000-00-00T00:00:00Z";
    if (text.size() != 10) return std::nullopt;
    text.copy(midnight, 10);
    const auto read = read_instant({midnight, sizeof midnight - 1});
    if (!read) return std::nullopt;
    return start_of_day(static_cast<int>(digits(midnight, 4)), digits(midnight + 5, 2), digits(midnight + 8, 2), clock);
}

}  // namespace tiebreak::wire
