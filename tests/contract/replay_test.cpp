// What `tiebreak replay` makes of a file as a whole: its lines, its ends, its exit status. A file that can't be read is
// the tool's own matter (end_to_end).
#include "wire/replay.hpp"

#include <sstream>
#include <string>

#include "tests/catch.hpp"

namespace {

struct Outcome {
    int status = 0;
    std::string out;
    std::string err;
};

Outcome replay(const std::string& input) {
    std::istringstream in(input);
    std::ostringstream out, err;
    const int status = tiebreak::wire::replay(in, out, err);
    return {status, out.str(), err.str()};
}

const std::string advance = R"({"type":"advance","at":"2026-11-23T09:00:00Z"})";
const std::string provider = R"({"type":"provider","at":"2026-11-23T09:00:00Z","id":"A"})";
const std::string registered =
    R"({"type":"provider_registered","at":"2026-11-23T09:00:00.000000000Z","sequence":1,"provider":"A","revision":1})"
    "\n";

void check_refused(const std::string& line) {
    INFO(line);
    const auto outcome = replay(provider + '\n' + line);
    CHECK(outcome.status == 2);
    CHECK_THAT(outcome.err, Catch::StartsWith("line 2: "));
    CHECK(outcome.err.size() > 10);
    CHECK(outcome.out == registered);
}

void check_taken(const std::string& input) {
    INFO(input);
    const auto outcome = replay(input);
    CHECK(outcome.status == 0);
    CHECK(outcome.err.empty());
    CHECK(outcome.out == registered);
}

std::string named(const std::string& name) {
    return R"({"type":"provider","at":"2026-11-23T09:00:00Z","id":"B","name":")" + name + "\"}";
}

}  // namespace

TEST_CASE("replay: an empty file causes nothing and ends with status 0", "[replay]") {
    const auto outcome = replay("");
    CHECK(outcome.status == 0);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.empty());
}

TEST_CASE("replay: a missing last newline, CRLF and both are fine", "[replay]") {
    check_taken(provider + "\n");
    check_taken(provider);
    check_taken(provider + "\r\n");
    check_taken(provider + "\r\n" + advance + "\r\n");
    check_taken(provider + "\r\n" + advance);
}

TEST_CASE("replay: a blank line is malformed, wherever it stands", "[replay]") {
    check_refused("\n" + advance + "\n");
    check_refused("\n");
    check_refused("\r\n");
    check_refused("   \n");
    CHECK(replay("\n").status == 2);
    CHECK_THAT(replay("\n").err, Catch::StartsWith("line 1: "));
    CHECK(replay("\n").out.empty());
}

TEST_CASE("replay: spaces that JSON allows around and inside a line are fine", "[replay]") {
    check_taken("  { \"type\" : \"provider\" ,\t\"at\":\"2026-11-23T09:00:00Z\", \"id\":\"A\" }  \n");
}

TEST_CASE("replay: what is not exactly one JSON object is malformed", "[replay]") {
    for (const char* line : {"[]", "1", "\"text\"", "null", "true", "{}", "{", "}", "x", R"([{"type":"advance"}])"})
        check_refused(line);
    check_refused(advance + advance);
    check_refused(advance + " " + advance);
    check_refused(advance + ",");
    check_refused(advance + " x");
    check_refused(advance.substr(0, advance.size() - 1));
    check_refused(R"({"type":"advance","at":"2026-11-23T09:00:00Z",})");
    check_refused(R"({'type':'advance','at':'2026-11-23T09:00:00Z'})");
    check_refused(R"({type:"advance","at":"2026-11-23T09:00:00Z"})");
    check_refused(R"({"type":"advance"/**/,"at":"2026-11-23T09:00:00Z"})");
    check_refused("\xef\xbb\xbf" + advance);
    check_refused(advance + std::string(1, '\0'));
}

TEST_CASE("replay: a byte order mark at the start of the file is malformed", "[replay]") {
    const auto outcome = replay("\xef\xbb\xbf" + provider + "\n");
    CHECK(outcome.status == 2);
    CHECK_THAT(outcome.err, Catch::StartsWith("line 1: "));
}

