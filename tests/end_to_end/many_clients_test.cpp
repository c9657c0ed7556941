// Many clients at once: every offer is stamped by itself, no two receipts are alike, and the journal gives what
// subscribers saw, byte for byte.
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/catch.hpp"
#include "tests/end_to_end/daemon_process.hpp"
#include "tests/end_to_end/feed_recorder.hpp"
#include "tests/end_to_end/json_client.hpp"
#include "wire/replay.hpp"

namespace tiebreak::e2e {
namespace {

constexpr int clients = 8;
constexpr int packages = 25;
const std::string tiebreak = TIEBREAK_BIN "/tiebreak";

std::string id(const char* kind, int number) { return kind + std::to_string(number); }

void register_all(JsonClient& client) {
    const auto take = [&](const std::string& line) { REQUIRE(client.send(line).code.empty()); };
    take(R"({"type":"procedure","id":"p","stages":[{"name":"s","audience":{},"window":"1h"}],"ranking":["earliest_start"]})");
    for (int i = 0; i < clients; ++i) take(R"({"type":"provider","id":")" + id("P", i) + R"("})");
    for (int k = 0; k < packages; ++k) take(R"({"type":"package","id":")" + id("K", k) + R"(","procedure":"p"})");
}

TEST_CASE("many clients race, each gets its own receipts, and export and replay give the feed byte for byte") {
    TemporaryDirectory scratch;
    DaemonProcess daemon(scratch.path() / "data");
    zmq::context_t context;
    FeedRecorder feed(context, daemon.feed(), daemon.commands(), {"all/"});
    JsonClient office(context, daemon.commands());
    register_all(office);

    std::mutex mutex;
    std::set<matching::Instant> arrivals;
    std::set<std::uint64_t> sequences;
    std::vector<std::string> troubles;
    std::vector<std::thread> threads;
    for (int i = 0; i < clients; ++i) {
        threads.emplace_back([&, i] {
            try {
                JsonClient client(context, daemon.commands());
                for (int k = 0; k < packages; ++k) {
                    const auto receipt = client.send(R"({"type":"offer","id":")" + id("O", k) + R"(","package":")" +
                                                     id("K", k) + R"(","provider":")" + id("P", i) + R"(","start":"2199-01-01T08:00:00Z"})");
                    const std::scoped_lock lock(mutex);
                    if (!receipt.code.empty()) troubles.push_back(receipt.code + receipt.detail);
                    arrivals.insert(receipt.arrival_ns);
                    sequences.insert(receipt.sequence);
                }
            } catch (const std::exception& error) {
                const std::scoped_lock lock(mutex);
                troubles.emplace_back(error.what());
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(troubles.empty());
    CHECK(arrivals.size() == clients * packages);
    CHECK(sequences.size() == clients * packages);

    const std::string last = id("K", packages - 1);
    for (int k = 0; k < packages; ++k) {
        const auto receipt = office.send(R"({"type":"cancel","package":")" + id("K", k) + R"("})");
        REQUIRE(receipt.code.empty());
    }
    REQUIRE(feed.record_until(containing(R"("type":"package_cancelled")"), std::chrono::seconds{30}));
    while (feed.lines().back().find("\"" + last + "\"") == std::string::npos ||
           feed.lines().back().find("package_cancelled") == std::string::npos) {
        REQUIRE(feed.record_until([](const std::string&) { return true; }, std::chrono::seconds{30}));
    }
    CHECK(feed.troubles().empty());

    for (const std::vector<std::string>& source :
         {std::vector<std::string>{tiebreak, "export", daemon.data().string()},
          std::vector<std::string>{tiebreak, "export", "--live", "--connect", daemon.commands()}}) {
        const Ended exported = run_program(source);
        INFO(exported.err);
        REQUIRE(exported.exit_code == 0);
        std::istringstream commands(exported.out);
        std::ostringstream events, errors;
        REQUIRE(wire::replay(commands, events, errors) == 0);
        std::string seen;
        for (const std::string& line : feed.lines()) seen += line + "\n";
        CHECK(events.str() == seen);
    }
    CHECK(daemon.stop() == 0);
}

}  // namespace
}  // namespace tiebreak::e2e
