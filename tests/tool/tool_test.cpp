// The tool as its users run it: the real programs, real files, real sockets.
#include <chrono>
#include <fstream>
#include <future>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <zmq.hpp>

#include "tests/catch.hpp"
#include "tests/end_to_end/daemon_process.hpp"
#include "tests/worked_example.hpp"
#include "wire/client.hpp"

namespace tiebreak::e2e {
namespace {

namespace json = boost::json;
namespace example = tests::worked_example;

const std::string tiebreak = TIEBREAK_BIN "/tiebreak";

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

// A procedure with a window of `window`, providers P0…, packages K0…, and an offer of each provider for each package.
std::string scene(const std::string& window, int providers, int packages) {
    std::ostringstream out;
    out << R"({"type":"procedure","id":"p","stages":[{"name":"all","window":")" << window
        << R"("}],"ranking":["earliest_start"]})" << '\n';
    for (int i = 0; i < providers; ++i) out << R"({"type":"provider","id":"P)" << i << "\"}\n";
    for (int i = 0; i < packages; ++i) out << R"({"type":"package","id":"K)" << i << R"(","procedure":"p"})" << '\n';
    for (int i = 0; i < providers * packages; ++i)
        out << R"({"type":"offer","id":"O)" << i << R"(","package":"K)" << i % packages << R"(","provider":"P)"
            << i / packages << R"(","start":"2100-01-0)" << 1 + i % 9 << R"(T08:00:00Z"})" << '\n';
    return out.str();
}

// Waits until so many offers were accepted, as the daemon's status says.
void await_offers(const DaemonProcess& daemon, std::uint64_t offers) {
    zmq::context_t context(1);
    std::string why;
    wire::ClientOptions options;
    options.endpoint = daemon.commands();
    const auto client = wire::Client::connect(context, options, why);
    REQUIRE(client);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (std::chrono::steady_clock::now() < until) {
        const auto completed = client->call(wire::Query{wire::query::Status{}}, std::chrono::seconds{5});
        REQUIRE((completed && completed->answer));
        if (std::get<wire::answer::Status>(completed->answer->answer()).offers >= offers) return;
    }
    FAIL("the offers did not come");
}

}  // namespace

TEST_CASE("tiebreak replay gives the contract's example byte for byte") {
    const Ended ended = run_program({tiebreak, "replay", "-"}, example::opening + example::offer_a + example::offer_b);
    CHECK(ended.exit_code == 0);
    REQUIRE(!ended.out.empty());
    CHECK(lines_of(ended.out).back() ==
          R"({"type":"awarded","at":"2026-11-23T10:00:00.000000000Z","sequence":9,"package":"K1","stage":"zonal","offer":"O-A","provider":"A","start":"2026-11-25T08:00:00.000000000Z","decided_by":"earliest_response","ranking":[{"rank":1,"offer":"O-A","provider":"A"},{"rank":2,"offer":"O-B","provider":"B","lost_on":"earliest_response"}]})");
}

TEST_CASE("tiebreak replay names the line that goes back in time, and ends with 2") {
    const Ended ended = run_program({tiebreak, "replay", "-"}, example::opening + example::offer_b + example::offer_a);
    CHECK(ended.exit_code == 2);
    CHECK(ended.err.starts_with("line 6: "));
    CHECK(lines_of(ended.out).size() == 6);  // what came before it has been written
}

TEST_CASE("a file that can't be read ends with 1, a wrong option with 2, a daemon that is not there with 3") {
    CHECK(run_program({tiebreak, "replay", "/no/such/file"}).exit_code == 1);
    CHECK(run_program({tiebreak, "replay", "/"}).exit_code == 1);
    CHECK(run_program({tiebreak, "replay", "-"}).exit_code == 0);
    CHECK(run_program({tiebreak, "export"}).exit_code == 2);
    CHECK(run_program({tiebreak, "frobnicate"}).exit_code == 2);
    CHECK(run_program({tiebreak, "watch", "nonsense/topic"}).exit_code == 2);
    const Ended nobody = run_program({tiebreak, "send", "-", "--wait", "0.2", "--connect", "tcp://127.0.0.1:9"},
                                     R"({"type":"advance"})");
    CHECK(nobody.exit_code == 3);
    CHECK(nobody.out == "{\"line\":1,\"outcome\":\"no_reply\"}\n");
}

TEST_CASE("what is sent is answered line by line, watched, exported and replayed to the very same events") {
    TemporaryDirectory scratch;
    DaemonProcess daemon(scratch.path() / "data");
    const std::string commands = scene("1s", 3, 2) + "nonsense\n" + R"({"type":"offer","id":"late","package":"K9","provider":"P0","start":"2100-01-01T08:00:00Z"})";
    const Ended sent = run_program({tiebreak, "send", "-", "--connect", daemon.commands()}, commands);
    CHECK(sent.exit_code == 2);  // for the line of nonsense, which stopped nothing
    CHECK(sent.err.starts_with("line 13: "));
    const auto replies = lines_of(sent.out);
    REQUIRE(replies.size() == 13);
    CHECK_THAT(replies[12], Catch::Contains("\"line\":14,\"accepted\":false,\"code\":\"unknown_package\""));

    // 1 procedure, 3 providers, 2 packages that open a stage each, 6 offers, 1 reject, 2 closes, 2 awards.
    const Ended watched = run_program({tiebreak, "watch", "--from", "1", "--count", "19", "--connect", daemon.commands(),
                                       "--feed", daemon.feed()});
    CHECK(watched.exit_code == 0);
    const Ended live = run_program({tiebreak, "export", "--live", "--connect", daemon.commands()});
    CHECK(live.exit_code == 0);
    const Ended exported = run_program({tiebreak, "export", daemon.data().string()});
    CHECK(exported.out == live.out);
    const Ended replayed = run_program({tiebreak, "replay", "-"}, live.out);
    CHECK(replayed.out == watched.out);

    const Ended status = run_program({tiebreak, "status", "--json", "--connect", daemon.commands()});
    CHECK(json::parse(status.out).at("awards").to_number<int>() == 2);
    CHECK(run_program({tiebreak, "verify", daemon.data().string()}).exit_code == 0);
}

