#include <sstream>
#include <streambuf>
#include <string>

#include "tests/catch.hpp"
#include "tests/worked_example.hpp"
#include "wire/json_document.hpp"
#include "wire/replay.hpp"

using namespace tiebreak::tests::worked_example;

namespace {

struct Result {
    int status;
    std::string out;
    std::string err;
};

Result replay(const std::string& text) {
    std::istringstream in{text};
    std::ostringstream out;
    std::ostringstream err;
    const int status = tiebreak::wire::replay(in, out, err);
    return {status, out.str(), err.str()};
}

std::size_t lines_of(const std::string& text) { return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')); }

const std::string opening_events =
    R"({"type":"procedure_registered","at":"2026-11-23T08:00:00.000000000Z","sequence":1,"procedure":"p","revision":1}
{"type":"provider_registered","at":"2026-11-23T08:00:00.000000000Z","sequence":2,"provider":"A","revision":1}
{"type":"provider_registered","at":"2026-11-23T08:00:00.000000000Z","sequence":3,"provider":"B","revision":1}
{"type":"package_opened","at":"2026-11-23T09:00:00.000000000Z","sequence":4,"package":"K1","procedure":"p"}
{"type":"stage_opened","at":"2026-11-23T09:00:00.000000000Z","sequence":5,"package":"K1","stage":"zonal","closes":"2026-11-23T10:00:00.000000000Z","invited":["A","B"]}
)";
const std::string award_events =
    R"({"type":"offer_accepted","at":"2026-11-23T09:10:00.000000001Z","sequence":6,"package":"K1","stage":"zonal","offer":"O-A","provider":"A","arrival":"2026-11-23T09:10:00.000000001Z"}
{"type":"offer_accepted","at":"2026-11-23T09:10:00.000000002Z","sequence":7,"package":"K1","stage":"zonal","offer":"O-B","provider":"B","arrival":"2026-11-23T09:10:00.000000002Z"}
{"type":"stage_closed","at":"2026-11-23T10:00:00.000000000Z","sequence":8,"package":"K1","stage":"zonal","offers":2,"cause":"deadline"}
{"type":"awarded","at":"2026-11-23T10:00:00.000000000Z","sequence":9,"package":"K1","stage":"zonal","offer":"O-A","provider":"A","start":"2026-11-25T08:00:00.000000000Z","decided_by":"earliest_response","ranking":[{"rank":1,"offer":"O-A","provider":"A"},{"rank":2,"offer":"O-B","provider":"B","lost_on":"earliest_response"}]}
)";

TEST_CASE("The contract's worked example: the last line goes back by a nanosecond") {
    const Result result = replay(opening + offer_b + offer_a);
    CHECK(result.status == 2);
    CHECK(result.out == opening_events +
          R"({"type":"offer_accepted","at":"2026-11-23T09:10:00.000000002Z","sequence":6,"package":"K1","stage":"zonal","offer":"O-B","provider":"B","arrival":"2026-11-23T09:10:00.000000002Z"}
)");
    CHECK(result.err == "line 6: at: 2026-11-23T09:10:00.000000001Z goes back; the line before has 2026-11-23T09:10:00.000000002Z\n");
}

TEST_CASE("The contract's worked example: with the two lines swapped the package is awarded at its close") {
    const Result result = replay(opening + offer_a + offer_b);
    CHECK(result.status == 0);
    CHECK(result.out == opening_events + award_events);
    CHECK(result.err.empty());
}

TEST_CASE("CRLF and a missing last newline make no difference") {
    std::string text = opening + offer_a + offer_b;
    const std::string expected = replay(text).out;
    text.pop_back();
    CHECK(replay(text).out == expected);
    std::string crlf;
    for (const char c : text) (c == '\n' ? crlf += '\r' : crlf) += c;
    const Result result = replay(crlf);
    CHECK(result.status == 0);
    CHECK(result.out == expected);
    CHECK(replay(crlf + "\r\n").out == expected);
}

TEST_CASE("An empty file has no events and is good") {
    const Result result = replay("");
    CHECK(result.status == 0);
    CHECK(result.out.empty());
    CHECK(result.err.empty());
}

