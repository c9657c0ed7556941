#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "tests/catch.hpp"
#include "wire/json_reader.hpp"

namespace {

using namespace tiebreak;
using matching::Command;
namespace command = matching::command;
using wire::AtField;

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t hour_ns = 3'600 * second_ns;
constexpr std::int64_t nine_ns = 1'795'424'400 * second_ns;  // 2026-11-23T09:00:00Z

wire::ReadCommand read(std::string_view text, AtField at = AtField::required) {
    wire::CommandReader reader;
    auto result = reader.read(text, at);
    if (const auto* error = std::get_if<wire::ReadError>(&result)) FAIL(error->in_text() << " in " << text);
    return std::move(std::get<wire::ReadCommand>(result));
}

// A line of this type with these fields, at nine o'clock.
std::string line(std::string_view type, std::string_view fields) {
    std::string text = R"({"type":")";
    text += type;
    text += R"(","at":"2026-11-23T09:00:00Z")";
    if (!fields.empty()) (text += ',') += fields;
    return text += '}';
}

void check_reads(std::string_view type, std::string_view fields, const Command& expected) {
    CAPTURE(type, fields);
    const auto got = read(line(type, fields));
    CHECK(got.at_ns == nine_ns);
    CHECK(got.command == expected);
}

TEST_CASE("Every kind of command is read, with and without its optional fields") {
    command::Provider provider;
    provider.id = "P1";
    check_reads("provider", R"("id":"P1")", provider);
    provider.name = "Caf\xC3\xA9 \"Care\"";
    provider.memberships = {{"zonal", "oxford", {}}, {"apl", {}, "s1"}, {"lead", {}, {}}};
    provider.services = {"home", "night"};
    provider.capabilities = {"hoist"};
    provider.quality = 87'500;
    provider.ratings = {{"cqc", nine_ns, 75'000}, {"nhs", 0, 1}};
    provider.feedback = 100'000;
    provider.cqc = "good";
    provider.suspended = true;
    provider.vacancies = 3;
    check_reads("provider",
                R"("id":"P1","name":"Caf\u00e9 \"Care\"","memberships":[{"role":"zonal","zone":"oxford"},{"scheme":"s1","role":"apl"},
                {"role":"lead"}],"services":["home","night"],"capabilities":["hoist"],"quality":87.5,"ratings":[{"source":"cqc",
                "date":"2026-11-23T10:00:00+01:00","score":75},{"source":"nhs","date":"1970-01-01T00:00:00Z","score":0.001}],
                "feedback":100,"cqc":"good","suspended":true,"vacancies":3)",
                provider);

    command::Package package;
    package.id = "K1";
    package.procedure = "p";
    check_reads("package", R"("id":"K1","procedure":"p")", package);
    package.zone = "z";
    package.service = "s";
    package.scheme = "c";
    package.needs = {"a", "b"};
    package.urgency = "u";
    package.window_ns = 90 * second_ns;
    package.value_pence = std::numeric_limits<std::int64_t>::max();
    package.start_from_ns = nine_ns;
    package.start_by_ns = nine_ns + hour_ns;
    package.direct_payment = true;
    package.standard_fee_pence = 0;
    check_reads("package",
                R"("id":"K1","procedure":"p","zone":"z","service":"s","scheme":"c","needs":["a","b"],"urgency":"u","window":"1m30s",
                "value_pence":9223372036854775807,"start_from":"2026-11-23T09:00:00Z","start_by":"2026-11-23T10:00:00Z",
                "direct_payment":true,"standard_fee_pence":0)",
                package);

    const command::Offer bare{"O1", "K1", "P1", nine_ns, {}, {}, {}};
    check_reads("offer", R"("id":"O1","package":"K1","provider":"P1","start":"2026-11-23T09:00:00Z")", bare);
    const command::Offer full{"O1", "K1", "P1", nine_ns, 1'250, "a landlord", nine_ns + 7};
    check_reads("offer",
                R"("submitted_at":"2026-11-23T09:00:00.000000007Z","accommodation":{"landlord":"a landlord"},"price_pence":1250,
                "start":"2026-11-23T09:00:00Z","provider":"P1","package":"K1","id":"O1")",
                full);

    check_reads("confirm", R"("package":"K","provider":"P")", command::Confirm{"K", "P"});
    check_reads("decline", R"("package":"K","provider":"P")", command::Decline{"K", "P", {}});
    check_reads("decline", R"("package":"K","provider":"P","reason":"full")", command::Decline{"K", "P", "full"});
    check_reads("withdraw", R"("provider":"P","offer":"O")", command::Withdraw{"P", "O", {}});
    check_reads("withdraw", R"("provider":"P","offer":"O","reason":"r")", command::Withdraw{"P", "O", "r"});
    check_reads("extend", R"("package":"K","closes":"2026-11-23T09:00:00Z","reason":"r")",
                command::Extend{"K", nine_ns, "r"});
    check_reads("cancel", R"("package":"K")", command::Cancel{"K", {}});
    check_reads("cancel", R"("package":"K","reason":"r")", command::Cancel{"K", "r"});
    check_reads("choice", R"("package":"K")", command::Choice{"K", {}, {}, {}});
    check_reads("choice", R"("package":"K","provider":"P","alternative":true,"top_up_agreed":false)",
                command::Choice{"K", "P", true, false});
    check_reads("approval", R"("package":"K","role":"director","approved":false)",
                command::Approve{"K", "director", false, {}});
    check_reads("approval", R"("package":"K","role":"director","approved":true,"reason":"r")",
                command::Approve{"K", "director", true, "r"});
    check_reads("refuse", R"("package":"K","provider":"P")", command::Refuse{"K", "P", {}});
    check_reads("refuse", R"("package":"K","provider":"P","reason":"r")", command::Refuse{"K", "P", "r"});
    check_reads("report", R"("procedure":"p","from":"1970-01-01T00:00:00Z","to":"2026-11-23T09:00:00Z")",
                command::Report{"p", 0, nine_ns});
    check_reads("advance", "", command::Advance{});
}

