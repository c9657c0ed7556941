// A disk that fails while the daemon registers its procedures at the start.
#include <algorithm>
#include <fstream>
#include <string>

#include "daemon/exit_codes.hpp"
#include "tests/catch.hpp"
#include "tests/end_to_end/daemon_process.hpp"

namespace tiebreak::e2e {
namespace {

TEST_CASE("a disk that fails while procedures are registered ends the start at once, and it never says that it is ready") {
    TemporaryDirectory scratch;
    const auto procedures = scratch.path() / "procedures";
    std::filesystem::create_directory(procedures);
    const std::filesystem::path given = TIEBREAK_PROCEDURES;
    for (const auto& entry : std::filesystem::directory_iterator(given)) std::filesystem::copy_file(entry.path(), procedures / entry.path().filename());
    const auto data = scratch.path() / "data";
    // The first rename is that of `endpoints`; the second gives the first segment its name, with the first procedure in it.
    const EnvironmentVariable preload("LD_PRELOAD", TIEBREAK_FAILING_DISK), at("TIEBREAK_FAIL_AT", "rename:2:EIO"),
        under("TIEBREAK_FAIL_UNDER", data.string()), note("TIEBREAK_FAIL_NOTE", (scratch.path() / "note").string());
    // That one never gets a reply: it must not be waited for.
    const Ended ended = run_program({TIEBREAK_BIN "/tiebreakd", "--data", data.string(), "--procedures", procedures.string(), "--commands",
                                     "tcp://127.0.0.1:*", "--feed", "tcp://127.0.0.1:*"},
                                    {}, std::chrono::seconds{20});
    REQUIRE(std::filesystem::exists(scratch.path() / "note"));
    CHECK(ended.exit_code == daemon::exit_disk);
    CHECK_THAT(ended.err, Catch::Contains("tiebreakd: cannot rename a spare segment to") && Catch::Contains("Input/output error"));
    CHECK_THAT(ended.out, !Catch::Contains("ready"));
}

}  // namespace
}  // namespace tiebreak::e2e
