#include "deploy/demo/figures.hpp"

#include <algorithm>
#include <cstdio>

namespace tiebreak::demo {

namespace {

std::string thousandths(std::int64_t value, const char* unit) {
    char text[48];
    std::snprintf(text, sizeof text, "%lld.%03lld %s", static_cast<long long>(value / 1000),
                  static_cast<long long>(value % 1000), unit);
    return text;
}

}  // namespace

Percentiles percentiles_of(std::vector<std::int64_t> values) {
    if (values.empty()) {
        return {};
    }
    std::sort(values.begin(), values.end());
    const auto nearest_rank = [&](std::size_t percent) {
        return values[(values.size() * percent + 99) / 100 - 1];
    };
    return {nearest_rank(50), nearest_rank(90), nearest_rank(99), values.back(), values.size()};
}

std::string duration_for_people(std::int64_t duration_ns) {
    constexpr std::int64_t us = 1'000, ms = 1'000'000, second = 1'000'000'000, minute = 60 * second, hour = 60 * minute;
    if (duration_ns < us) {
        return std::to_string(duration_ns) + " ns";
    }
    if (duration_ns < ms) {
        return thousandths(duration_ns, "us");
    }
    if (duration_ns < second) {
        return thousandths(duration_ns / us, "ms");
    }
    if (duration_ns < minute) {
        return thousandths(duration_ns / ms, "s");
    }
    std::string text;
    if (duration_ns >= hour) {
        text = std::to_string(duration_ns / hour) + " h";
    }
    if (const auto minutes = duration_ns % hour / minute; minutes > 0) {
        text += (text.empty() ? "" : " ") + std::to_string(minutes) + " min";
    }
    return text;
}

std::string microseconds(std::int64_t duration_ns) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", static_cast<double>(duration_ns) / 1000.0);
    return text;
}

}  // namespace tiebreak::demo
