// A journal whose end is torn starts without it; one that is damaged in the middle does not start, and says where.
#include <fstream>
#include <iterator>
#include <string>

#include "tests/catch.hpp"
#include "tests/end_to_end/daemon_process.hpp"
#include "tests/end_to_end/json_client.hpp"

namespace tiebreak::e2e {
namespace {

std::filesystem::path first_segment(const std::filesystem::path& data) { return data / "00000000000000000001.tbj"; }

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void change(const std::filesystem::path& file, std::size_t offset, const std::string& bytes) {
    std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
    out.seekp(static_cast<std::streamoff>(offset));
    out << bytes;
}

void register_providers(const DaemonProcess& daemon, int from, int to) {
    zmq::context_t context;
    JsonClient client(context, daemon.commands());
    for (int i = from; i < to; ++i) {
        REQUIRE(client.send(R"({"type":"provider","id":"P)" + std::to_string(i) + R"("})").sequence == static_cast<std::uint64_t>(i + 1));
    }
}

TEST_CASE("a journal damaged in the middle does not start, and the message names file and place") {
    TemporaryDirectory scratch;
    const auto data = scratch.path() / "data";
    {
        DaemonProcess daemon(data);
        register_providers(daemon, 0, 20);
        CHECK(daemon.stop() == 0);
    }
    const std::size_t place = read_file(first_segment(data)).find("P5");
    REQUIRE(place != std::string::npos);
    change(first_segment(data), place, "Q");
    const Ended refused = run_program({TIEBREAK_BIN "/tiebreakd", "--data", data.string(), "--commands", "tcp://127.0.0.1:*",
                                       "--feed", "tcp://127.0.0.1:*", "--log-level", "off", "--segment-bytes", "8388608"});
    CHECK(refused.exit_code == 4);
    CHECK_THAT(refused.err, Catch::Contains("00000000000000000001.tbj"));
}

TEST_CASE("bytes of a commit that was cut short are left out, and everything acknowledged is there") {
    TemporaryDirectory scratch;
    const auto data = scratch.path() / "data";
    {
        DaemonProcess daemon(data);
        register_providers(daemon, 0, 20);
        CHECK(daemon.stop() == 0);
    }
    const std::string bytes = read_file(first_segment(data));
    const std::size_t end = bytes.find_last_not_of('\0') + 1;
    change(first_segment(data), (end + 7) / 8 * 8 + 8, "half a record");
    DaemonProcess again(data);
    register_providers(again, 20, 21);  // its sequence says that twenty events came before
    CHECK(again.stop() == 0);
}

}  // namespace
}  // namespace tiebreak::e2e