TEST_CASE("procedures from a directory are registered at start; a changed file is a new revision, an unchanged one says nothing") {
    TemporaryDirectory scratch;
    const auto procedures = scratch.path() / "procedures";
    std::filesystem::create_directory(procedures);
    const auto write = [&](const std::string& window) {
        std::ofstream(procedures / "p.json") << "{\n  \"type\": \"procedure\", \"id\": \"p\",\n  \"stages\": [{\"name\": \"all\", \"window\": \""
                                             << window << "\"}],\n  \"ranking\": []\n}\n";
    };
    const auto revisions = [&](DaemonProcess& daemon) {
        return run_program({tiebreak, "export", "--live", "--connect", daemon.commands()}).out;
    };
    const std::vector<std::string> options{"--procedures", procedures.string()};
    write("4h");
    {
        DaemonProcess daemon(scratch.path() / "data", options);
        CHECK(lines_of(revisions(daemon)).size() == 1);
        write("0h");
        const Ended refused = run_program({TIEBREAK_BIN "/tiebreakd", "--data", (scratch.path() / "other").string(), options[0], options[1]});
        CHECK(refused.exit_code == 2);
        CHECK_THAT(refused.err, Catch::Contains("p.json:3:"));  // the line of the window
        CHECK(daemon.stop() == 0);
    }
    write("5h");
    DaemonProcess daemon(scratch.path() / "data", options);
    const Ended replayed = run_program({tiebreak, "replay", "-"}, revisions(daemon));
    CHECK(lines_of(replayed.out).size() == 2);
    CHECK_THAT(replayed.out, Catch::Contains("\"revision\":2"));
}

TEST_CASE("a daemon killed while offers flow, and started again, loses nothing that it acknowledged and awards once") {
    TemporaryDirectory scratch;
    const auto data = scratch.path() / "data";
    auto daemon = std::make_unique<DaemonProcess>(data);
    const std::vector<std::string> same_ports{"--commands", daemon->commands(), "--feed", daemon->feed()};
    const std::string connect = daemon->commands();
    constexpr int packages = 40;
    constexpr int providers = 500;

    auto watching = std::async(std::launch::async, [&] {
        return run_program({tiebreak, "watch", "--from", "1", "--until-idle", "8", "--connect", connect, "--feed", same_ports[3]},
                           {}, std::chrono::seconds{120});
    });
    auto sending = std::async(std::launch::async, [&] {
        return run_program({tiebreak, "send", "-", "--connect", connect, "--batch", "16", "--in-flight", "16"},
                           scene("6s", providers, packages), std::chrono::seconds{120});
    });
    await_offers(*daemon, 2'000);
    daemon->kill();
    daemon = std::make_unique<DaemonProcess>(data, same_ports);

    const Ended sent = sending.get();
    CHECK(sent.exit_code == 0);
    const Ended watched = watching.get();
    CHECK(watched.exit_code == 0);
    const Ended exported = run_program({tiebreak, "export", "--live", "--connect", connect}, {}, std::chrono::seconds{120});
    const Ended replayed = run_program({tiebreak, "replay", "-"}, exported.out, std::chrono::seconds{120});
    CHECK((replayed.out == watched.out));  // in brackets, so that a failure does not print megabytes

    std::map<std::uint64_t, std::string> events;  // by sequence
    std::map<std::string, int> awards;
    for (const std::string& line : lines_of(watched.out)) {
        const json::value event = json::parse(line);
        events[event.at("sequence").to_number<std::uint64_t>()] = line;
        if (event.at("type") == "awarded") ++awards[event.at("package").as_string().c_str()];
    }
    CHECK(awards.size() == packages);
    for (const auto& [package, count] : awards) CHECK(count == 1);

    std::size_t acknowledged = 0;
    for (const std::string& line : lines_of(sent.out)) {
        const json::value reply = json::parse(line);
        const json::object& fields = reply.as_object();
        if (!fields.contains("sequence")) continue;  // a registration that was there already
        ++acknowledged;
        const auto event = events.find(fields.at("sequence").to_number<std::uint64_t>());
        REQUIRE(event != events.end());
        REQUIRE_THAT(event->second, Catch::Contains("\"at\":\"" + std::string{fields.at("arrival").as_string()} + '"'));
    }
    CHECK(acknowledged >= static_cast<std::size_t>(packages) * providers);
}

}  // namespace tiebreak::e2e
