// Starts that fail late.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "daemon/exit_codes.hpp"
#include "tests/catch.hpp"
#include "tests/end_to_end/daemon_process.hpp"
#include "tests/end_to_end/json_client.hpp"

namespace tiebreak::e2e {
namespace {

TEST_CASE("a disk that fails while procedures are registered ends the start at once, and it never says that it is ready") {
    TemporaryDirectory scratch;
    const auto procedures = scratch.path() / "procedures";
    std::filesystem::create_directory(procedures);
    const std::filesystem::path given = TIEBREAK_PROCEDURES;
    for (const auto& entry : std::filesystem::directory_iterator(given)) std::filesystem::copy_file(entry.path(), procedures / entry.path().filename());
    const auto data = scratch.path() / "data";
    // The first rename is that of `endpoints`; the second gives the first segment its name. Until that fails procedures are taken.
    const EnvironmentVariable preload("LD_PRELOAD", TIEBREAK_FAILING_DISK), at("TIEBREAK_FAIL_AT", "rename:2:EIO"),
        under("TIEBREAK_FAIL_UNDER", data.string()), note("TIEBREAK_FAIL_NOTE", (scratch.path() / "note").string());
    // The one that was taken last never gets a reply: it must not be waited for.
    const Ended ended = run_program({TIEBREAK_BIN "/tiebreakd", "--data", data.string(), "--procedures", procedures.string(), "--commands",
                                     "tcp://127.0.0.1:*", "--feed", "tcp://127.0.0.1:*"},
                                    {}, std::chrono::seconds{20});
    REQUIRE(std::filesystem::exists(scratch.path() / "note"));
    CHECK(ended.exit_code == daemon::exit_disk);
    CHECK_THAT(ended.err, Catch::Contains("tiebreakd: cannot rename a spare segment to") && Catch::Contains("Input/output error"));
    CHECK_THAT(ended.out, !Catch::Contains("ready"));
}

TEST_CASE("a start that can't have all its threads fails with a sentence, and has not ended the outage") {
    TemporaryDirectory scratch;
    const auto data = scratch.path() / "data";
    const auto sign_of_life = [&] {
        std::ifstream file(data / "sign-of-life", std::ios::binary);
        return std::string{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    };
    const auto exported = [&] { return run_program({TIEBREAK_BIN "/tiebreak", "export", data.string()}).out; };
    {
        zmq::context_t context;
        DaemonProcess daemon(data);
        JsonClient client(context, daemon.commands());
        REQUIRE(client.send(R"({"type":"procedure","id":"p","stages":[{"name":"zonal","audience":{},"window":"4h"}],"ranking":["earliest_start"]})").code.empty());
        REQUIRE(client.send(R"({"type":"package","id":"K1","procedure":"p"})").code.empty());
        daemon.kill();
    }
    std::filesystem::remove(data / "endpoints");  // the killed one's: threads are counted from where the next has written its own
    const std::string sign_before = sign_of_life(), commands_before = exported();
    const auto note = scratch.path() / "note";
    int failed = 0;
    for (int n = 1; n <= 7; ++n) {
        INFO("thread " << n);
        const EnvironmentVariable preload("LD_PRELOAD", TIEBREAK_FAILING_DISK), at("TIEBREAK_FAIL_AT", "thread:" + std::to_string(n) + ":EIO"),
            under("TIEBREAK_FAIL_UNDER", data.string()), to("TIEBREAK_FAIL_NOTE", note.string());
        const Ended ended = run_program({TIEBREAK_BIN "/tiebreakd", "--data", data.string(), "--commands", "tcp://127.0.0.1:*", "--feed",
                                         "tcp://127.0.0.1:*", "--log-level", "off"});
        failed += std::filesystem::remove(note);
        CHECK(ended.exit_code == daemon::exit_failed);
        CHECK_THAT(ended.err, Catch::StartsWith("tiebreakd: can't start a thread"));
        CHECK(ended.out.empty());
        CHECK_FALSE(std::filesystem::exists(data / "endpoints"));
        CHECK((sign_of_life() == sign_before));
        CHECK(exported() == commands_before);
    }
    CHECK(failed == 7);
    DaemonProcess daemon(data);
    CHECK(daemon.stop() == 0);
}

}  // namespace
}  // namespace tiebreak::e2e
