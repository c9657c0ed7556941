// Busy early: no more may wait for the loop than it gets through in a moment.
#include "daemon/pace.hpp"

#include <memory>
#include <string>

#include "daemon/intake.hpp"
#include "tests/catch.hpp"
#include "wire/reply.hpp"
#include "wire/request_writer.hpp"

using namespace tiebreak;
using namespace tiebreak::daemon;

namespace {

constexpr std::int64_t ms_ns = 1'000'000;

// An intake whose loop the test plays: by setting what the loop would.
struct Fixture {
    Limits limits;
    SystemClock clock;
    Passage passage{limits};
    std::unique_ptr<Metrics> metrics = std::make_unique<Metrics>();
    Intake intake{limits, clock, passage, *metrics};
    wire::RequestWriter writer;
    std::uint64_t sent = 0;

    std::string offer() {
        const auto bytes = writer.write(++sent, matching::command::Offer{"o", "k", "p", 1, {}, {}, {}});
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    // Whether it was taken; if not, the answer is busy and names the request.
    bool take() {
        const std::string message = offer();
        Sender sender;
        zmq::message_t body(message);
        const auto refusal = intake.take(sender, body);
        if (refusal.empty()) return true;
        wire::ReplyReader reply;
        REQUIRE_FALSE(reply.open(refusal));
        REQUIRE(reply.code() == "busy");
        REQUIRE(reply.request_id() == sent);
        return false;
    }
    std::uint64_t take_until_busy(std::uint64_t most) {
        std::uint64_t taken = 0;
        while (taken < most && take()) ++taken;
        return taken;
    }
};

}  // namespace

TEST_CASE("the pace is that of the turns that had more to do than they may") {
    Pace pace;
    CHECK(pace.bytes_per_ms() == 0);
    for (int i = 0; i < 40; ++i) pace.note(50'000, ms_ns);
    CHECK(pace.bytes_per_ms() == 50'000);
    for (int i = 0; i < 400; ++i) pace.note(10'000, ms_ns);
    CHECK(pace.bytes_per_ms() < 10'100);
}

TEST_CASE("a clock that steps back or stands still makes no pace") {
    Pace pace;
    for (int i = 0; i < 1'000; ++i) pace.note(50'000, i % 2 == 0 ? 0 : -ms_ns);
    CHECK(pace.bytes_per_ms() == 0);
}

TEST_CASE("as much may wait as the pace gets through in time, and never less than the least") {
    CHECK(Pace::bytes_waiting_max(0, 30) == UINT64_MAX);
    CHECK(Pace::bytes_waiting_max(100'000, 30) == 3'000'000);
    CHECK(Pace::bytes_waiting_max(1, 30) == Pace::bytes_waiting_min);
    CHECK(Pace::bytes_waiting_max(2, UINT64_MAX) == UINT64_MAX);
}

TEST_CASE("more than the loop gets through in time is answered busy, and what it handles makes room at once") {
    Fixture fixture;
    const std::uint64_t bytes = fixture.offer().size();
    const std::uint64_t most = Pace::bytes_waiting_min / bytes;
    REQUIRE(most < fixture.limits.requests_in_flight_max);
    fixture.passage.bytes_per_ms.store(1);  // the slowest loop
    CHECK(fixture.take_until_busy(10 * most) == most);
    CHECK(fixture.metrics->gate.gate_busy.get() == 1);
    fixture.passage.handled_bytes.store(10 * bytes);
    CHECK(fixture.take_until_busy(10 * most) == 10);
}

TEST_CASE("a loop that never had to hurry leaves it to the limits in flight") {
    Fixture fixture;
    CHECK(fixture.take_until_busy(UINT64_MAX) == fixture.limits.requests_in_flight_max);
}

TEST_CASE("a request larger than all that may wait is taken when nothing waits") {
    Fixture fixture;
    fixture.passage.bytes_per_ms.store(1);
    std::vector<matching::command::Offer> offers(4'000, {"o", "k", "p", 1, {}, {}, {}});
    const auto bytes = fixture.writer.write(1, offers);
    REQUIRE(bytes.size() > 0);
    std::string message{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    message.resize(2 * Pace::bytes_waiting_min, '\0');  // rubbish behind it is the loop's to refuse
    Sender sender;
    zmq::message_t body(message);
    CHECK(fixture.intake.take(sender, body).empty());
    CHECK_FALSE(fixture.take());
}