TEST_CASE("A malformed line ends the replay there: what came before is written, and the clock does not run on") {
    const auto bad = GENERATE(as<std::string>{}, "\n", "\r\n", " ", "{}", "{\"type\":\"advance\"}\n", "[]\n", "{\"type\":\"advance\",\"at\"",
                              "{\"type\":\"advance\",\"at\":\"2026-11-23T12:00:00Z\"} x\n", "\xEF\xBB\xBF", "\xFF\n");
    CAPTURE(bad);
    const Result result = replay(opening + bad);
    CHECK(result.status == 2);
    CHECK(result.out == opening_events);
    CHECK(result.err.find("line 5: ") == 0);
    CHECK(lines_of(result.err) == 1);
    CHECK(result.err.back() == '\n');
    const Result with_more = replay(opening + bad + "\n" + offer_a);
    CHECK(with_more.status == 2);
    CHECK(with_more.out == opening_events);
}

TEST_CASE("A blank line at the very start or end is malformed too") {
    CHECK(replay("\n").status == 2);
    CHECK(replay("\n" + opening).err.find("line 1: ") == 0);
    CHECK(replay(opening + offer_a + offer_b + "\n").err.find("line 7: ") == 0);
    CHECK(replay("\xEF\xBB\xBF" + opening).err.find("line 1: ") == 0);
}

TEST_CASE("Rejected commands are events, and no failure") {
    const Result result = replay(R"({"type":"cancel","at":"2026-11-23T08:00:00Z","package":"K9"}
{"type":"cancel","at":"2026-11-23T08:00:00Z","package":"K9","reason":"again"})");
    CHECK(result.status == 0);
    CHECK(lines_of(result.out) == 2);
    CHECK(result.out.find(R"({"type":"rejected","at":"2026-11-23T08:00:00.000000000Z","sequence":1,"command":"cancel","code":"unknown_package","detail":")") == 0);
    CHECK(result.err.empty());
}

TEST_CASE("Equal stamps do not go back") {
    CHECK(replay(R"({"type":"advance","at":"2026-11-23T08:00:00Z"}
{"type":"advance","at":"2026-11-23T09:00:00+01:00"})").status == 0);
    CHECK(replay(R"({"type":"advance","at":"2262-04-11T23:47:16.854775807Z"}
{"type":"advance","at":"2262-04-11T23:47:16.854775807Z"})").status == 0);
}

TEST_CASE("Files longer than any buffer are replayed whole") {
    std::string text = opening;
    const std::string reason(999, 'r');
    for (int i = 0; i < 3'000; ++i) {
        text += R"({"type":"cancel","at":"2026-11-23T09:00:00Z","package":"none","reason":")" + reason + "\"}\n";
    }
    // A line that is longer than what is read at once.
    text += R"({"type":"advance",)" + std::string(700'000, ' ') + R"("at":"2026-11-23T09:00:00Z"})" + "\n" + offer_a + offer_b;
    const Result result = replay(text);
    CHECK(result.err.empty());
    REQUIRE(result.status == 0);
    CHECK(lines_of(result.out) == 5 + 3'000 + 4);
    CHECK(result.out.find("\"sequence\":3009,") != std::string::npos);
}

TEST_CASE("A line of 16 MiB is read, a longer one is refused") {
    const std::string start = R"({"type":"advance","at":"2026-11-23T08:00:00Z")";
    const std::string full = start + std::string(tiebreak::wire::json_text_bytes_max - start.size() - 1, ' ') + '}';
    CHECK(replay(full + '\n' + full).status == 0);
    const Result longer = replay(full + '\n' + full + " \n");
    CHECK(longer.status == 2);
    CHECK(longer.err == "line 2: is longer than 16 MiB\n");
    CHECK(replay(full + std::string(40'000'000, 'x')).err == "line 1: is longer than 16 MiB\n");
}

// Gives some text, then fails as a disk does.
class FailingInput : public std::streambuf {
public:
    explicit FailingInput(std::string text) : text_(std::move(text)) { setg(text_.data(), text_.data(), text_.data() + text_.size()); }

protected:
    int_type underflow() override { throw std::runtime_error{"input/output error"}; }

private:
    std::string text_;
};

class FailingOutput : public std::streambuf {};

TEST_CASE("Input that fails and output that cannot be written end with status 1 and a reason") {
    FailingInput input{opening};
    std::istream in{&input};
    std::ostringstream out;
    std::ostringstream err;
    CHECK(tiebreak::wire::replay(in, out, err) == 1);
    CHECK(err.str() == "the commands could not be read\n");

    std::istringstream good{opening};
    FailingOutput output;
    std::ostream broken{&output};
    std::ostringstream why;
    CHECK(tiebreak::wire::replay(good, broken, why) == 1);
    CHECK(why.str() == "the events could not be written\n");

    std::istringstream never_opened{opening};
    never_opened.setstate(std::ios::failbit);
    CHECK(tiebreak::wire::replay(never_opened, out, err) == 1);
}

}  // namespace
