// The pages' reader must be strict and the runner able to say no.
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>

#include "tests/acceptance/run_engine.hpp"
#include "tests/acceptance/page.hpp"
#include "tests/catch.hpp"

namespace {

namespace fs = std::filesystem;
using namespace tiebreak::acceptance;

const std::string good_page = R"(# A title

> Words of a clause.
>
> — A document, §1

## Given

- Procedure: `two.json`
- Day: 23 November 2026

| provider | is |
|---|---|
| Abbey | zonal in north |
| Bridge | zonal in north |

## What happens

| when | who | what | answer |
|---|---|---|---|
| 09:00 | the council | puts out K1: zone north | |
| 09:10 | Abbey | offers to start 25 Nov 08:00 | |
| 09:20 | Bridge | offers to start 24 Nov 08:00 | |
| 14:00 | Abbey | offers to start 24 Nov 07:00 | rejected: closed |

## Who is asked

| when | package | stage | asked | until |
|---|---|---|---|---|
| 09:00 | K1 | zonal | Bridge, Abbey | 13:00 |

## What must come out

| when | package | outcome | decided by | ranking |
|---|---|---|---|---|
| 13:00 | K1 | awarded to Bridge | earliest start | Bridge; Abbey lost on earliest start |
)";

const std::string two_json =
    R"({"type":"procedure","id":"two","stages":[{"name":"zonal","audience":{"roles":["zonal"],"zone":"package"},"window":"4h"}],"ranking":["earliest_start"]})";

class Folder {
public:
    Folder() : path_(fs::temp_directory_path() / ("tiebreak-scenario-form-" + std::to_string(::getpid()))) {
        fs::create_directories(path_);
        std::ofstream(path_ / "two.json") << two_json;
    }
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    Scenario read(const std::string& page) const {
        std::ofstream(path_ / "a.md", std::ios::binary) << page;
        return read_scenario(path_ / "a.md", path_);
    }
    void write_procedure(const std::string& json) const { std::ofstream(path_ / "two.json", std::ios::trunc) << json; }

private:
    fs::path path_;
};

// The good page with one thing changed.
std::string page_with(std::string_view old_text, std::string_view new_text) {
    auto page = good_page;
    const auto at = page.find(old_text);
    REQUIRE(at != std::string::npos);
    return page.replace(at, old_text.size(), new_text);
}

std::string differences_of(const std::string& page) {
    std::string all;
    for (const auto& difference : run_on_engine(Folder().read(page)).differences) all += difference + '\n';
    return all;
}

void check_refused(std::string_view old_text, std::string_view new_text, const std::string& why) {
    INFO(old_text << " -> " << new_text);
    CHECK_THROWS_WITH(Folder().read(page_with(old_text, new_text)), Catch::Contains(why));
}

}  // namespace

TEST_CASE("a page that says what comes out has no differences, and its timeline tells everything in order") {
    const auto run = run_on_engine(Folder().read(good_page));
    CHECK(run.differences.empty());
    CHECK_THAT(run.timeline,
               Catch::StartsWith("09:00  the council puts out K1: zone north\n    09:00  K1 is open, under two\n"));
    CHECK_THAT(
        run.timeline,
        Catch::Contains(
            "    13:00  K1 is awarded to Bridge by earliest start; ranking: Bridge; Abbey lost on earliest start\n"
            "14:00  Abbey offers to start 24 Nov 07:00\n    14:00  rejected, closed: "));
}

TEST_CASE("a wrong winner, reason, ranking, time, order, answer or audience on a page is told with its line") {
    CHECK_THAT(differences_of(page_with("awarded to Bridge", "awarded to Abbey")),
               Catch::Contains("line 36 says") && Catch::Contains("awarded to Bridge"));
    CHECK_THAT(differences_of(page_with("| earliest start |", "| earliest response |")),
               Catch::Contains("line 36 says"));
    CHECK_THAT(differences_of(page_with("lost on earliest start", "lost on earliest response")),
               Catch::Contains("line 36 says"));
    CHECK_THAT(differences_of(page_with("| Bridge; Abbey lost on earliest start |", "| Bridge |")),
               Catch::Contains("line 36 says"));
    CHECK_THAT(differences_of(page_with("| 13:00 | K1 |", "| 13:01 | K1 |")), Catch::Contains("13:01 | K1"));
    CHECK_THAT(differences_of(page_with("| rejected: closed |", "| |")),
               Catch::Contains("line 24") && Catch::Contains("should be accepted and is rejected: closed"));
    CHECK_THAT(differences_of(page_with("| rejected: closed |", "| rejected: not invited |")),
               Catch::Contains("should be rejected: not invited"));
    CHECK_THAT(differences_of(page_with("25 Nov 08:00 | |", "25 Nov 08:00 | rejected: closed |")),
               Catch::Contains("and is accepted"));
    CHECK_THAT(differences_of(page_with("| Bridge, Abbey | 13:00 |", "| Abbey | 13:00 |")),
               Catch::Contains("line 30 says"));
    CHECK_THAT(differences_of(page_with("| Bridge, Abbey | 13:00 |", "| Bridge, Abbey | 12:00 |")),
               Catch::Contains("until 12:00"));
    CHECK(differences_of(page_with("| Bridge, Abbey | 13:00 |", "| Abbey, Bridge | |")).empty());
}

