#include <cstdint>
#include <limits>
#include <rapidcheck.h>
#include <string>

#include "tests/catch.hpp"
#include "wire/instant_text.hpp"

namespace {

using namespace tiebreak;

constexpr std::int64_t second_ns = 1'000'000'000;

std::string written(matching::Instant at_ns) {
    std::string text;
    wire::append_instant(text, at_ns);
    return text;
}

std::string written_duration(matching::Duration duration_ns) {
    std::string text;
    wire::append_duration(text, duration_ns);
    return text;
}

TEST_CASE("An instant is read to the nanosecond, whatever its offset") {
    const auto [text, expected_ns] = GENERATE(table<const char*, std::int64_t>({
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T00:00:00.000000001Z", 1},
        {"1970-01-01T00:00:01.5Z", 1'500'000'000},
        {"1970-01-01T00:00:00.123456789Z", 123'456'789},
        {"1970-01-01T23:59:00+23:59", 0},
        {"1969-12-31T00:01:00-23:59", 0},
        {"1969-12-31T23:59:59.9-00:01", 59'900'000'000},
        {"1970-01-01T00:00:00+00:00", 0},
        {"1970-01-01T00:00:00-00:00", 0},
        {"1972-02-29T00:00:00Z", 789 * 86'400 * second_ns},
        {"2000-02-29T00:00:00Z", 951'782'400 * second_ns},
        {"2000-03-01T00:00:00Z", 951'868'800 * second_ns},
        {"2026-11-23T09:10:00.000000002Z", 1'795'425'000 * second_ns + 2},
        {"2026-11-23T10:10:00.000000002+01:00", 1'795'425'000 * second_ns + 2},
        {"2026-11-23T03:40:00.000000002-05:30", 1'795'425'000 * second_ns + 2},
        {"2262-04-11T23:47:16.854775807Z", std::numeric_limits<std::int64_t>::max()},
        {"2262-04-12T23:46:16.854775807+23:59", std::numeric_limits<std::int64_t>::max()},
    }));
    CAPTURE(text);
    const auto read = wire::read_instant(text);
    REQUIRE(read);
    CHECK(read.value == expected_ns);
}

TEST_CASE("What is no instant is refused") {
    const auto* const text = GENERATE(
        "", "2026-11-23", "2026-11-23T09:10Z", "2026-11-23T09:10:00", "2026-11-23t09:10:00Z", "2026-11-23T09:10:00z",
        "2026-11-23 09:10:00Z", " 2026-11-23T09:10:00Z", "2026-11-23T09:10:00Z ", "2026-11-23T09:10:00.Z",
        "2026-11-23T09:10:00.0000000000Z", "2026-11-23T09:10:00,5Z", "2026-11-23T09:10:60Z", "2016-12-31T23:59:60Z",
        "2026-11-23T24:00:00Z", "2026-11-23T09:60:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-11-00T00:00:00Z", "2026-11-31T00:00:00Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
        "2026-11-23T09:10:00+0100", "2026-11-23T09:10:00+01", "2026-11-23T09:10:00+1:00", "2026-11-23T09:10:00+01:60",
        "2026-11-23T09:10:00+24:00", "2026-11-23T09:10:00-99:00", "2026-11-23T09:10:00Z+01:00", "2026-1-23T09:10:00Z",
        "+2026-11-23T09:10:00Z", "20260-11-23T09:10:00Z", "2026-11-23T9:10:00Z", "1969-12-31T23:59:59Z",
        "1969-12-31T23:59:59.999999999Z", "1970-01-01T00:59:59+01:00", "0000-01-01T00:00:00Z",
        "2262-04-11T23:47:16.854775808Z", "2262-04-11T23:47:17Z", "2262-04-11T23:46:17-00:01", "9999-12-31T23:59:59Z");
    CAPTURE(text);
    const auto read = wire::read_instant(text);
    CHECK_FALSE(read);
    CHECK_FALSE(std::string{read.flaw}.empty());
}

TEST_CASE("An instant is written in UTC with nine digits") {
    CHECK(written(0) == "1970-01-01T00:00:00.000000000Z");
    CHECK(written(1'795'425'000 * second_ns + 2) == "2026-11-23T09:10:00.000000002Z");
    CHECK(written(matching::last_instant) == "2262-04-11T23:47:16.854775807Z");
    CHECK(written(951'782'400 * second_ns + 999'999'999) == "2000-02-29T00:00:00.999999999Z");
}

TEST_CASE("Every instant is read back as it was written") {
    CHECK(rc::check([] {
        const auto at_ns = *rc::gen::inRange<std::int64_t>(0, matching::last_instant);
        const auto read = wire::read_instant(written(at_ns));
        RC_ASSERT(static_cast<bool>(read));
        RC_ASSERT(read.value == at_ns);
    }));
}

TEST_CASE("Every day of the clock's range is read back, and follows the day before") {
    std::string before;
    for (std::int64_t day = 0; day <= matching::last_instant / (86'400 * second_ns); ++day) {
        const std::string text = written(day * 86'400 * second_ns);
        const auto read = wire::read_instant(text);
        REQUIRE(read);
        REQUIRE(read.value == day * 86'400 * second_ns);
        REQUIRE(before < text);
        before = text;
    }
}

TEST_CASE("A duration is the sum of its units") {
    const auto [text, expected_ns] = GENERATE(table<const char*, std::int64_t>({
        {"4h", 14'400 * second_ns},
        {"90s", 90 * second_ns},
        {"250ms", 250'000'000},
        {"1h30m", 5'400 * second_ns},
        {"1ns", 1},
        {"7us", 7'000},
        {"1d2h3m4s5ms6us7ns", 93'784'005'006'007},
        {"1m1ms", 60'001'000'000},
        {"0h1s", second_ns},
        {"1s0ns", second_ns},
        {"04h", 14'400 * second_ns},
        {"36h", 129'600 * second_ns},
        {"9223372036854775807ns", std::numeric_limits<std::int64_t>::max()},
        {"9223372036s854775807ns", std::numeric_limits<std::int64_t>::max()},
        {"106751d23h47m16s854775807ns", std::numeric_limits<std::int64_t>::max()},
    }));
    CAPTURE(text);
    const auto read = wire::read_duration(text);
    REQUIRE(read);
    CHECK(read.value == expected_ns);
}

TEST_CASE("What is no duration is refused") {
    const auto* const text = GENERATE(
        "", "4", "h", "4 h", " 4h", "4h ", "4H", "4hours", "1.5h", "-4h", "+4h", "1e3s", "0s", "0d0h", "1h1h", "1m1h",
        "1s1ms1m", "1ns1us", "1h30", "1h,30m", "4w", "1y", "1mms", "1sm", "9223372036854775808ns",
        "9223372036s854775808ns", "106751d23h47m16s854775808ns", "106752d", "99999999999999999999999d",
        "18446744073709551616ns", "1h\xC2\xA0", "PT4H");
    CAPTURE(text);
    CHECK_FALSE(wire::read_duration(text));
}

TEST_CASE("A duration is written in its largest units") {
    CHECK(written_duration(14'400 * second_ns) == "4h");
    CHECK(written_duration(90 * second_ns) == "1m30s");
    CHECK(written_duration(86'400 * second_ns) == "1d");
    CHECK(written_duration(1) == "1ns");
    CHECK(written_duration(std::numeric_limits<std::int64_t>::max()) == "106751d23h47m16s854ms775us807ns");
}

TEST_CASE("Every duration is read back as it was written") {
    CHECK(rc::check([] {
        const auto duration_ns = *rc::gen::inRange<std::int64_t>(1, matching::last_instant);
        const auto read = wire::read_duration(written_duration(duration_ns));
        RC_ASSERT(static_cast<bool>(read));
        RC_ASSERT(read.value == duration_ns);
    }));
}

}  // namespace
