// explain, report and procedure check as their users run them: the real programs, files and sockets.
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/end_to_end/daemon_process.hpp"
#include "tests/explain/told.hpp"

using namespace tiebreak;
namespace bj = boost::json;
namespace fs = std::filesystem;
using e2e::Ended;
using e2e::run_program;

namespace {

const std::string tool = TIEBREAK_BIN "/tiebreak";
const std::string procedures = TIEBREAK_PROCEDURES;

std::string scene_text(const std::string& scene) {
    std::string text;
    for (const std::string& line : told::lines_of(scene)) text += line + '\n';
    return text;
}

fs::path write(const tests::TemporaryDirectory& scratch, const std::string& name, const std::string& text) {
    std::ofstream{scratch.path() / name, std::ios::binary} << text;
    return scratch.path() / name;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Without the instant up to which the story is told, which depends on when one asks.
std::string story(const Ended& ended) {
    INFO(ended.out << ended.err);
    REQUIRE(ended.exit_code == 0);
    bj::value value = bj::parse(ended.out);
    value.as_object().erase("told_until");
    return bj::serialize(value);
}

}  // namespace

TEST_CASE("tiebreak explain tells a file's package, whole and for one provider") {
    const Ended officer = run_program({tool, "explain", "K1", "--commands", "-"}, scene_text("homecare"));
    CHECK(officer.exit_code == 0);
    CHECK(contains(officer.out, "same start, same rating, answered 1.204 318 ms later"));
    CHECK_FALSE(contains(officer.out, "\x1b["));  // no colours where it is no terminal
    const Ended cedar = run_program({tool, "explain", "K1", "--commands", "-", "--for", "cedar"}, scene_text("homecare"));
    CHECK(contains(cedar.out, "you came 2nd of 4"));
    CHECK_FALSE(contains(cedar.out, "birch"));
    const Ended utc = run_program({tool, "explain", "K1", "--commands", "-", "--utc"}, scene_text("homecare"));
    CHECK(contains(utc.out, "23 November 2026, 09:00 UTC"));
}

TEST_CASE("tiebreak explain says what is unknown and what it may have been meant as") {
    const Ended package = run_program({tool, "explain", "k2", "--commands", "-"}, scene_text("lots"));
    CHECK(package.exit_code == 1);
    CHECK(package.out.empty());
    CHECK(package.err == "tiebreak: no package k2 was ever opened; did you mean K2, K1 or K3?\n");
    const Ended provider = run_program({tool, "explain", "K1", "--commands", "-", "--for", "ald"}, scene_text("lots"));
    CHECK(provider.exit_code == 1);
    CHECK(provider.err == "tiebreak: no provider ald is registered\n");
    const Ended malformed = run_program({tool, "explain", "K1", "--commands", "-"}, scene_text("lots") + "{\"type\":\"offfer\"}\n");
    CHECK(malformed.exit_code == 2);
    CHECK(contains(malformed.err, "standard input:20:9: type: \"offfer\" is not known here"));
    CHECK(contains(malformed.err, "did you mean offer?"));
    const Ended back = run_program({tool, "explain", "K1", "--commands", "-"}, scene_text("lots") + "{\"type\":\"advance\",\"at\":\"2026-11-23T08:00:00Z\"}\n");
    CHECK(back.exit_code == 2);
    CHECK(contains(back.err, "goes back"));
    CHECK(run_program({tool, "explain", "K1", "--commands", "/no/such/file"}).exit_code == 1);
    CHECK(run_program({tool, "explain", "K1", "--journal", "/no/such/directory"}).exit_code == 1);
    CHECK(run_program({tool, "explain", "K1", "--journal", "x", "--commands", "y"}).exit_code == 2);
}

TEST_CASE("A running daemon, its journal and its export tell the same story") {
    tests::TemporaryDirectory scratch;
    e2e::DaemonProcess daemon(scratch.path() / "data");
    std::string commands =
        R"({"type":"procedure","id":"p","title":"One hour","ranking":["lowest_price"],"obligations":[{"role":"zonal","min_offered":50}],)"
        R"("stages":[{"name":"s","audience":{"roles":["zonal"]},"window":"1h","close":"all_answered"}]})" "\n";
    for (const std::string provider : {"alder", "birch", "cedar"})
        commands += R"({"type":"provider","id":")" + provider + R"(","memberships":[{"role":"zonal"}]})" "\n";
    commands += R"({"type":"package","id":"K1","procedure":"p"})" "\n";
    commands += R"({"type":"offer","id":"of-alder","package":"K1","provider":"alder","start":"2100-01-01T08:00:00Z","price_pence":2907})" "\n";
    commands += R"({"type":"offer","id":"of-birch","package":"K1","provider":"birch","start":"2100-01-01T08:00:00Z","price_pence":3027})" "\n";
    commands += R"({"type":"decline","package":"K1","provider":"cedar","reason":"full"})" "\n";
    const Ended sent = run_program({tool, "send", "-", "--connect", daemon.commands()}, commands);
    REQUIRE(sent.exit_code == 0);

    const Ended live = run_program({tool, "explain", "K1", "--json", "--connect", daemon.commands()});
    CHECK(contains(live.out, "\"why\":\"£1.20 dearer\""));
    const Ended journal = run_program({tool, "explain", "K1", "--json", "--journal", daemon.data().string()});
    const Ended exported = run_program({tool, "export", "--live", "--connect", daemon.commands()});
    const Ended replayed = run_program({tool, "explain", "K1", "--json", "--commands", "-"}, exported.out);
    CHECK(story(live) == story(journal));
    CHECK(story(live) == story(replayed));

    const Ended birch = run_program({tool, "explain", "K1", "--for", "birch", "--live", "--connect", daemon.commands()});
    CHECK(contains(birch.out, "the price was higher"));
    CHECK_FALSE(contains(birch.out, "1.20"));

    const Ended report = run_program({tool, "report", "p", "--csv", "--connect", daemon.commands()});
    CHECK(contains(report.out, "zonal,,alder,,1,1,100.0,1,100.0,0,50,0,yes\r\n"));
    CHECK(contains(report.out, "zonal,,cedar,,1,0,0.0,0,0.0,0,50,0,no\r\n"));
    CHECK(run_program({tool, "report", "p", "--csv", "--journal", daemon.data().string()}).out == report.out);
}

TEST_CASE("A daemon that is not there is said to be not there") {
    const Ended nobody = run_program({tool, "explain", "K1", "--connect", "tcp://127.0.0.1:9"}, {}, std::chrono::seconds{120});
    CHECK(nobody.exit_code == 3);
    CHECK(contains(nobody.err, "tcp://127.0.0.1:9"));
}

TEST_CASE("tiebreak report gathers, and refuses what makes no sense") {
    const Ended by_role = run_program({tool, "report", "lots", "--commands", "-", "--by", "role", "--from", "2026-11-23", "--to", "2026-11-24"},
                                      scene_text("lots"));
    CHECK(by_role.exit_code == 0);
    CHECK(contains(by_role.out, "lead              3        2   66.6%        2   66.6%        0  75% offered  NOT MET\n"));
    CHECK(run_program({tool, "report", "lots", "--commands", "-", "--from", "2026-02-30"}, scene_text("lots")).exit_code == 2);
    CHECK(run_program({tool, "report", "lots", "--commands", "-", "--from", "2026-11-24", "--to", "2026-11-24"}, scene_text("lots")).exit_code == 2);
    CHECK(run_program({tool, "report", "lots", "--commands", "-", "--by", "moon"}, scene_text("lots")).exit_code == 2);
    const Ended unknown = run_program({tool, "report", "lost", "--commands", "-"}, scene_text("lots"));
    CHECK(unknown.exit_code == 1);
    CHECK(unknown.err == "tiebreak: no procedure lost is registered; registered are lots\n");
}

TEST_CASE("tiebreak procedure check passes every procedure that comes with Tiebreak") {
    const Ended all = run_program({tool, "procedure", "check", procedures});
    CHECK(all.exit_code == 0);
    CHECK(all.err.empty());
    CHECK(contains(all.out, "oxfordshire-homecare: Live Well at Home: homecare call-off\n"));
    CHECK(contains(all.out, "The earliest start wins; if equal, whoever answered first."));
    const Ended json = run_program({tool, "procedure", "check", procedures, "--json"});
    CHECK(bj::parse(json.out).as_array().size() >= 12);
}

TEST_CASE("tiebreak procedure check points at what is wrong and still reads the others") {
    tests::TemporaryDirectory scratch;
    const fs::path bad = write(scratch, "bad.json", "{\"type\": \"procedure\", \"id\": \"bad\",\n \"stages\": [],\n \"ranking\": []}\n");
    const Ended ended = run_program({tool, "procedure", "check", bad.string(), procedures + "/oxfordshire-homecare.json"});
    CHECK(ended.exit_code == 2);
    CHECK(ended.err == bad.string() + ":2:12: stages: must have at least one stage\n     \"stages\": [],\n               ^\n");
    CHECK(contains(ended.out, "oxfordshire-homecare"));
    const Ended json = run_program({tool, "procedure", "check", bad.string(), "--json"});
    CHECK(json.exit_code == 2);
    CHECK(json.out == "[{\"file\":\"" + bad.string() +
                          "\",\"ok\":false,\"line\":2,\"column\":12,\"path\":\"stages\",\"sentence\":\"must have at least one stage\"}]\n");
    CHECK(run_program({tool, "procedure", "check", "/no/such.json"}).exit_code == 1);
    const fs::path worse = write(scratch, "worse.json", "{\"type\": \"procedure\", \"id\": \"\",\n \"stages\": [],\n \"ranking\": 7}\n");
    const Ended all = run_program({tool, "procedure", "check", worse.string(), bad.string()});
    CHECK(all.exit_code == 2);
    for (const char* place : {":1:29: id: ", ":2:12: stages: ", ":3:13: ranking: "}) CHECK(contains(all.err, worse.string() + place));
    const Ended both = run_program({tool, "procedure", "check", worse.string(), bad.string(), "--json"});
    const bj::array files = bj::parse(both.out).as_array();
    REQUIRE(files.size() == 2);
    CHECK(files[0].at("path").as_string() == "id");
    REQUIRE(files[0].at("more").as_array().size() == 2);
    CHECK(files[0].at("more").at(1).at("path").as_string() == "ranking");
    CHECK_FALSE(files[1].as_object().contains("more"));
    CHECK(run_program({tool, "procedure", "check", worse.string(), "--try", "/no/such.jsonl"}).exit_code == 2);
    CHECK(run_program({tool, "procedure", "check", bad.string(), "/no/such.json"}).exit_code == 2);
    CHECK(run_program({tool, "procedure", "check", (scratch.path() / "").string(), "--quiet"}).out.empty());
}

TEST_CASE("procedure check --try runs a scenario under the procedure and tells it in order") {
    tests::TemporaryDirectory scratch;
    const fs::path providers = write(scratch, "providers.jsonl",
                                     "# who takes part\n\n"
                                     R"({"type":"provider","id":"alder","memberships":[{"role":"lead","zone":"gedling"}]})" "\n"
                                     R"({"type":"provider","id":"birch","memberships":[{"role":"additional","zone":"gedling"}]})" "\n");
    const fs::path morning = write(scratch, "morning.jsonl",
                                   R"({"type":"package","at":"2026-11-23T09:00:00Z","id":"K1","procedure":"nottinghamshire-home-based-care","zone":"gedling"})" "\n"
                                   R"({"type":"decline","package":"K1","provider":"alder","reason":"full"})" "\n"
                                   R"({"type":"offer","at":"2026-11-23T09:05:00Z","id":"of-birch","package":"K1","provider":"birch","start":"2026-11-24T08:00:00Z"})" "\n"
                                   R"({"type":"offer","id":"of-alder","package":"K9","provider":"alder","start":"2026-11-24T08:00:00Z"})" "\n");
    const std::string procedure = procedures + "/nottinghamshire-home-based-care.json";
    const Ended tried = run_program({tool, "procedure", "check", procedure, "--quiet", "--try", providers.string(), "--try", morning.string()});
    CHECK(tried.err.empty());
    CHECK(tried.exit_code == 0);
    told::check_golden("try.txt", tried.out);
    const Ended json = run_program({tool, "procedure", "check", procedure, "--json", "--try", providers.string(), "--try", morning.string()});
    const bj::object object = bj::parse(json.out).as_object();
    CHECK(object.at("packages").as_array().size() == 1);
    CHECK(object.at("happenings").as_array().size() == 12);

    CHECK(run_program({tool, "procedure", "check", procedures, "--try", morning.string()}).exit_code == 2);
    const fs::path wrong = write(scratch, "wrong.jsonl", "{\"type\":\"advance\"}\n{\"type\":\"advance\",\"att\":1}\n");
    const Ended malformed = run_program({tool, "procedure", "check", procedure, "-q", "--try", wrong.string()});
    CHECK(malformed.exit_code == 2);
    CHECK(contains(malformed.err, wrong.string() + ":2:19: "));
}
