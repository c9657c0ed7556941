// A daemon that has made snapshots and put segments away: it starts again with everything, its whole history can be exported, explained and
// audited; with the history recycled the tool says from where on.
#include <chrono>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/end_to_end/daemon_process.hpp"
#include "tests/end_to_end/feed_recorder.hpp"
#include "tests/end_to_end/json_client.hpp"
#include "wire/query.hpp"

namespace tiebreak::e2e {
namespace {

const std::string tiebreak = TIEBREAK_BIN "/tiebreak";

// Segments as small as they can be, and a snapshot as soon as there is more to save than the last one holds.
std::vector<std::string> options(const std::string& old_segments) {
    return {"--segment-bytes", "1048576", "--message-bytes-max", "262144", "--snapshot-after-bytes", "1",
            "--history-bytes-max", "262144", "--old-segments", old_segments};
}

std::uint64_t figure(wire::Client& client, std::string_view name) {
    const auto done = client.call(wire::Query{wire::query::Status{}}, wire::Milliseconds{10'000});
    REQUIRE((done && done->answer));
    for (const auto& one : std::get<wire::answer::Status>(done->answer->answer()).figures)
        if (one.name == name) return one.value;
    FAIL("no figure " << name);
    return 0;
}

// Sends offers, a thousand to a message, until segments have been put away.
class Busy {
public:
    Busy(zmq::context_t& context, const DaemonProcess& daemon) : client_(context, daemon.commands()) {
        (void)client_.send(R"({"type":"procedure","id":"p","stages":[{"name":"s","window":"1h"}],"ranking":["earliest_start"]})");
        for (const char* id : {"A", "B", "C"}) (void)client_.send(std::string{R"({"type":"provider","id":")"} + id + "\"}");
        for (const char* id : {"K1", "K2"}) (void)client_.send(std::string{R"({"type":"package","procedure":"p","id":")"} + id + "\"}");
    }
    // `meanwhile` is called after each message.
    void until_put_away(std::string_view figure_name, const std::function<void()>& meanwhile = [] {}) {
        const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{120};
        for (int round = 0; figure(client_.client(), figure_name) < 2; ++round) {
            REQUIRE(std::chrono::steady_clock::now() < give_up);
            // Snapshots are made at the lowest priority: on a busy machine they must not be buried under ever more to save.
            if (round > 200) (void)client_.client().poll(wire::Milliseconds{50});
            std::vector<std::string> ids;
            for (int i = 0; i < 1000; ++i) ids.push_back("O" + std::to_string(count_++));
            std::vector<matching::command::Offer> offers;
            for (const std::string& id : ids) offers.push_back({id, "K1", "A", 4'000'000'000'000'000'000, {}, {}, {}});
            REQUIRE(client_.client().send(offers) != 0);
            const auto replies = client_.client().poll(wire::Milliseconds{10'000});
            REQUIRE(replies.size() == 1);
            REQUIRE(replies[0].receipts.size() == 1000);
            meanwhile();
        }
    }
    wire::Receipt send(std::string_view line) { return client_.send(line); }

private:
    JsonClient client_;
    int count_ = 0;
};

void flip(const std::filesystem::path& file, std::streamoff offset) {
    std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
    bytes.seekg(offset);
    const char right = static_cast<char>(bytes.get());
    bytes.seekp(offset);
    bytes.put(static_cast<char>(right ^ 1));
}

Ended verify(const DaemonProcess& daemon, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{tiebreak, "verify", daemon.data().string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
}

TEST_CASE("behind snapshots and an archive the whole history stays: start, export, explain and verify") {
    TemporaryDirectory scratch;
    zmq::context_t context;
    const auto recorded = scratch.path() / "feed.jsonl";
    std::string exported;
    {
        DaemonProcess daemon(scratch.path() / "data", options("archive"));
        FeedRecorder feed(context, daemon.feed(), daemon.commands(), {"all/"}, true);
        Busy busy(context, daemon);
        const auto never = [](const std::string&) { return false; };
        busy.until_put_away("journal_segments_archived", [&] { (void)feed.record_until(never, std::chrono::milliseconds{5}); });
        (void)busy.send(R"({"type":"cancel","package":"K2"})");
        REQUIRE(feed.record_until(containing("package_cancelled")));
        CHECK(feed.troubles().empty());
        std::ofstream out(recorded);
        for (const std::string& line : feed.lines()) out << line << '\n';
        out.close();

        const Ended live = run_program({tiebreak, "export", "--live", "--connect", daemon.commands()});
        CHECK(live.exit_code == 0);
        exported = run_program({tiebreak, "export", daemon.data().string()}).out;
        CHECK(exported == live.out);
        CHECK_THAT(exported.substr(0, 200), Catch::Contains(R"("type":"procedure")"));
        daemon.kill();
    }
    DaemonProcess daemon(scratch.path() / "data", options("archive"));
    JsonClient client(context, daemon.commands());
    CHECK(figure(client.client(), "snapshot_position") > 0);
    // An offer of the very beginning is known: repeating it gets the first answer.
    const auto repeated = client.send(R"({"type":"offer","id":"O0","package":"K1","provider":"A","start":"2096-10-02T07:06:40Z"})");
    CHECK(repeated.duplicate);
    CHECK(run_program({tiebreak, "export", daemon.data().string()}).out.starts_with(exported));
    CHECK_THAT(run_program({tiebreak, "explain", "K2", "--journal", daemon.data().string()}).out, Catch::Contains("cancelled"));
    CHECK(daemon.stop() == 0);

    const Ended whole = verify(daemon, {"--feed", recorded.string()});
    CHECK(whole.exit_code == 0);
    CHECK_THAT(whole.out, Catch::Contains("whole, compared with the replay") && Catch::Contains("events of the recorded feed are what"));
    // A feed that says something else.
    std::ofstream(recorded, std::ios::app) << R"({"type":"package_cancelled","at":"2026-11-23T10:00:00.000000000Z","sequence":5,"package":"K1"})" << '\n';
    CHECK(verify(daemon, {"--feed", recorded.string()}).exit_code == 2);
    std::ofstream(recorded) << R"({"type":"package_cancelled","at":"2026-11-23T10:00:00.000000000Z","sequence":5,"package":"K1"})" << '\n';
    CHECK(verify(daemon, {"--feed", recorded.string()}).exit_code == 6);

    // Damage in the archive is found by the audit, and costs a start nothing.
    flip(daemon.data() / "archive" / "00000000000000000001.tbj", 5000);
    const Ended damaged = verify(daemon);
    CHECK(damaged.exit_code == 5);
    CHECK_THAT(damaged.err, Catch::Contains("archive/00000000000000000001.tbj"));
    DaemonProcess again(scratch.path() / "data", options("archive"));
    CHECK(again.stop() == 0);
}

TEST_CASE("with a recycled history export and explain say where it begins, and verify goes on from a snapshot") {
    TemporaryDirectory scratch;
    zmq::context_t context;
    DaemonProcess daemon(scratch.path() / "data", options("recycle"));
    Busy busy(context, daemon);
    busy.until_put_away("journal_segments_recycled");
    const Ended live = run_program({tiebreak, "export", "--live", "--connect", daemon.commands()});
    CHECK(live.exit_code == 1);
    CHECK_THAT(live.err, Catch::Contains("begins at record") && Catch::Contains("--after"));
    CHECK(daemon.stop() == 0);

    const Ended refused = run_program({tiebreak, "export", daemon.data().string()});
    CHECK(refused.exit_code == 1);
    CHECK(refused.out.empty());
    const auto at = refused.err.find("--after ");
    REQUIRE(at != std::string::npos);
    const std::string after = refused.err.substr(at + 8, refused.err.find(' ', at + 8) - at - 8);
    const Ended rest = run_program({tiebreak, "export", daemon.data().string(), "--after", after});
    CHECK(rest.exit_code == 0);
    CHECK_THAT(rest.out.substr(0, 100), Catch::Contains(R"("type":"offer")"));
    CHECK_THAT(run_program({tiebreak, "explain", "K1", "--journal", daemon.data().string()}).err, Catch::Contains("begins at record"));
    const Ended whole = verify(daemon);
    CHECK(whole.exit_code == 0);
    CHECK_THAT(whole.out, Catch::Contains("events are derived from record"));

    for (const auto& entry : std::filesystem::directory_iterator(daemon.data())) {
        if (entry.path().extension() == ".tbs") flip(entry.path(), 1000);
    }
    const Ended refused_start = run_program({TIEBREAK_BIN "/tiebreakd", "--data", daemon.data().string(), "--commands", "tcp://127.0.0.1:*",
                                             "--feed", "tcp://127.0.0.1:*", "--log-level", "off"});
    CHECK(refused_start.exit_code == 4);
    CHECK_THAT(refused_start.err, Catch::Contains("put back"));
}

}  // namespace
}  // namespace tiebreak::e2e
