// The whole way of an offer: out of a client's socket, stamped, durable, acknowledged; the window closes, the award is in a
// subscriber's socket.
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "tests/catch.hpp"
#include "tests/end_to_end/daemon_process.hpp"
#include "tests/end_to_end/feed_recorder.hpp"
#include "tests/end_to_end/json_client.hpp"

namespace tiebreak::e2e {
namespace {

const char* const procedure =
    R"({"type":"procedure","id":"homecare","stages":[{"name":"zonal","audience":{"roles":["zonal"],"zone":"package"},"window":"300ms"}],"ranking":["earliest_start"]})";
std::string provider(const std::string& id) {
    return R"({"type":"provider","id":")" + id + R"(","memberships":[{"role":"zonal","zone":"oxford"}]})";
}
std::string package(const std::string& id) {
    return R"({"type":"package","id":")" + id + R"(","procedure":"homecare","zone":"oxford"})";
}
std::string offer(const std::string& id, const std::string& package, const std::string& provider) {
    return R"({"type":"offer","id":")" + id + R"(","package":")" + package + R"(","provider":")" + provider +
           R"(","start":"2199-01-01T08:00:00Z"})";
}

TEST_CASE("offers come in, the window closes, and subscribers see who won and why") {
    TemporaryDirectory scratch;
    const auto log = scratch.path() / "log";
    DaemonProcess daemon(scratch.path() / "data", {"--log-level", "debug"}, log);
    zmq::context_t context;
    FeedRecorder awards(context, daemon.feed(), daemon.commands(), {"award/"});
    FeedRecorder all(context, daemon.feed(), daemon.commands(), {"all/"});
    JsonClient client(context, daemon.commands());

    CHECK(client.send(procedure).code.empty());
    CHECK(client.send(provider("A")).code.empty());
    CHECK(client.send(provider("B")).code.empty());
    CHECK(client.send(package("K1")).code.empty());
    const auto first = client.send(offer("O1", "K1", "B"));
    const auto second = client.send(offer("O2", "K1", "A"));
    CHECK(first.code.empty());
    CHECK(first.arrival_ns < second.arrival_ns);
    const auto again = client.send(offer("O1", "K1", "B"));
    CHECK(again.duplicate);
    CHECK(again.first_arrival_ns == first.arrival_ns);
    CHECK(client.send(offer("O1", "K9", "B")).code == "unknown_package");

    REQUIRE(awards.record_until(containing(R"("type":"awarded")")));
    REQUIRE(awards.lines().size() == 1);
    CHECK_THAT(awards.lines()[0], Catch::Contains(R"("offer":"O1","provider":"B")"));
    CHECK_THAT(awards.lines()[0], Catch::Contains(R"("decided_by":"earliest_response")"));
    CHECK_THAT(awards.lines()[0], Catch::Contains(R"({"rank":2,"offer":"O2","provider":"A","lost_on":"earliest_response"})"));

    REQUIRE(all.record_until(containing(R"("type":"awarded")")));
    CHECK(all.troubles().empty());
    for (std::size_t i = 0; i < all.lines().size(); ++i) {
        CHECK_THAT(all.lines()[i], Catch::Contains("\"sequence\":" + std::to_string(i + 1) + ","));
    }
    CHECK(client.send(offer("O3", "K1", "A")).code == "closed");
    CHECK(daemon.stop() == 0);

    // The log names the package, the offers and what became of them.
    std::ifstream in(log);
    const std::string said{std::istreambuf_iterator<char>(in), {}};
    CHECK_THAT(said, Catch::Contains("info package K1: stage zonal opened to 2 providers, closes at "));
    CHECK_THAT(said, Catch::Contains("debug package K1: offer O2 of A accepted"));
    CHECK_THAT(said, Catch::Contains("info package K1: awarded to B for offer O1, decided by earliest_response, the best of 2, "));
    CHECK_THAT(said, Catch::Contains(" us after the deadline"));
    CHECK_THAT(said, Catch::Contains("info refused: offer package K9 provider B offer O1: unknown_package"));
    CHECK_THAT(said, Catch::Contains("info refused: offer package K1 provider A offer O3: closed"));
}

}  // namespace
}  // namespace tiebreak::e2e
