// Amounts, dates and words as people read them.
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "wire/instant_text.hpp"
#include "wire/prose_time.hpp"
#include "wire/prose_units.hpp"
#include "wire/prose_words.hpp"

using namespace tiebreak;
using namespace tiebreak::wire;

namespace {

matching::Duration length(std::string_view text) {
    const auto read = read_duration(text);
    REQUIRE(read);
    return read.value;
}

matching::Instant instant(std::string_view text) {
    const auto read = read_instant(text);
    REQUIRE(read);
    return read.value;
}

}  // namespace

TEST_CASE("A length of time in words is exact and short") {
    CHECK(duration_in_words(length("4h")) == "four hours");
    CHECK(duration_in_words(length("1h")) == "one hour");
    CHECK(duration_in_words(length("24h")) == "24 hours");
    CHECK(duration_in_words(length("36h")) == "36 hours");
    CHECK(duration_in_words(length("2d")) == "two days");
    CHECK(duration_in_words(length("90m")) == "one hour and 30 minutes");
    CHECK(duration_in_words(length("2d3h5m1s")) == "two days, three hours, five minutes and one second");
    CHECK(duration_in_words(length("250ms")) == "250 milliseconds");
    CHECK(duration_in_words(1) == "one nanosecond");
}

TEST_CASE("A margin says every nanosecond, in the unit that fits it") {
    CHECK(span_text(0) == "0 ns");
    CHECK(span_text(318) == "318 ns");
    CHECK(span_text(1'000) == "1 µs");
    CHECK(span_text(12'500) == "12.5 µs");
    CHECK(span_text(1'204'318) == "1.204 318 ms");
    CHECK(span_text(1'200'000) == "1.2 ms");
    CHECK(span_text(1'000'001) == "1.000 001 ms");
    CHECK(span_text(5'250'000'000) == "5.25 s");
    CHECK(span_text(1'000'000'001) == "1.000 000 001 s");
    CHECK(span_text(length("2h")) == "2 h");
    CHECK(span_text(length("2m") + 5'250'000'000) == "2 min 5.25 s");
    CHECK(span_text(length("1d3h")) == "1 d 3 h");
    CHECK(span_text(length("2h") + 1) == "2 h 1 ns");
}

TEST_CASE("Money and scores are written as in a letter") {
    CHECK(money_text(120) == "£1.20");
    CHECK(money_text(5) == "£0.05");
    CHECK(money_text(50'000'000) == "£500,000.00");
    CHECK(money_text(9'223'372'036'854'775'807) == "£92,233,720,368,547,758.07");
    CHECK(money_in_words(50'000'000) == "£500,000");
    CHECK(money_in_words(50'000'001) == "£500,000.01");
    CHECK(score_text(87'000) == "87");
    CHECK(score_text(82'500) == "82.5");
    CHECK(score_text(82'005) == "82.005");
    CHECK(score_text(0) == "0");
}

TEST_CASE("A share is never rounded up to a minimum that it misses") {
    CHECK(per_cent_text(3, 4) == "75.0%");
    CHECK(per_cent_text(74'999, 100'000) == "74.9%");
    CHECK(per_cent_text(0, 7) == "0.0%");
    CHECK(per_cent_text(7, 7) == "100.0%");
    CHECK(per_cent_text(0, 0) == "–");
}

TEST_CASE("Instants are shown in UK time, summer time from the last Sunday of March to that of October") {
    CHECK(instant_text(instant("2026-11-23T09:10:00Z"), Clock::uk) == "23 November 2026, 09:10 GMT");
    CHECK(instant_text(instant("2026-07-01T09:10:00Z"), Clock::uk) == "1 July 2026, 10:10 BST");
    CHECK(instant_text(instant("2026-07-01T09:10:00Z"), Clock::utc) == "1 July 2026, 09:10 UTC");
    CHECK(instant_text(instant("2026-03-29T00:59:59Z"), Clock::uk) == "29 March 2026, 00:59:59 GMT");
    CHECK(instant_text(instant("2026-03-29T01:00:00Z"), Clock::uk) == "29 March 2026, 02:00 BST");
    CHECK(instant_text(instant("2026-10-25T00:59:59Z"), Clock::uk) == "25 October 2026, 01:59:59 BST");
    CHECK(instant_text(instant("2026-10-25T01:00:00Z"), Clock::uk) == "25 October 2026, 01:00 GMT");
    CHECK(instant_text(instant("2025-12-31T23:59:59.000000001Z"), Clock::uk) == "31 December 2025, 23:59:59.000 000 001 GMT");
    CHECK(instant_text(instant("1970-01-01T00:00:00Z"), Clock::uk) == "1 January 1970, 00:00 UTC");
    CHECK(instant_text(matching::last_instant, Clock::uk) == "11 April 2262, 23:47:16.854 775 807 UTC");
    CHECK(instant_text(instant("2262-04-11T22:47:16.854775807Z"), Clock::uk) == "11 April 2262, 23:47:16.854 775 807 BST");
    CHECK(day_text(civil_time(instant("2026-11-23T09:10:00Z"), Clock::uk)) == "Monday 23 November 2026 (GMT)");
    CHECK(day_text(civil_time(instant("2024-02-29T09:10:00Z"), Clock::uk)) == "Thursday 29 February 2024 (GMT)");
    CHECK(time_of_day_text(civil_time(instant("2026-11-23T09:10:00.000000001Z"), Clock::uk)) == "09:10:00.000 000 001");
    CHECK(time_of_day_text(civil_time(instant("2026-11-23T09:10:00.25Z"), Clock::uk)) == "09:10:00.25");
    CHECK(table_time_text(instant("2026-11-23T09:10:00Z"), Clock::uk) == "2026-11-23 09:10");
}

TEST_CASE("A period within a day says its day once") {
    const auto ten = instant("2026-11-23T10:00:00Z");
    CHECK(period_text(ten, instant("2026-11-23T12:00:00.5Z"), Clock::uk) == "23 November 2026, 10:00 to 12:00:00.5 GMT");
    CHECK(period_text(ten, instant("2026-11-24T12:00:00Z"), Clock::uk) == "23 November 2026, 10:00 GMT to 24 November 2026, 12:00 GMT");
}

TEST_CASE("A date that begins with its instant is written without a time of day") {
    CHECK(date_in_words(instant("2025-04-01T00:00:00+01:00"), Clock::uk) == "1 April 2025");
    CHECK(date_in_words(instant("2025-04-01T00:00:00Z"), Clock::uk) == "1 April 2025, 01:00 BST");
    CHECK(date_in_words(instant("2025-04-01T00:00:00Z"), Clock::utc) == "1 April 2025");
}

TEST_CASE("A day begins at midnight on its clock, also on the days when the clocks change") {
    CHECK(start_of_day(2026, 11, 23, Clock::uk) == instant("2026-11-23T00:00:00Z"));
    CHECK(start_of_day(2026, 7, 1, Clock::uk) == instant("2026-06-30T23:00:00Z"));
    CHECK(start_of_day(2026, 7, 1, Clock::utc) == instant("2026-07-01T00:00:00Z"));
    CHECK(start_of_day(2026, 3, 29, Clock::uk) == instant("2026-03-29T00:00:00Z"));
    CHECK(start_of_day(2026, 3, 30, Clock::uk) == instant("2026-03-29T23:00:00Z"));
    CHECK(start_of_day(2026, 10, 25, Clock::uk) == instant("2026-10-24T23:00:00Z"));
    CHECK(start_of_day(2026, 10, 26, Clock::uk) == instant("2026-10-26T00:00:00Z"));
    CHECK(start_of_day(1970, 1, 1, Clock::uk) == 0);
}

TEST_CASE("Lists, ordinals and ids read as English") {
    CHECK(listed({}) == "");
    CHECK(listed({"a"}) == "a");
    CHECK(listed({"a", "b"}) == "a and b");
    CHECK(listed({"a", "b", "c"}, "or") == "a, b or c");
    CHECK(ordinal(1) == "1st");
    CHECK(ordinal(2) == "2nd");
    CHECK(ordinal(3) == "3rd");
    CHECK(ordinal(11) == "11th");
    CHECK(ordinal(112) == "112th");
    CHECK(ordinal(121) == "121st");
    CHECK(counted(1, "offer", "offers") == "1 offer");
    CHECK(counted(1'204, "offer", "offers") == "1,204 offers");
    CHECK(said("care_home") == "care home");
    CHECK(said("hospital-discharge") == "hospital discharge");
    CHECK(said("shadow-1") == "shadow-1");
    CHECK(said("on_site") == "on-site");
    CHECK(said("cqc") == "CQC");
    CHECK(said("nhs-visit") == "NHS visit");
}

TEST_CASE("A misspelt word finds the one that was meant, a strange one finds none") {
    const std::vector<std::string_view> known{"earliest_start", "highest_quality", "lowest_price", "deadline"};
    CHECK(nearest_word("earliest-start", known) == "earliest_start");
    CHECK(nearest_word("Lowest_Price", known) == "lowest_price");
    CHECK(nearest_word("lowestprice", known) == "lowest_price");
    CHECK(nearest_word("higest_qualtiy", known) == "highest_quality");
    CHECK(nearest_word("daedline", known) == "deadline");
    CHECK(nearest_word("cheapest", known).empty());
    CHECK(nearest_word("", known).empty());
    CHECK(steps_between("abcd", "abdc", 3) == 1);
    CHECK(steps_between("abcd", "abcdefgh", 2) == 3);
}

TEST_CASE("Text is broken at spaces, by characters and not by bytes") {
    CHECK(wrapped("one two three", 7) == "one two\nthree");
    CHECK(wrapped("one two three", 7, "  ") == "  one two\n  three");
    CHECK(wrapped("££££ ££££", 9) == "££££ ££££");
    CHECK(wrapped("unbreakable a", 4) == "unbreakable\na");
    CHECK(wrapped("", 4) == "");
    CHECK(width_of("£1.20") == 5);
}