TEST_CASE("A procedure is read with all that it may say") {
    using namespace matching;
    command::Procedure expected;
    expected.id = "p";
    expected.title = "T";
    expected.source = "Schedule 4 \xC2\xA7 2.2";
    expected.stages = {
        Stage{.name = "check",
              .audience = {.roles = {{"a", "b"}}, .zone = true, .scheme = true},
              .kind = StageKind::confirm,
              .window_ns = hour_ns},
        Stage{.name = "apl",
              .audience = {.confirmed = true},
              .window_ns = 2 * hour_ns,
              .windows = {{"emergency", 1'800 * second_ns}, {"urgent", hour_ns}},
              .close = CloseRule::all_answered},
        Stage{.name = "rest", .audience = {.roles = std::vector<std::string>{}}, .window_ns = 1, .close = CloseRule::first_offer},
    };
    expected.ranking = {
        Criterion{.kind = CriterionKind::earliest_start},
        Criterion{.kind = CriterionKind::highest_quality, .from_ns = 0, .until_ns = nine_ns},
        Criterion{.kind = CriterionKind::citizen_choice,
                  .choice_window_ns = hour_ns,
                  .alternative = {{AlternativeCondition::not_inadequate, AlternativeCondition::direct_payment,
                                   AlternativeCondition::on_site, AlternativeCondition::top_up}}},
        Criterion{.kind = CriterionKind::highest_feedback},
        Criterion{.kind = CriterionKind::lowest_price},
        Criterion{.kind = CriterionKind::earliest_response},
    };
    expected.approvals = {{"director", 0, ApprovalBefore::award}, {"cabinet", 50'000'000, ApprovalBefore::opening}};
    expected.requires_ = {Requirement::accommodation, Requirement::not_inadequate, Requirement::cqc_registered,
                          Requirement::vacancy, Requirement::price};
    expected.rating_rule = {nine_ns, {"cqc"}, {"cqc", "council"}};
    expected.obligations = {{"lead", 75, 0}, {"strategic", 100, 100}};
    check_reads("procedure",
                R"("id":"p","title":"T","source":"Schedule 4 § 2.2","stages":[
                {"name":"check","audience":{"roles":["a","b"],"zone":"package","scheme":"package"},"kind":"confirm","window":"1h"},
                {"name":"apl","audience":{"confirmed":true},"kind":"offer","window":"2h","windows":{"urgent":"1h","emergency":"30m"},
                 "close":"all_answered"},
                {"name":"rest","audience":{"roles":[]},"window":"1ns","close":"first_offer"}],
                "ranking":["earliest_start",{"by":"highest_quality","from":"1970-01-01T00:00:00Z","until":"2026-11-23T09:00:00Z"},
                 {"by":"citizen_choice","window":"1h","alternative":["not_inadequate","direct_payment","on_site","top_up"]},
                 "highest_feedback",{"by":"lowest_price"},"earliest_response"],
                "approvals":[{"role":"director","over_pence":0,"before":"award"},{"role":"cabinet","over_pence":50000000,"before":"opening"}],
                "requires":["accommodation","not_inadequate","cqc_registered","vacancy","price"],
                "rating_rule":{"baseline":"2026-11-23T09:00:00Z","before":["cqc"],"after":["cqc","council"]},
                "obligations":[{"role":"lead","min_offered":75},{"role":"strategic","min_offered":100,"min_awarded":100}])",
                expected);
}

