// The wall clock of the real daemon is set by an hour while a window is open.
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "tests/catch.hpp"
#include "tests/end_to_end/daemon_process.hpp"
#include "tests/end_to_end/feed_recorder.hpp"
#include "tests/end_to_end/json_client.hpp"

namespace tiebreak::e2e {
namespace {

using std::chrono::steady_clock;

constexpr std::int64_t hour_ns = 3'600'000'000'000;

// What the daemon's wall clock is off by.
class ClockShift {
public:
    explicit ClockShift(const std::filesystem::path& directory)
        : file_(directory / "shift"), preload_("LD_PRELOAD", TIEBREAK_SHIFTED_CLOCK), variable_("TIEBREAK_CLOCK_SHIFT", file_.string()) {
        set(0);
    }
    void set(std::int64_t shift_ns) {
        // In place: the daemon has the file mapped.
        std::fstream out(file_, std::ios::binary | std::ios::in | std::ios::out);
        if (!out) out.open(file_, std::ios::binary | std::ios::out);
        out.write(reinterpret_cast<const char*>(&shift_ns), sizeof shift_ns);
    }

private:
    std::filesystem::path file_;
    EnvironmentVariable preload_, variable_;
};

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

bool comes_to_say(const std::filesystem::path& log, const std::string& text) {
    const auto until = steady_clock::now() + std::chrono::seconds{10};
    while (steady_clock::now() < until) {
        if (read_file(log).find(text) != std::string::npos) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return false;
}

std::size_t times_said(const std::filesystem::path& log, const std::string& text) {
    const std::string all = read_file(log);
    std::size_t times = 0;
    for (std::size_t at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) ++times;
    return times;
}

TEST_CASE("the wall clock is set by an hour, forward or back: the window lasts as long as it should, and the alarm is raised once") {
    const bool forward = GENERATE(true, false);
    TemporaryDirectory scratch;
    const auto log = scratch.path() / "log";
    ClockShift shift(scratch.path());
    DaemonProcess daemon(scratch.path() / "data", {"--log-level", "info"}, log);
    zmq::context_t context;
    JsonClient client(context, daemon.commands());
    FeedRecorder awards(context, daemon.feed(), daemon.commands(), {"award/"});
    REQUIRE(client.send(R"({"type":"procedure","id":"p","stages":[{"name":"zonal","audience":{},"window":"2500ms"}],"ranking":["earliest_start"]})").code.empty());
    REQUIRE(client.send(R"({"type":"provider","id":"A"})").code.empty());

    const auto opened = steady_clock::now();
    const auto package = client.send(R"({"type":"package","id":"K1","procedure":"p"})");
    REQUIRE(package.code.empty());
    shift.set(forward ? hour_ns : -hour_ns);
    const auto offer = client.send(R"({"type":"offer","id":"O1","package":"K1","provider":"A","start":"2199-01-01T08:00:00Z"})");
    CHECK(offer.code.empty());
    CHECK(offer.arrival_ns > package.arrival_ns);
    CHECK(offer.arrival_ns < package.arrival_ns + 2'500'000'000);
    const std::string alarm = forward ? "ahead of the arrival stamps" : "behind the arrival stamps";
    CHECK(comes_to_say(log, alarm));
    const auto another = client.send(R"({"type":"package","id":"K2","procedure":"p"})");
    CHECK(another.code == (forward ? "" : "busy"));

    REQUIRE(awards.record_until(containing(R"("type":"awarded")")));
    const auto lasted = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - opened);
    CHECK(lasted.count() >= 2'490);
    CHECK(lasted.count() < 5'000);
    CHECK(times_said(log, alarm) == 1);

    shift.set(0);
    CHECK(comes_to_say(log, "agree again"));
    CHECK(client.send(R"({"type":"package","id":"K3","procedure":"p"})").code.empty());
    CHECK(daemon.stop() == 0);
}

}  // namespace
}  // namespace tiebreak::e2e