TEST_CASE("replay: bad UTF-8 is malformed, good UTF-8 of every length is not", "[replay]") {
    for (const char* bad :
         {"\xff", "\x80", "\xc3", "\xc3(", "\xe2\x82", "\xf0\x9f\x92", "\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf",
          "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80"})
        check_refused(named(bad));
    for (const char* good : {"a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                             "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
        CHECK(replay(named(good)).status == 0);
}

TEST_CASE("replay: a text has 1 to 1,000 code points, however many bytes they take", "[replay]") {
    const auto times = [](std::size_t count, const std::string& character) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) text += character;
        return text;
    };
    for (const char* character :
         {"a", "\xc3\xa9", "\xe2\x98\x83", "\xf0\x9f\x98\x80", "\\u00e9", "\\ud83d\\ude00", "\\n"}) {
        CHECK(replay(named(times(1'000, character))).status == 0);
        check_refused(named(times(1'001, character)));
    }
    check_refused(named(""));
}

TEST_CASE("replay: bad UTF-8 is malformed in a name of a field and outside of texts too", "[replay]") {
    check_refused("{\"type\":\"advance\",\"at\":\"2026-11-23T09:00:00Z\",\"\xff\":1}");
    check_refused(advance + "\xff");
}

TEST_CASE("replay: a raw control character in a text is malformed", "[replay]") {
    check_refused(named("a\tb"));
    check_refused(named(std::string("a\0b", 3)));
    check_refused(named("a\x1f"));
    CHECK(replay(named("a\x7f")).status == 0);
}

TEST_CASE("replay: a malformed line ends the run; the clock does not run on", "[replay]") {
    const std::string commands =
        R"({"type":"procedure","at":"2026-11-23T09:00:00Z","id":"p","ranking":[],)"
        R"("stages":[{"name":"s","window":"1h"}]})"
        "\n" +
        provider + "\n" + R"({"type":"package","at":"2026-11-23T09:00:00Z","id":"K1","procedure":"p"})" + "\n";
    const auto broken = replay(commands + "x\n" + advance + "\n");
    CHECK(broken.status == 2);
    CHECK_THAT(broken.err, Catch::StartsWith("line 4: "));
    CHECK_THAT(broken.out, Catch::Contains("stage_opened") && !Catch::Contains("stage_closed"));
    const auto whole = replay(commands);
    CHECK(whole.status == 0);
    CHECK_THAT(whole.out,
               Catch::StartsWith(broken.out) && Catch::Contains("stage_closed") && Catch::Contains("unawarded"));
}

TEST_CASE("replay: a stamp that goes back ends the run with the line's number; an equal one does not", "[replay]") {
    check_refused(R"({"type":"advance","at":"2026-11-23T08:59:59.999999999Z"})");
    check_refused(R"({"type":"advance","at":"2026-11-23T10:59:59+02:00"})");
    check_taken(provider + "\n" + advance + "\n" + R"({"type":"advance","at":"2026-11-23T11:00:00+02:00"})");
}

TEST_CASE("replay: a stamp that goes back is refused whatever the command, before any rule", "[replay]") {
    const auto outcome = replay(advance + "\n" + R"({"type":"cancel","at":"2026-11-23T08:00:00Z","package":"K"})");
    CHECK(outcome.status == 2);
    CHECK_THAT(outcome.err, Catch::StartsWith("line 2: "));
    CHECK(outcome.out.empty());
}

TEST_CASE("replay: rejected commands are no fault of the file: status 0", "[replay]") {
    const auto outcome = replay(R"({"type":"cancel","at":"2026-11-23T09:00:00Z","package":"K1"})"
                                "\n");
    CHECK(outcome.status == 0);
    CHECK(outcome.err.empty());
    CHECK_THAT(outcome.out, Catch::Contains("\"code\":\"unknown_package\""));
}

TEST_CASE("replay: lines are counted from 1, the faulty one included", "[replay]") {
    std::string input;
    for (int i = 0; i < 1000; ++i) input += advance + "\n";
    CHECK_THAT(replay(input + "x\n").err, Catch::StartsWith("line 1001: "));
}

TEST_CASE("replay: the same file gives the same bytes twice", "[replay]") {
    std::string input =
        R"({"type":"procedure","at":"2026-11-23T08:00:00Z","id":"p","ranking":["earliest_start"],)"
        R"("stages":[{"name":"s","window":"1h"}]})"
        "\n";
    for (int i = 0; i < 50; ++i)
        input += R"({"type":"provider","at":"2026-11-23T08:00:00Z","id":"P)" + std::to_string(i) + "\"}\n";
    input += R"({"type":"package","at":"2026-11-23T09:00:00Z","id":"K1","procedure":"p"})"
             "\n";
    for (int i = 0; i < 50; ++i)
        input += R"({"type":"offer","at":"2026-11-23T09:10:00Z","id":"O","package":"K1","provider":"P)" +
                 std::to_string(i) + R"(","start":"2026-11-2)" + std::to_string(4 + i % 5) + "T08:00:00Z\"}\n";
    const auto first = replay(input);
    CHECK(first.status == 0);
    CHECK_THAT(first.out, Catch::Contains("awarded"));
    CHECK(replay(input).out == first.out);
}