// The parts of a command that its text can leave to a default, written and not.
void check_same(std::string_view type, std::string_view fields, std::string_view other_fields, bool same = true) {
    CAPTURE(type, fields, other_fields);
    CHECK((read(line(type, fields)).command == read(line(type, other_fields)).command) == same);
}

std::string procedure_with(std::string_view more, std::string_view stage_more = "", std::string_view ranking = "[]") {
    return R"("id":"p","stages":[{"name":"s","window":"1h")" + std::string{stage_more} + R"(}],"ranking":)" +
           std::string{ranking} + std::string{more};
}

TEST_CASE("A default that is written is the same as one that is not") {
    check_same("provider", R"("id":"P")", R"("id":"P","suspended":false,"memberships":[],"capabilities":[])");
    check_same("package", R"("id":"K","procedure":"p")", R"("id":"K","procedure":"p","direct_payment":false,"needs":[])");
    check_same("procedure", procedure_with(""), procedure_with(R"(,"approvals":[],"requires":[],"obligations":[])"));
    check_same("procedure", procedure_with(""),
               procedure_with("", R"(,"audience":{},"windows":{},"kind":"offer","close":"deadline")"));
    check_same("procedure", procedure_with("", R"(,"audience":{"confirmed":false})"), procedure_with(""));
    check_same("procedure", procedure_with(R"(,"approvals":[{"role":"r","over_pence":5}])"),
               procedure_with(R"(,"approvals":[{"over_pence":5,"before":"award","role":"r"}])"));
    check_same("procedure", procedure_with(R"(,"obligations":[{"role":"r"}])"),
               procedure_with(R"(,"obligations":[{"role":"r","min_offered":0,"min_awarded":0}])"));
    check_same("procedure", procedure_with("", "", R"(["citizen_choice"])"),
               procedure_with("", "", R"([{"by":"citizen_choice","window":"24h"}])"));
    check_same("procedure", procedure_with("", "", R"(["earliest_start"])"),
               procedure_with("", "", R"([{"by":"earliest_start"}])"));
    check_same("procedure", procedure_with("", R"(,"windows":{"a":"1h","b":"2h"})"),
               procedure_with("", R"(,"windows":{"b":"120m","a":"3600s"})"));
    check_same("provider", R"("id":"P","quality":87.5)", R"("id":"P","quality":87.500)");
    check_same("provider", R"("id":"P","quality":100)", R"("id":"P","quality":100.000)");
}

TEST_CASE("What has no default differs from any value, also from an empty one") {
    check_same("provider", R"("id":"P")", R"("id":"P","services":[])", false);
    check_same("provider", R"("id":"P")", R"("id":"P","ratings":[])", false);
    check_same("provider", R"("id":"P")", R"("id":"P","vacancies":0)", false);
    check_same("provider", R"("id":"P")", R"("id":"P","quality":0)", false);
    check_same("package", R"("id":"K","procedure":"p")", R"("id":"K","procedure":"p","value_pence":0)", false);
    check_same("procedure", procedure_with(""), procedure_with("", R"(,"audience":{"roles":[]})"), false);
    check_same("procedure", procedure_with(""), procedure_with("", "", R"(["earliest_response"])"), false);
    check_same("procedure", procedure_with("", "", R"(["citizen_choice"])"),
               procedure_with("", "", R"([{"by":"citizen_choice","alternative":[]}])"), false);
    check_same("procedure", procedure_with("", "", R"(["earliest_start","highest_quality"])"),
               procedure_with("", "", R"(["highest_quality","earliest_start"])"), false);
    check_same("choice", R"("package":"K")", R"("package":"K","alternative":false)", false);
}

