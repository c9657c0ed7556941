#include "wire/instant_text.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <limits>

#include "wire/lengths.hpp"

namespace tiebreak::wire {
namespace {

using matching::Duration;
using matching::Instant;

constexpr std::int64_t day_s = 86'400;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Takes texts apart from the front; each step says whether it fitted.
class Cursor {
public:
    explicit Cursor(std::string_view text) noexcept : rest_(text) {}

    bool take(char c) noexcept {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    // Exactly `width` digits.
    bool take_number(std::size_t width, int& value) noexcept {
        if (rest_.size() < width) return false;
        int sum = 0;
        for (std::size_t i = 0; i < width; ++i) {
            if (!is_digit(rest_[i])) return false;
            sum = sum * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(width);
        value = sum;
        return true;
    }

    // 1 to 9 digits after the point, as nanoseconds.
    bool take_fraction(std::int64_t& value_ns) noexcept {
        std::size_t width = 0;
        std::int64_t sum = 0;
        for (; width < rest_.size() && is_digit(rest_[width]); ++width) {
            if (width == 9) return false;
            sum = sum * 10 + (rest_[width] - '0');
        }
        if (width == 0) return false;
        rest_.remove_prefix(width);
        for (; width < 9; ++width) sum *= 10;
        value_ns = sum;
        return true;
    }

    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

private:
    std::string_view rest_;
};

bool is_leap(int year) noexcept { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in_month(int year, int month) noexcept {
    constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

// Days since 1970-01-01 of a date of the proleptic Gregorian calendar, and back: years are counted from March, so
// that the leap day comes last, in eras of 400 years.
std::int64_t days_from_date(int year, int month, int day) noexcept {
    const std::int64_t y = month <= 2 ? year - 1 : year;
    const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
    const std::int64_t year_of_era = y - era * 400;
    const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146'097 + day_of_era - 719'468;
}

struct Date {
    std::uint32_t year;
    std::uint32_t month;
    std::uint32_t day;
};

Date date_from_days(std::uint32_t days) noexcept {  // requires: not before 1970
    const std::uint32_t z = days + 719'468;
    const std::uint32_t era = z / 146'097;
    const std::uint32_t day_of_era = z - era * 146'097;
    const std::uint32_t leap_days = day_of_era / 1'460 - day_of_era / 36'524 + day_of_era / 146'096;
    const std::uint32_t year_of_era = (day_of_era - leap_days) / 365;
    const std::uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::uint32_t month_from_march = (5 * day_of_year + 2) / 153;
    const std::uint32_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    const std::uint32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

FromText<Instant> no_instant(const char* why) noexcept { return {0, why}; }

constexpr const char* not_an_instant =
    "must be an instant like 2026-11-23T09:00:00Z: RFC 3339 with an upper-case T, at most 9 decimals, and Z or an "
    "offset like +01:00";

constexpr auto two_digits = [] {
    std::array<char, 200> table{};
    for (std::size_t i = 0; i < 100; ++i) {
        table[2 * i] = static_cast<char>('0' + i / 10);
        table[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
    return table;
}();

void put_two(char* to, std::uint32_t value) noexcept { std::memcpy(to, &two_digits[2 * value], 2); }

// Nine digits of whole nanoseconds.
void put_nine(char* to, std::uint32_t value) noexcept {
    for (int i = 7; i > 0; i -= 2, value /= 100) put_two(to + i, value % 100);
    to[0] = static_cast<char>('0' + value);
}

struct Unit {
    std::string_view name;
    Duration length_ns;
};
constexpr Unit units[] = {
    {"d", day_s * second_ns}, {"h", 3'600 * second_ns}, {"m", 60 * second_ns}, {"s", second_ns},
    {"ms", 1'000'000},        {"us", 1'000},            {"ns", 1},
};
constexpr std::size_t unit_count = std::size(units);

FromText<Duration> no_duration(const char* why) noexcept { return {0, why}; }

constexpr const char* not_a_duration =
    "must be a duration like \"4h\", \"1h30m\" or \"250ms\": whole numbers with the units d h m s ms us ns, each at "
    "most once, larger ones first";
constexpr const char* duration_too_long = "must be shorter than 2^63 nanoseconds, some 292 years";

}  // namespace

FromText<Instant> read_instant(std::string_view text) noexcept {
    Cursor cursor{text};
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offset_hour = 0, offset_minute = 0;
    std::int64_t fraction_ns = 0;
    if (!cursor.take_number(4, year) || !cursor.take('-') || !cursor.take_number(2, month) || !cursor.take('-') ||
        !cursor.take_number(2, day) || !cursor.take('T') || !cursor.take_number(2, hour) || !cursor.take(':') ||
        !cursor.take_number(2, minute) || !cursor.take(':') || !cursor.take_number(2, second)) {
        return no_instant(not_an_instant);
    }
    if (cursor.take('.') && !cursor.take_fraction(fraction_ns)) return no_instant(not_an_instant);

    int sign = 0;
    if (cursor.take('+')) sign = 1;
    else if (cursor.take('-')) sign = -1;
    if (sign == 0 ? !cursor.take('Z')
                  : !cursor.take_number(2, offset_hour) || !cursor.take(':') || !cursor.take_number(2, offset_minute)) {
        return no_instant(not_an_instant);
    }
    if (!cursor.at_end()) return no_instant(not_an_instant);

    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) {
        return no_instant("there is no such day in the calendar");
    }
    if (hour > 23 || minute > 59) return no_instant("there is no such time of day: it goes from 00:00 to 23:59");
    if (second > 59) return no_instant("seconds go from 00 to 59; leap seconds have no place on this clock");
    if (offset_hour > 23 || offset_minute > 59) return no_instant("the offset must be at most 23:59");

    const std::int64_t seconds = days_from_date(year, month, day) * day_s + hour * 3'600 + minute * 60 + second -
                                 sign * (offset_hour * 3'600 + offset_minute * 60);
    if (seconds < 0) return no_instant("must not be before 1970-01-01T00:00:00Z");
    if (seconds > (matching::last_instant - fraction_ns) / second_ns) {
        return no_instant("must not be after 2262-04-11T23:47:16.854775807Z, the last instant there is");
    }
    return {seconds * second_ns + fraction_ns, nullptr};
}

FromText<Duration> read_duration(std::string_view text) noexcept {
    constexpr auto limit = static_cast<std::uint64_t>(std::numeric_limits<Duration>::max());
    std::uint64_t sum = 0;
    std::size_t next_unit = 0;
    if (text.empty()) return no_duration(not_a_duration);
    while (!text.empty()) {
        std::uint64_t count = 0;
        const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), count);
        if (error == std::errc::result_out_of_range) return no_duration(duration_too_long);
        if (error != std::errc{} || !is_digit(text.front())) return no_duration(not_a_duration);
        text.remove_prefix(static_cast<std::size_t>(after - text.data()));

        std::size_t letters = 0;
        while (letters < text.size() && !is_digit(text[letters])) ++letters;
        const std::string_view name = text.substr(0, letters);
        std::size_t unit = next_unit;
        while (unit < unit_count && units[unit].name != name) ++unit;
        if (unit == unit_count) return no_duration(not_a_duration);
        text.remove_prefix(letters);
        next_unit = unit + 1;

        const auto length_ns = static_cast<std::uint64_t>(units[unit].length_ns);
        if (count > (limit - sum) / length_ns) return no_duration(duration_too_long);
        sum += count * length_ns;
    }
    if (sum == 0) return no_duration("must be more than zero");
    return {static_cast<Duration>(sum), nullptr};
}

void write_instant(char* to, Instant at_ns) noexcept {
    const auto seconds = static_cast<std::uint64_t>(at_ns / second_ns);
    const Date date = date_from_days(static_cast<std::uint32_t>(seconds / day_s));
    const auto of_day = static_cast<std::uint32_t>(seconds % day_s);
    put_two(to, date.year / 100);
    put_two(to + 2, date.year % 100);
    to[4] = '-';
    put_two(to + 5, date.month);
    to[7] = '-';
    put_two(to + 8, date.day);
    to[10] = 'T';
    put_two(to + 11, of_day / 3'600);
    to[13] = ':';
    put_two(to + 14, of_day / 60 % 60);
    to[16] = ':';
    put_two(to + 17, of_day % 60);
    to[19] = '.';
    put_nine(to + 20, static_cast<std::uint32_t>(at_ns % second_ns));
    to[29] = 'Z';
}

void append_instant(std::string& to, Instant at_ns) {
    char text[instant_text_bytes];
    write_instant(text, at_ns);
    to.append(text, instant_text_bytes);
}

void append_duration(std::string& to, Duration duration_ns) {
    for (const Unit& unit : units) {
        const Duration count = duration_ns / unit.length_ns;
        if (count == 0) continue;
        char digits[20];
        const auto end = std::to_chars(digits, digits + sizeof digits, count).ptr;
        to.append(digits, end).append(unit.name);
        duration_ns %= unit.length_ns;
    }
}

}  // namespace tiebreak::wire
