// The runner of the case files must itself be able to say no. Here a canned engine stands in for the real one.
#include <fstream>
#include <string>

#include "tests/catch.hpp"
#include "tests/contract/event_form.hpp"
#include "tests/contract/run_case.hpp"
#include "tests/temporary_directory.hpp"

namespace {

using namespace tiebreak::contract;

// Answers each `advance` with one event and refuses any line that has no `advance` in it.
int canned_engine(std::istream& in, std::ostream& out, std::ostream& err) {
    std::size_t number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.find("advance") == std::string::npos) {
            err << "line " << number << ": is not to be read\n";
            return 2;
        }
        out << R"({"type":"package_cancelled","at":"2026-11-23T09:00:00.000000000Z","sequence":)" << number
            << R"(,"package":"K)" << number << "\"}\n";
    }
    return 0;
}

std::vector<std::string> complaints_about(const std::string& text) {
    const tiebreak::tests::TemporaryDirectory folder;
    std::ofstream(folder.path() / "a.case", std::ios::binary) << text;
    return run_case(read_case(folder.path() / "a.case", folder.path()), canned_engine);
}

}  // namespace

TEST_CASE("case files: a case that fits has no complaints") {
    CHECK(complaints_about("Title\n\n09:00 advance\n -> package_cancelled package=K1\n09:00 advance\n").empty());
    CHECK(complaints_about("Title\n\n09:00 advance\n -> package_cancelled no:provider\n").empty());
    CHECK(complaints_about("Title\n\n09:00 choice\n -> malformed\n09:00 advance\n -> ...\nend\n -> nothing\n").empty());
}

TEST_CASE(
    "case files: a wrong field, type, instant, an absent field and too few or too many events are complained of") {
    CHECK_FALSE(complaints_about("Title\n09:00 advance\n-> package_cancelled package=K2\n").empty());
    CHECK_FALSE(complaints_about("Title\n09:00 advance\n-> awarded package=K1\n").empty());
    CHECK_FALSE(complaints_about("Title\n09:01 advance\n-> package_cancelled package=K1\n").empty());
    CHECK_FALSE(complaints_about("Title\n09:00 advance\n-> package_cancelled reason=x\n").empty());
    CHECK_FALSE(complaints_about("Title\n09:00 advance\n-> package_cancelled no:package\n").empty());
    CHECK_FALSE(complaints_about("Title\n09:00 advance\n-> nothing\n").empty());
    CHECK_FALSE(complaints_about("Title\n09:00 advance\n-> package_cancelled\n-> package_cancelled\n").empty());
    CHECK_FALSE(complaints_about("Title\n09:00 advance\n-> ...\n-> package_cancelled package=K2\n").empty());
}

TEST_CASE("case files: a line that should be refused and is not, or the reverse, is complained of") {
    CHECK_FALSE(complaints_about("Title\n09:00 advance\n-> malformed\n").empty());
    CHECK_FALSE(complaints_about("Title\n09:00 choice\n").empty());
}

TEST_CASE("case files: whole lines are compared byte for byte, but for a detail left open") {
    const std::string line =
        R"({"type":"package_cancelled","at":"2026-11-23T09:00:00.000000000Z","sequence":1,"package":"K1"})";
    CHECK(complaints_about("Title\n09:00 advance\n-> " + line + "\n").empty());
    CHECK_FALSE(
        complaints_about("Title\n09:00 advance\n-> " + line.substr(0, line.size() - 1) + ",\"x\":1}\n").empty());
}

TEST_CASE("case files: people's short forms become JSON") {
    CHECK(full_instant("09:30") == "2026-11-23T09:30:00Z");
    CHECK(full_instant("25T09:30:01.5") == "2026-11-25T09:30:01.5Z");
    CHECK(full_instant("9:30") == "9:30");
    CHECK(written_instant("09:30:01.5") == "2026-11-23T09:30:01.500000000Z");
    CHECK(written_instant("2026-11-23T09:30:00Z") == "2026-11-23T09:30:00.000000000Z");
    CHECK(to_json(read_fields("id=A zones=[a, \"b c\"] n=1.50 o={by: x, from:09:30} yes=true")) ==
          R"({"id":"A","zones":["a","b c"],"n":1.50,"o":{"by":"x","from":"09:30"},"yes":true})");
}

TEST_CASE("case files: the form of every event is held against the contract's table") {
    const std::string head = R"({"type":"unawarded","at":"2026-11-23T09:00:00.000000000Z","sequence":1,)";
    CHECK_FALSE(find_misform(head + R"("package":"K1","reason":"no_offers"})", 1));
    CHECK(find_misform(head + R"("package":"K1","reason":"no_offers"})", 2));
    CHECK(find_misform(head + R"("reason":"no_offers","package":"K1"})", 1));
    CHECK(find_misform(head + R"("package":"K1"})", 1));
    CHECK(find_misform(head + R"("package":"K1","reason":"no_offers","stage":"s"})", 1));
    CHECK(find_misform(head + R"("package": "K1","reason":"no_offers"})", 1));
    CHECK(find_misform(head + R"("package":"K\/1","reason":"no_offers"})", 1));
    CHECK(find_misform(head + R"("package":"K\u000a1","reason":"no_offers"})", 1));
    CHECK_FALSE(find_misform(head + R"("package":"K\u001f1","reason":"no_offers"})", 1));
}

TEST_CASE("case files: a broken file is named with its line") {
    CHECK_THROWS_WITH(complaints_about("Title\n\n-> awarded\n"), Catch::Contains("a.case:3: "));
    CHECK_THROWS_WITH(complaints_about("Title\n09:00 advance x\n"), Catch::Contains("a.case:2: expected = after x"));
    CHECK_THROWS_WITH(complaints_about("Title\ninclude: nowhere\n"), Catch::Contains("can't be read"));
}
