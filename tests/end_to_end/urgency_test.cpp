#include <sched.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <thread>

#include "daemon/urgency.hpp"
#include "tests/catch.hpp"
#include "tests/end_to_end/daemon_process.hpp"

namespace tiebreak::e2e {
namespace {

constexpr int priority = 3;
constexpr const char* on_the_way[] = {"ZMQbg/IO/0", "gate", "loop", "commit"};
constexpr const char* all[] = {"ZMQbg/IO/0", "gate", "loop", "commit", "tiebreakd", "keeper", "archive", "snapshot", "prepare"};

// The scheduling policy of each of its threads, by name.
std::map<std::string, int> policies_of(const DaemonProcess& daemon) {
    std::map<std::string, int> policies;
    for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(daemon.pid()) + "/task")) {
        std::string name;
        std::getline(std::ifstream(task.path() / "comm"), name);
        policies[name] = ::sched_getscheduler(std::stoi(task.path().filename().string()));
    }
    return policies;
}

// A thread gives itself its name and its policy, which can be after the daemon has said that it is ready: waits for all of them.
std::map<std::string, int> policies_once_settled(const DaemonProcess& daemon, int of_the_way) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (true) {
        const auto policies = policies_of(daemon);
        const bool settled = std::all_of(std::begin(all), std::end(all), [&](const char* name) { return policies.contains(name); }) &&
                             std::all_of(std::begin(on_the_way), std::end(on_the_way), [&](const char* name) { return policies.at(name) == of_the_way; });
        if (settled || std::chrono::steady_clock::now() > limit) return policies;
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
}

bool is_allowed_here() {
    const bool allowed = daemon::run_at(priority);
    daemon::run_at(0);
    return allowed;
}

TEST_CASE("with --real-time-priority the threads that an offer passes run before others, where that is allowed; it is logged where not") {
    const bool allowed = is_allowed_here();
    TemporaryDirectory scratch;
    const auto log = scratch.path() / "log";
    DaemonProcess daemon(scratch.path() / "data", {"--real-time-priority", std::to_string(priority)}, log);
    const int expected = allowed ? SCHED_RR : SCHED_OTHER;
    const auto policies = policies_once_settled(daemon, expected);
    for (const char* const name : all) {
        INFO(name);
        REQUIRE(policies.contains(name));
        const bool urgent = std::find(std::begin(on_the_way), std::end(on_the_way), std::string_view{name}) != std::end(on_the_way);
        CHECK(policies.at(name) == (urgent ? expected : SCHED_OTHER));
    }
    CHECK(daemon.stop() == 0);
    std::ifstream in(log);
    const std::string said{std::istreambuf_iterator<char>(in), {}};
    CHECK((said.find("--real-time-priority is not allowed here") == std::string::npos) == allowed);
}

TEST_CASE("without the option no thread runs before other programs") {
    TemporaryDirectory scratch;
    DaemonProcess daemon(scratch.path() / "data");
    for (const auto& [name, policy] : policies_once_settled(daemon, SCHED_OTHER)) {
        INFO(name);
        CHECK(policy == SCHED_OTHER);
    }
    CHECK(daemon.stop() == 0);
}

}  // namespace
}  // namespace tiebreak::e2e
