// The daemon ends in the middle of a citizen's choice and of an approval, is started again on its data, and goes on.
#include <filesystem>
#include <memory>
#include <string>
#include <variant>

#include "tests/catch.hpp"
#include "tests/end_to_end/daemon_process.hpp"
#include "tests/end_to_end/feed_recorder.hpp"
#include "tests/end_to_end/json_client.hpp"
#include "wire/json_writer.hpp"
#include "wire/procedure_files.hpp"

namespace {

using namespace tiebreak;
using namespace tiebreak::e2e;

std::string shipped_procedure(const std::string& name) {
    auto loaded = wire::load_procedure(std::filesystem::path(TIEBREAK_PROCEDURES) / (name + ".json"));
    std::string line;
    wire::append_command(line, 0, std::get<wire::ProcedureFile>(loaded).procedure);
    return line;
}

void register_everyone(JsonClient& client) {
    for (const auto* name : {"schedule-8-care-home", "oxfordshire-childrens-packages"})
        REQUIRE(client.send(shipped_procedure(name)).code.empty());
    for (const std::string id : {"Elm", "Oak"})
        REQUIRE(
            client
                .send(
                    R"({"type":"provider","id":")" + id +
                    R"(","memberships":[{"role":"care_home"},{"role":"approved_provider"}],"quality":90,"cqc":"good"})")
                .code.empty());
}

std::string offer(const std::string& package, const std::string& provider, int price_pence) {
    return R"({"type":"offer","id":"O-)" + package + R"(","package":")" + package + R"(","provider":")" + provider +
           R"(","start":"2199-01-01T08:00:00Z","price_pence":)" + std::to_string(price_pence) + "}";
}

// A home with the citizen's choice and a children's package over £500,000, both as far as they come without people.
void bring_to_the_waiting(JsonClient& client, FeedRecorder& feed) {
    for (
        const auto* line :
        {R"({"type":"package","id":"Home","procedure":"schedule-8-care-home","window":"4s"})",
         R"({"type":"package","id":"Child","procedure":"oxfordshire-childrens-packages","window":"4s",)"
          R"("value_pence":50000001})",
         R"({"type":"approval","package":"Child","role":"head_of_procurement","approved":true})"})
        REQUIRE(client.send(line).code.empty());
    for (const auto& line : {offer("Home", "Oak", 90'000), offer("Home", "Elm", 90'000), offer("Child", "Oak", 500'000),
                             offer("Child", "Elm", 400'000)})
        REQUIRE(client.send(line).code.empty());
    REQUIRE(feed.record_until(containing(R"("provider":"Elm","role":"director")")));
    REQUIRE(client.send(R"({"type":"approval","package":"Child","role":"director","approved":true})").code.empty());
}

// What the feed said up to the last award is what the exported journal gives when it is replayed.
void check_replay(DaemonProcess& daemon, FeedRecorder& feed) {
    const auto exported = run_program({TIEBREAK_BIN "/tiebreak", "export", "--live", "--connect", daemon.commands()});
    REQUIRE(exported.exit_code == 0);
    const auto replayed = run_program({TIEBREAK_BIN "/tiebreak", "replay", "-"}, exported.out);
    REQUIRE(replayed.exit_code == 0);
    std::string said;
    for (const auto& line : feed.lines()) said += line + '\n';
    CHECK(replayed.out == said);
    CHECK(feed.troubles().empty());
}

void play(bool kill) {
    TemporaryDirectory scratch;
    zmq::context_t context;
    auto daemon = std::make_unique<DaemonProcess>(scratch.path() / "data");
    {
        JsonClient client(context, daemon->commands());
        FeedRecorder feed(context, daemon->feed(), daemon->commands(), {"all/"});
        register_everyone(client);
        bring_to_the_waiting(client, feed);
        REQUIRE(feed.record_until(containing(R"("provider":"Elm","role":"key_decision")")));
        REQUIRE(feed.troubles().empty());
    }
    if (kill)
        daemon->kill();
    else
        REQUIRE(daemon->stop() == 0);
    daemon = std::make_unique<DaemonProcess>(scratch.path() / "data");

    JsonClient client(context, daemon->commands());
    FeedRecorder feed(context, daemon->feed(), daemon->commands(), {"all/"});
    CHECK(client.send(R"({"type":"approval","package":"Child","role":"director","approved":true})").code ==
          "wrong_approval");
    CHECK(client.send(offer("Home", "Elm", 80'000)).code == "id_conflict");
    CHECK(client.send(R"({"type":"choice","package":"Home","provider":"Elm"})").code.empty());
    CHECK(client.send(R"({"type":"approval","package":"Child","role":"key_decision","approved":true})").code.empty());
    REQUIRE(feed.record_until(containing(R"("type":"awarded","at")")));
    REQUIRE((containing(R"("package":"Child","stage":"approved-list","offer":"O-Child")")(feed.lines().back()) ||
             feed.record_until(containing(R"("package":"Child","stage":"approved-list","offer":"O-Child")"))));
    std::string awards;
    for (const auto& line : feed.lines())
        if (line.starts_with(R"({"type":"awarded")")) awards += line + '\n';
    CHECK_THAT(awards, Catch::Contains(R"("package":"Home","stage":"long-list","offer":"O-Home","provider":"Elm")"));
    CHECK_THAT(awards, Catch::Contains(
                           R"("decided_by":"citizen_choice","ranking":[{"rank":1,"offer":"O-Home","provider":"Elm"},)"
                           R"({"rank":2,"offer":"O-Home","provider":"Oak","lost_on":"citizen_choice"}])"));
    CHECK_THAT(awards,
               Catch::Contains(R"("package":"Child","stage":"approved-list","offer":"O-Child","provider":"Elm")"));
    check_replay(*daemon, feed);
}

}  // namespace

TEST_CASE(
    "SIGKILL in the middle of a choice and of an approval: both go on after a restart, and a replay gives the feed") {
    play(true);
}

TEST_CASE(
    "SIGTERM in the middle of a choice and of an approval: both go on after a restart, and a replay gives the feed") {
    play(false);
}
