// A window that would have closed while the daemon was down, with the real daemon killed and started again.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>

#include "daemon/clock.hpp"
#include "tests/catch.hpp"
#include "tests/end_to_end/daemon_process.hpp"
#include "tests/end_to_end/feed_recorder.hpp"
#include "tests/end_to_end/json_client.hpp"
#include "wire/instant_text.hpp"

namespace tiebreak::e2e {
namespace {

constexpr std::int64_t window_ns = 1'500'000'000;

std::string text_of(std::int64_t instant_ns) {
    std::string text;
    wire::append_instant(text, instant_ns);
    return text;
}

std::string offer(const std::string& id, const std::string& provider, const std::string& start) {
    return R"({"type":"offer","id":")" + id + R"(","package":"K1","provider":")" + provider + R"(","start":")" + start + R"("})";
}

// The member of an event's line.
std::int64_t instant_in(const std::string& line, const std::string& member) {
    const auto begins = line.find("\"" + member + "\":\"") + member.size() + 4;
    return wire::read_instant(std::string_view{line}.substr(begins, line.find('"', begins) - begins)).value;
}

struct Opened {
    std::int64_t at_ns = 0;      // the stamp of the package
    std::int64_t killed_ns = 0;  // the daemon ended no later than this
};

// Opens package K1 with an offer in it, kills the daemon, and comes back after the window's end.
Opened open_and_kill(zmq::context_t& context, const std::filesystem::path& data) {
    DaemonProcess daemon(data, {"--ceiling-ms", "10"});
    JsonClient client(context, daemon.commands());
    REQUIRE(client.send(R"({"type":"procedure","id":"p","stages":[{"name":"zonal","audience":{},"window":"1500ms"}],"ranking":["earliest_start"]})").code.empty());
    for (const char* id : {"A", "B"}) REQUIRE(client.send(R"({"type":"provider","id":")" + std::string{id} + R"("})").code.empty());
    const auto opened = client.send(R"({"type":"package","id":"K1","procedure":"p"})");
    REQUIRE(opened.code.empty());
    REQUIRE(client.send(offer("O1", "A", "2199-02-01T08:00:00Z")).code.empty());
    daemon.kill();
    const std::int64_t killed_ns = daemon::SystemClock().wall_ns();
    // The outage itself: nothing happens in it that could be waited for.
    std::this_thread::sleep_for(std::chrono::nanoseconds{window_ns});
    return {opened.arrival_ns, killed_ns};
}

TEST_CASE("killed with an open window: after the start it is extended, subscribers see why, and an offer in the extension wins") {
    TemporaryDirectory scratch;
    const auto data = scratch.path() / "data";
    zmq::context_t context;
    const Opened opened = open_and_kill(context, data);

    DaemonProcess daemon(data);
    JsonClient client(context, daemon.commands());
    const auto better = client.send(offer("O2", "B", "2199-01-01T08:00:00Z"));
    CHECK(better.code.empty());
    CHECK(better.arrival_ns > opened.at_ns + window_ns);
    FeedRecorder feed(context, daemon.feed(), daemon.commands(), {"package/K1/"});
    REQUIRE(feed.record_until(containing(R"("type":"awarded")")));
    CHECK(feed.troubles().empty());
    const auto extended = std::find_if(feed.lines().begin(), feed.lines().end(), containing(R"("type":"window_extended")"));
    REQUIRE(extended != feed.lines().end());
    CHECK_THAT(*extended, Catch::Contains(R"("reason":"outage")"));
    CHECK_THAT(*extended, !Catch::Contains(text_of(opened.at_ns + window_ns)));
    CHECK_THAT(feed.lines().back(), Catch::Contains(R"("offer":"O2","provider":"B")"));
    CHECK(daemon.stop() == 0);

    // What an auditor replays gives the very same events.
    const Ended exported = run_program({TIEBREAK_BIN "/tiebreak", "export", data.string()});
    REQUIRE(exported.exit_code == 0);
    CHECK_THAT(exported.out, Catch::Contains(R"("type":"extend")") && Catch::Contains(R"("reason":"outage")"));
    const Ended replayed = run_program({TIEBREAK_BIN "/tiebreak", "replay", "-"}, exported.out);
    REQUIRE(replayed.exit_code == 0);
    for (const std::string& line : feed.lines()) CHECK_THAT(replayed.out, Catch::Contains(line));
}

TEST_CASE("a start that finds its port taken has served nobody: it leaves no trace, and the outage goes on until a start that serves") {
    TemporaryDirectory scratch;
    const auto data = scratch.path() / "data";
    zmq::context_t context;
    const Opened opened = open_and_kill(context, data);
    const auto exported = [&] { return run_program({TIEBREAK_BIN "/tiebreak", "export", data.string()}).out; };
    const auto sign_of_life = [&] {
        std::ifstream file(data / "sign-of-life", std::ios::binary);
        return std::string{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    };
    const std::string commands_before = exported(), sign_before = sign_of_life();
    REQUIRE_THAT(commands_before, Catch::Contains(R"("type":"package")"));
    {
        const DaemonProcess other(scratch.path() / "other");
        for (const auto& [taken, endpoint, free] : {std::tuple{"--commands", other.commands(), "--feed"}, {"--feed", other.feed(), "--commands"}}) {
            const Ended failed = run_program({TIEBREAK_BIN "/tiebreakd", "--data", data.string(), taken, endpoint, free, "tcp://127.0.0.1:*"});
            CHECK(failed.exit_code == 6);
            CHECK_FALSE(std::filesystem::exists(data / "endpoints"));
        }
    }
    CHECK(exported() == commands_before);
    CHECK((sign_of_life() == sign_before));

    const std::int64_t started_ns = daemon::SystemClock().wall_ns();
    DaemonProcess daemon(data);
    FeedRecorder feed(context, daemon.feed(), daemon.commands(), {"package/K1/"});
    REQUIRE(feed.record_until(containing(R"("type":"awarded")")));
    const auto extended = std::find_if(feed.lines().begin(), feed.lines().end(), containing(R"("type":"window_extended")"));
    REQUIRE(extended != feed.lines().end());
    // What was left of the window at the kill is left at the start that serves, however often it was tried meanwhile.
    CHECK(instant_in(*extended, "closes") >= started_ns + (opened.at_ns + window_ns - opened.killed_ns));
    CHECK(daemon.stop() == 0);
}

TEST_CASE("killed with an open window, and the policy is close: it is awarded at its deadline to who had offered by then") {
    TemporaryDirectory scratch;
    const auto data = scratch.path() / "data";
    zmq::context_t context;
    const Opened opened = open_and_kill(context, data);

    DaemonProcess daemon(data, {"--outage", "close"});
    JsonClient client(context, daemon.commands());
    CHECK(client.send(offer("O2", "B", "2199-01-01T08:00:00Z")).code == "closed");
    FeedRecorder feed(context, daemon.feed(), daemon.commands(), {"package/K1/"});
    REQUIRE(feed.record_until(containing(R"("type":"awarded")")));
    const auto awarded = std::find_if(feed.lines().begin(), feed.lines().end(), containing(R"("type":"awarded")"));
    CHECK_THAT(*awarded, Catch::Contains(R"("at":")" + text_of(opened.at_ns + window_ns) + R"(")") &&
                             Catch::Contains(R"("offer":"O1","provider":"A")"));
    CHECK(std::none_of(feed.lines().begin(), feed.lines().end(), containing("window_extended")));
    CHECK(daemon.stop() == 0);
}

}  // namespace
}  // namespace tiebreak::e2e
