#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <thread>

#include "tests/catch.hpp"
#include "tests/end_to_end/daemon_process.hpp"

namespace tiebreak::e2e {
namespace {

const std::string tiebreakd = TIEBREAK_BIN "/tiebreakd";

TEST_CASE("the daemon is soon ready on an empty journal, and SIGTERM ends it cleanly") {
    TemporaryDirectory scratch;
    DaemonProcess daemon(scratch.path() / "data");
    // On an idle machine well under a second; a busy one, or a sanitizer, is given more.
    CHECK(daemon.start_time() < std::chrono::seconds{10});
    std::ifstream file(daemon.data() / "endpoints");
    std::stringstream endpoints;
    endpoints << file.rdbuf();
    CHECK(endpoints.str() == "commands " + daemon.commands() + "\nfeed " + daemon.feed() + "\n");
    CHECK(daemon.stop() == 0);
    CHECK_FALSE(std::filesystem::exists(scratch.path() / "data" / "endpoints"));
}

TEST_CASE("a second daemon on the same data is refused with a sentence, and the first goes on") {
    TemporaryDirectory scratch;
    DaemonProcess daemon(scratch.path() / "data");
    const Ended second = run_program({tiebreakd, "--data", (scratch.path() / "data").string(), "--commands",
                                      "tcp://127.0.0.1:*", "--feed", "tcp://127.0.0.1:*"});
    CHECK(second.exit_code == 3);
    CHECK_THAT(second.err, Catch::Contains("is using the journal"));
    CHECK_THAT(second.err, Catch::Contains(std::to_string(daemon.pid())));
    CHECK(daemon.is_running());
    CHECK(std::filesystem::exists(scratch.path() / "data" / "endpoints"));
}

TEST_CASE("a port in use is said in one sentence") {
    TemporaryDirectory scratch;
    DaemonProcess daemon(scratch.path() / "data");
    const Ended second = run_program({tiebreakd, "--data", (scratch.path() / "other").string(), "--commands",
                                      daemon.commands(), "--feed", "tcp://127.0.0.1:*", "--log-level", "off"});
    CHECK(second.exit_code == 6);
    CHECK(second.err == "tiebreakd: can't listen on " + daemon.commands() + ": another program has that port\n");
}

TEST_CASE("a wrong option, an unknown key and an endpoint that is none are refused before anything is touched") {
    TemporaryDirectory scratch;
    const std::string data = (scratch.path() / "data").string();
    CHECK(run_program({tiebreakd, "--data", data, "--spin-us", "soon"}).exit_code == 2);
    std::ofstream(scratch.path() / "bad.toml") << "spin-uss = 5\n";
    const Ended misspelt = run_program({tiebreakd, "--data", data, "--config", (scratch.path() / "bad.toml").string()});
    CHECK(misspelt.exit_code == 2);
    CHECK_THAT(misspelt.err, Catch::Contains("spin-uss"));
    CHECK_FALSE(std::filesystem::exists(data));
    const Ended endpoint = run_program({tiebreakd, "--data", data, "--feed", "nonsense", "--log-level", "off"});
    CHECK(endpoint.exit_code == 6);
    CHECK_THAT(endpoint.err, Catch::Contains("can't listen on nonsense"));
}

TEST_CASE("--help names every option, its default and the exit codes; --print-config is a config file") {
    const Ended help = run_program({tiebreakd, "--help"});
    CHECK(help.exit_code == 0);
    CHECK_THAT(help.out, Catch::Contains("--requests-in-flight-max") && Catch::Contains("TIEBREAK_SPIN_US") &&
                             Catch::Contains("Exit codes"));
    TemporaryDirectory scratch;
    const Ended first = run_program({tiebreakd, "--print-config", "--spin-us", "7", "--log-level", "error"});
    std::ofstream(scratch.path() / "same.toml") << first.out;
    const Ended second = run_program({tiebreakd, "--print-config", "--config", (scratch.path() / "same.toml").string()});
    CHECK(second.exit_code == 0);
    CHECK(first.out == second.out);
}

TEST_CASE("a name that the config file can't hold is refused, and is not cut short in silence") {
    TemporaryDirectory scratch;
    const auto print_config_of = [&](const std::string& content) {
        std::ofstream(scratch.path() / "given.toml") << content;
        return run_program({tiebreakd, "--print-config", "--config", (scratch.path() / "given.toml").string()});
    };
    for (const std::string content : {"data = \"offers#2\"\n", "data = 'offers#2'\n", "procedures = \"a # b\"\n"}) {
        const Ended cut_short = print_config_of(content);
        CHECK(cut_short.exit_code == 2);
        CHECK_THAT(cut_short.err, Catch::Contains("'#'"));
    }
    for (const std::string name : {"offers#2", "two\nlines", "\"quoted\""}) {
        const Ended unwritable = run_program({tiebreakd, "--print-config", "--data", name});
        CHECK(unwritable.exit_code == 2);
        CHECK_THAT(unwritable.err, Catch::Contains("--data"));
    }
    // A list that is never ended must not take in the lines after it.
    for (const std::string content : {"feed = [tcp://127.0.0.1:5702\ndata = \"offers\"\n", "feed = [\"tcp://127.0.0.1:5702\"]\n"}) {
        const Ended list = print_config_of(content);
        CHECK(list.exit_code == 2);
        CHECK_THAT(list.err, Catch::Contains("--feed") && Catch::Contains("[") && !Catch::Contains("offers"));
    }
    const Ended plain = print_config_of("data = \"St Mary's, [2]\" # a remark\n");
    CHECK(plain.exit_code == 0);
    CHECK(print_config_of(plain.out).out == plain.out);
    CHECK_THAT(plain.out, Catch::Contains("St Mary's, [2]"));
}

TEST_CASE("a disk with too little room is warned of once, with the figure, not each second") {
    TemporaryDirectory scratch;
    const auto log = scratch.path() / "log";
    DaemonProcess daemon(scratch.path() / "data", {"--disk-free-bytes-min", "1000000000000000000", "--heartbeat-ms", "10"}, log);
    std::this_thread::sleep_for(std::chrono::milliseconds{1200});  // longer than the daemon takes to look again
    CHECK(daemon.stop() == 0);
    std::ifstream in(log);
    const std::string said{std::istreambuf_iterator<char>(in), {}};
    const std::size_t first = said.find(" MiB are free on the disk of ");
    REQUIRE(first != std::string::npos);
    CHECK(said.find(" MiB are free on the disk of ", first + 1) == std::string::npos);
}

}  // namespace
}  // namespace tiebreak::e2e
