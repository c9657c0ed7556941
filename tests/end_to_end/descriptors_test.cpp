// More connections than the daemon has file descriptors for.
#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "tests/catch.hpp"
#include "tests/end_to_end/daemon_process.hpp"
#include "tests/end_to_end/half_open.hpp"
#include "tests/end_to_end/json_client.hpp"

namespace tiebreak::e2e {
namespace {

std::size_t count_of(const std::filesystem::path& directory) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory), {}));
}

// Waits until it holds; false if it doesn't within the limit.
template <typename Holds>
bool becomes(Holds holds, std::chrono::seconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (!holds()) {
        if (std::chrono::steady_clock::now() >= until) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return true;
}

// As many as that, for a daemon that runs.
void leave_descriptors(pid_t pid, rlim_t count) {
    rlimit limit{};
    REQUIRE(::prlimit(pid, RLIMIT_NOFILE, nullptr, &limit) == 0);
    limit.rlim_cur = count;
    REQUIRE(::prlimit(pid, RLIMIT_NOFILE, &limit, nullptr) == 0);
}

TEST_CASE("with every descriptor taken by half-open connections the journal goes on to its next files, good clients are served, and all is released") {
    TemporaryDirectory scratch;
    DaemonProcess daemon(scratch.path() / "data", {"--segment-bytes", "1048576", "--message-bytes-max", "65536"});
    const std::filesystem::path open_files = "/proc/" + std::to_string(daemon.pid()) + "/fd";
    const std::size_t files_at_first = count_of(open_files);
    zmq::context_t context;
    JsonClient good(context, daemon.commands());
    REQUIRE(good.send(R"({"type":"advance"})").code.empty());

    const std::size_t most = 80;
    leave_descriptors(daemon.pid(), most);
    HalfOpen rubbish;
    for (int i = 0; i < 300; ++i) REQUIRE(rubbish.add(i % 2 == 0 ? daemon.commands() : daemon.feed()));
    REQUIRE(becomes([&] { return count_of(open_files) + 1 >= most; }, std::chrono::seconds{10}));
    rubbish.speak();

    // Some six segments' worth. Those whose handshake ends meanwhile are followed by those that wait.
    const std::string text(1'000, 'x');
    for (int i = 0; i < 5'500; ++i) {
        const std::string line = R"({"type":"provider","id":"P","name":")" + std::to_string(i) + text.substr(4) + R"("})";
        REQUIRE(good.send(line).code.empty());
    }
    CHECK(daemon.is_running());
    rubbish.close();
    CHECK(becomes([&] { return count_of(open_files) <= files_at_first + 8; }, std::chrono::seconds{20}));
    JsonClient another(context, daemon.commands());
    CHECK(another.send(R"({"type":"advance"})").code.empty());
    CHECK(daemon.stop() == 0);
}

}  // namespace
}  // namespace tiebreak::e2e