TEST_CASE("a row that never comes, and an outcome that no row names, are both told") {
    CHECK_THAT(differences_of(good_page + "| 13:00 | K1 | cancelled | — | — |\n"),
               Catch::Contains("line 37 says") && Catch::Contains("nothing more came out"));
    const auto two = page_with("zone north | |", "zone north | |\n| 09:00 | the council | puts out K2: zone south | |");
    CHECK_THROWS_WITH(Folder().read(two), Catch::Contains("there are several packages: say “for PACKAGE”"));
    auto named = two;
    for (std::size_t at = 0; (at = named.find("offers to", at)) != std::string::npos; at += 9)
        named.replace(at, 9, "offers for K1 to");
    CHECK_THAT(differences_of(named), Catch::Contains("K2 | unawarded: no offers"));
}

TEST_CASE("a changed procedure file breaks a scenario, a broken one is told with its place") {
    const Folder folder;
    auto changed = two_json;
    changed.replace(changed.find("earliest_start"), 14, "highest_quality");
    folder.write_procedure(changed);
    CHECK_FALSE(run_on_engine(folder.read(good_page)).differences.empty());
    folder.write_procedure(changed.substr(1));
    CHECK_THROWS_WITH(folder.read(good_page), Catch::Contains("a.md:9: ") && Catch::Contains("two.json:1:1"));
}

TEST_CASE("what a page gets wrong is refused with file, line and what would be right") {
    check_refused("# A title", "A title", "has no title");
    check_refused("> — A document, §1", "> A document, §1", "names document and clause");
    check_refused("## Given", "## Giving", "a.md:7: unknown heading “Giving”");
    check_refused("| provider | is |", "| provider | role |",
                  "a.md:12: unknown column “role”; there are: provider, is, name");
    check_refused("| 09:20 | Bridge |", "| 09:20 | Bridg |", "a.md:23: “Bridg” is no provider");
    check_refused("offers to start 25", "ofers to start 25", "a.md:22: I don't understand “Abbey ofers to start");
    check_refused("25 Nov 08:00", "25 Nov 8:00", "a.md:22: “25 Nov 8:00” is no time");
    check_refused("25 Nov 08:00", "31 Nov 08:00", "is no time");
    check_refused("25 Nov 08:00", "25 Nov 08:00, prize £5", "I don't understand");
    check_refused("25 Nov 08:00", "25 Nov 08:00, price 5", "“5” is no sum of money");
    check_refused("09:20 | Bridge", "08:20 | Bridge", "a.md:23: what happens must stand in the order of time");
    check_refused("zone north |", "zon north |", "“zon” is nothing that a package has");
    check_refused("zonal in north", "zonal of north", "a.md:14: “zonal of north”: a provider is");
    check_refused("rejected: closed", "rejected: shut", "there is no such code: shut");
    check_refused("rejected: closed", "refused: closed", "the answer is");
    check_refused("| Bridge | zonal", "| Abbey | zonal", "a.md:15: Abbey is there twice");
    check_refused("awarded to Bridge", "awarded to Castle", "a.md:36: “Castle” is no provider of this page");
    check_refused("awarded to Bridge", "given to Bridge", "an outcome is");
    check_refused("| earliest start |", "| earliest end |", "“earliest end” decides nothing");
    check_refused("Abbey lost on earliest start", "Abbey", "each other “lost on” something");
    check_refused("13:00 | K1 | aw", "13:00 | K2 | aw", "“K2” is no package of this page");
    check_refused("| 14:00 | Abbey |", "| 14:00 | Abbey", "a.md:24: ");
    check_refused("`two.json`", "`three.json`", "a.md:9: ");
    check_refused("Day: 23 November 2026", "Day: today", "a day is written like");
}

TEST_CASE("times are read as people write them, and written back as short as they can be") {
    const Calendar winter("10 December 2024");
    const Calendar summer("1 April 2025, UTC+1");
    CHECK(winter.read("09:00") == 1'733'821'200'000'000'000);
    CHECK(winter.read("09:00:00.000000001") == 1'733'821'200'000'000'001);
    CHECK(summer.read("00:00") == 1'743'462'000'000'000'000);
    CHECK(winter.read("31 March 2025 23:00") == summer.read("00:00"));
    for (const auto* time : {"09:00", "09:00:30", "09:00:00.000000001", "11 Dec 00:00", "1 Jan 2025 23:59:59.5"})
        CHECK(winter.show(winter.read(time)) == time);
    CHECK(summer.show(summer.read("00:00") - 1) == "31 Mar 23:59:59.999999999");
    CHECK_THROWS_AS(winter.read("24:00"), BadWords);
}