TEST_CASE("The ends of what is allowed are read") {
    const std::string id64(64, 'x');
    CHECK(std::get<command::Confirm>(read(line("confirm", R"("package":")" + id64 + R"(","provider":"AZaz09._:-")")).command)
              .package.size() == 64);

    std::string text;
    for (int i = 0; i < 1'000; ++i) text += "\xF0\x9F\x98\x80";
    CHECK(std::get<command::Cancel>(read(line("cancel", R"("package":"K","reason":")" + text + '"')).command).reason == text);
    std::string escaped;
    for (int i = 0; i < 1'000; ++i) escaped += "\\ud83d\\ude00";
    CHECK(std::get<command::Cancel>(read(line("cancel", R"("package":"K","reason":")" + escaped + '"')).command).reason == text);

    CHECK(read(R"({"type":"advance","at":"2262-04-11T23:47:16.854775807Z"})").at_ns == matching::last_instant);
    CHECK(read(R"({"type":"advance","at":"1970-01-01T00:00:00Z"})").at_ns == 0);
    CHECK(read(line("package", R"("id":"K","procedure":"p","start_from":"2026-11-23T09:00:00Z","start_by":"2026-11-23T10:00:00+01:00")"))
              .command.index() == 2);
}

TEST_CASE("White space, field order and escapes in names are JSON's") {
    CHECK(read(" \t{\r \"at\" : \"2026-11-23T09:00:00Z\" , \"type\":\"advance\" } \r").at_ns == nine_ns);
    CHECK(read(R"({"\u0074ype":"\u0061dvance","\u0061t":"2026-11-23T09:00:00\u005a"})").at_ns == nine_ns);
    CHECK(read("{\n\"type\":\"advance\",\n\"at\":\"2026-11-23T09:00:00Z\"\n}\n").at_ns == nine_ns);
}

TEST_CASE("A live command needs no stamp, and one that it brings must be well formed all the same") {
    CHECK_FALSE(read(R"({"type":"advance"})", AtField::optional).at_ns);
    CHECK(read(R"({"type":"advance","at":"2026-11-23T09:00:00Z"})", AtField::optional).at_ns == nine_ns);
    wire::CommandReader reader;
    const auto refused = [&](std::string_view text, AtField at) {
        return std::holds_alternative<wire::ReadError>(reader.read(text, at));
    };
    CHECK(refused(R"({"type":"advance","at":"now"})", AtField::optional));
    CHECK(refused(R"({"type":"advance","at":null})", AtField::optional));
    CHECK(refused(R"({"type":"advance"})", AtField::required));
}

TEST_CASE("A command's texts outlive its line, its reader and a move") {
    wire::ReadCommand kept;
    {
        wire::CommandReader reader;
        std::string text = line("offer", R"("id":"O1","package":"K\u0031","provider":"P1","start":"2026-11-23T09:00:00Z",
                                         "accommodation":{"landlord":"a \u00e4 b"})");
        auto first = std::move(std::get<wire::ReadCommand>(reader.read(text, AtField::required)));
        text.assign(text.size(), '#');
        CHECK(std::holds_alternative<wire::ReadCommand>(reader.read(line("cancel", R"("package":"\u004b9")"), AtField::required)));
        kept = std::move(first);
    }
    CHECK(kept.command == Command{command::Offer{"O1", "K1", "P1", nine_ns, {}, "a \xC3\xA4 b", {}}});
    static_assert(!std::is_copy_constructible_v<wire::ReadCommand>);
}

TEST_CASE("In a text of several lines a fault is found by line and column") {
    const std::string text = "{\n  \"type\": \"procedure\",\n  \"id\": \"p\",\n  \"stages\": [\n    {\"name\": \"a\", \"window\": \"1h\"},\n"
                             "    {\"name\": \"a\", \"window\": \"1h\"}\n  ],\n  \"ranking\": []\n}\n";
    wire::CommandReader reader;
    auto result = reader.read(text, AtField::optional);
    const auto* error = std::get_if<wire::ReadError>(&result);
    REQUIRE(error);
    CHECK(error->line == 6);
    CHECK(error->column == 14);
    CHECK(error->path == "stages[1].name");
    CHECK(error->in_text() == "line 6, column 14: stages[1].name: \"a\" is the name of stages[0] already; each may be there once");
    CHECK(error->in_line() == "column 14: stages[1].name: \"a\" is the name of stages[0] already; each may be there once");
}

}  // namespace
