#include "wire/prose_units.hpp"

#include <vector>

#include "wire/lengths.hpp"
#include "wire/prose_words.hpp"

namespace tiebreak::wire {
namespace {

using matching::Duration;

struct Unit {
    Duration length_ns;
    const char* name;
};
constexpr Unit units[] = {{day_ns, "day"},
                          {hour_ns, "hour"},
                          {minute_ns, "minute"},
                          {second_ns, "second"},
                          {millisecond_ns, "millisecond"},
                          {microsecond_ns, "microsecond"},
                          {1, "nanosecond"}};

// A count of small parts of a unit as what follows its point: groups of three digits, without zeros at the end.
std::string fraction_text(std::uint64_t parts, unsigned digits) {
    if (parts == 0) return {};
    std::string text = std::to_string(parts);
    text.insert(0, digits - text.size(), '0');
    text.erase(text.find_last_not_of('0') + 1);
    for (std::size_t i = (text.size() - 1) / 3 * 3; i > 0; i -= 3) text.insert(i, 1, ' ');
    return '.' + text;
}

// Below a minute: one number with a unit that fits it.
std::string short_span(Duration duration_ns) {
    const auto ns = static_cast<std::uint64_t>(duration_ns);
    if (duration_ns < microsecond_ns) return std::to_string(ns) + " ns";
    if (duration_ns < millisecond_ns) return std::to_string(ns / 1'000) + fraction_text(ns % 1'000, 3) + " µs";
    if (duration_ns < second_ns) return std::to_string(ns / 1'000'000) + fraction_text(ns % 1'000'000, 6) + " ms";
    return std::to_string(ns / 1'000'000'000) + fraction_text(ns % 1'000'000'000, 9) + " s";
}

}  // namespace

std::string duration_in_words(Duration duration_ns) {
    const bool in_hours = duration_ns < 2 * day_ns;
    std::vector<std::string> parts;
    for (const Unit& unit : units) {
        if (unit.length_ns == day_ns && in_hours) continue;
        const Duration count = duration_ns / unit.length_ns;
        duration_ns %= unit.length_ns;
        if (count == 0) continue;
        parts.push_back(number_in_words(static_cast<std::uint64_t>(count)) + ' ' + unit.name + (count == 1 ? "" : "s"));
    }
    return listed(parts);
}

std::string span_text(Duration duration_ns) {
    if (duration_ns < minute_ns) return short_span(duration_ns);
    std::vector<std::string> parts;
    const auto take = [&](Duration unit_ns, const char* name) {
        if (duration_ns >= unit_ns) parts.push_back(number_in_digits(static_cast<std::uint64_t>(duration_ns / unit_ns)) + name);
        duration_ns %= unit_ns;
    };
    take(day_ns, " d");
    take(hour_ns, " h");
    take(minute_ns, " min");
    if (duration_ns > 0) parts.push_back(short_span(duration_ns));
    std::string text;
    for (const std::string& part : parts) (text.empty() ? text : text += ' ') += part;
    return text;
}

std::string money_text(matching::Pence pence) {
    const auto amount = static_cast<std::uint64_t>(pence);
    const std::uint64_t rest = amount % 100;
    return "£" + number_in_digits(amount / 100) + (rest < 10 ? ".0" : ".") + std::to_string(rest);
}

std::string money_in_words(matching::Pence pence) {
    return pence % 100 == 0 ? "£" + number_in_digits(static_cast<std::uint64_t>(pence / 100)) : money_text(pence);
}

std::string score_text(matching::Score score) { return std::to_string(score / 1'000) + fraction_text(score % 1'000, 3); }

std::uint64_t per_cent_tenths(std::uint64_t part, std::uint64_t whole) noexcept { return part * 1'000 / whole; }

std::string per_cent_text(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0) return "–";
    const std::uint64_t tenths = per_cent_tenths(part, whole);
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + '%';
}

}  // namespace tiebreak::wire
