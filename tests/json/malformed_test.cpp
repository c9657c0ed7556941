// Lines that must be refused, each with the reason and the place where it is said to be.
#include <string>
#include <variant>
#include <vector>

#include "tests/catch.hpp"
#include "wire/json_reader.hpp"

namespace {

using namespace tiebreak;

// In `line` the fault begins where the mark # stands; the mark is taken out before the line is read. The sentence
// with its path contains `why`.
struct Malformed {
    std::string line;
    const char* why;
};

void check_refused(const Malformed& malformed) {
    std::string line = malformed.line;
    const std::size_t mark = line.find('#');
    CAPTURE(line);
    REQUIRE(mark != std::string::npos);
    line.erase(mark, 1);
    wire::CommandReader reader;
    const auto result = reader.read(line, wire::AtField::required);
    const auto* error = std::get_if<wire::ReadError>(&result);
    REQUIRE(error);
    CHECK(error->line == 1);
    CHECK(error->column == mark + 1);
    CHECK_THAT(error->in_line(), Catch::Contains(malformed.why));
    CHECK(error->in_line().find('\n') == std::string::npos);
}

void check_refused(const std::vector<Malformed>& all) {
    for (const Malformed& malformed : all) check_refused(malformed);
}

const std::string at = R"("at":"2026-11-23T09:00:00Z")";

std::string line(std::string_view type, std::string_view fields) {
    return R"({"type":")" + std::string{type} + "\"," + at + ',' + std::string{fields} + '}';
}
std::string offer(std::string_view fields) {
    return line("offer", R"("id":"O","package":"K","provider":"P","start":"2026-11-23T09:00:00Z",)" + std::string{fields});
}
std::string provider(std::string_view fields) { return line("provider", R"("id":"P",)" + std::string{fields}); }
std::string package(std::string_view fields) { return line("package", R"("id":"K","procedure":"p",)" + std::string{fields}); }
std::string procedure(std::string_view fields) {
    return line("procedure", R"("id":"p","stages":[{"name":"s","window":"1h"}],"ranking":[],)" + std::string{fields});
}
std::string stages(std::string_view list) {
    return line("procedure", R"("id":"p","ranking":[],"stages":)" + std::string{list});
}
std::string stage(std::string_view fields) { return stages(R"([{"name":"s","window":"1h",)" + std::string{fields} + "}]"); }
std::string ranking(std::string_view list) {
    return line("procedure", R"("id":"p","stages":[{"name":"s","window":"1h"}],"ranking":)" + std::string{list});
}

TEST_CASE("A line that is not one JSON object is malformed") {
    check_refused({
        {"#", "blank"},
        {"#   ", "blank"},
        {"#\r", "blank"},
        {"#\xEF\xBB\xBF{\"type\":\"advance\"," + at + "}", "byte order mark"},
        {"#[]", "one JSON object"},
        {"#\"advance\"", "one JSON object"},
        {"#null", "one JSON object"},
        {"#12", "one JSON object"},
        {"{\"type\":\"advance\"," + at + "}#{}", "nothing may follow"},
        {"{\"type\":\"advance\"," + at + "} #x", "nothing may follow"},
        {"{\"type\":\"advance\"," + at + "}#,", "nothing may follow"},
        {"{\"type\":\"advance\"," + at + "}#" + std::string(1, '\0'), "nothing may follow"},
        {"{\"type\":\"advance\"," + at + "#", "ends before"},
        {"{\"type\":\"advance\"," + at + ",#}", "must not stand here"},
        {"{#type:\"advance\"}", "must not stand here"},
        {"{\"type\":#'advance'}", "must not stand here"},
        {"{\"type\":\"advance\"," + at + "#/* no */}", "must not stand here"},
        {"{\"type\":\"advance\"," + at + ",\"x\":#NaN}", "must not stand here"},
        {"{\"type\":\"advance\"," + at + ",\"x\":#+1}", "must not stand here"},
        {"{\"type\":\"adv#\tance\"}", "control character"},
        {"{\"type\":\"adv#\xFFz\"}", "UTF-8"},
        {"{\"type\":\"\\ud83d#\"}", "surrogate must be one of a pair"},
        {"{\"type\":\"\\ud83d\\#n\"," + at + "}", "surrogate must be one of a pair"},
        {"{\"type\":\"\\uD83D#x\"," + at + "}", "surrogate must be one of a pair"},
        {"{\"type\":\"\\#ude00\"," + at + "}", "surrogate must be one of a pair"},
    });
}

TEST_CASE("Every command has a type that there is, and a stamp") {
    check_refused({
        {"#{}", "\"type\" is missing"},
        {"#{" + at + "}", "\"type\" is missing"},
        {"#{\"type\":\"advance\"}", "\"at\" is missing"},
        {"{\"type\":#\"Advance\"," + at + "}", "\"Advance\" is not known"},
        {"{\"type\":#\"\"," + at + "}", "is not known"},
        {"{\"type\":#\"evil\\nline\"," + at + "}", "\"evil?line\" is not known"},
        {"{\"type\":#3," + at + "}", "type: must be a string, not a number"},
        {"{\"type\":#null," + at + "}", "type: null"},
        {"{\"type\":#[\"advance\"]," + at + "}", "type: must be a string, not a list"},
        {"{\"type\":\"advance\"," + at + ",#\"type\":\"advance\"}", "type: is there more than once"},
        {"{\"type\":\"advance\"," + at + ",#\"\\u0074ype\":\"advance\"}", "type: is there more than once"},
        {"{\"type\":\"advance\"," + at + ",#" + at + "}", "at: is there more than once"},
        {"{\"type\":\"advance\",\"at\":#1795424400}", "at: must be a string, not a number"},
        {"{\"type\":\"advance\",\"at\":#null}", "at: null"},
        {"{\"type\":\"advance\",\"at\":#\"\"}", "at: must be an instant"},
        {"{\"type\":\"advance\",\"at\":#\"2026-11-23t09:00:00Z\"}", "at: must be an instant"},
        {"{\"type\":\"advance\",\"at\":#\"2026-11-23T09:00:60Z\"}", "at: seconds go"},
        {"{\"type\":\"advance\",\"at\":#\"1969-12-31T23:59:59Z\"}", "1970"},
        {"{\"type\":\"advance\",\"at\":#\"2262-04-11T23:47:16.854775808Z\"}", "2262"},
    });
}

TEST_CASE("An unknown, repeated or missing field is malformed, however deep it stands") {
    check_refused({
        {line("advance", R"(#"reason":"r")"), "\"reason\": there is no such field in an advance"},
        {offer(R"(#"prise_pence":1)"), "its fields are id, package, provider, start, price_pence"},
        {offer(R"(#"Price_pence":1)"), "no such field in an offer"},
        {offer(R"(#"":1)"), "no such field"},
        {offer(R"(#"x":{"a":1,"a":2})"), "no such field"},
        {offer(R"(#"reason":"r")"), "no such field"},
        {line("confirm", R"("package":"K","provider":"P",#"reason":"r")"), "no such field in a confirm"},
        {offer(R"("price_pence":1,#"price_pence":1)"), "price_pence: is there more than once"},
        {offer(R"(#"id":"O")"), "id: is there more than once"},
        {offer(R"(#"i\u0064":"O")"), "id: is there more than once"},
        {offer(R"("accommodation":{"landlord":"l",#"landlord":"l"})"), "accommodation.landlord: is there more than once"},
        {offer(R"("accommodation":{"landlord":"l",#"rent":"l"})"), "no such field in an accommodation"},
        {offer(R"("accommodation":#{})"), "accommodation: the required field \"landlord\" is missing"},
        {stage(R"("windows":{"a":"1h","b":"1h",#"a":"1h"})"), "stages[0].windows.a: is there more than once"},
        {stage(R"("windows":{"a":"1h",#"\u0061":"2h"})"), "stages[0].windows.a: is there more than once"},
        {stage(R"(#"name":"t")"), "stages[0].name: is there more than once"},
        {stage(R"(#"title":"t")"), "no such field in a stage"},
        {stage(R"("audience":{#"role":["r"]})"), "stages[0].audience: \"role\": there is no such field in an audience"},
        {offer(R"(#"line 1\nline 2":1)"), "\"line 1?line 2\": there is no such field"},
        {stage(R"("audience":{"zone":"package",#"zone":"package"})"), "more than once"},
        {ranking(R"([{"by":"earliest_start",#"since":"1970-01-01T00:00:00Z"}])"), "no such field in a criterion"},
        {provider(R"("memberships":[{"role":"r",#"lot":"1"}])"), "no such field in a membership"},
        {provider(R"("ratings":[#{"source":"cqc","score":1}])"), "ratings[0]: the required field \"date\" is missing"},
        {provider(R"("ratings":[#{"source":"cqc","date":"1970-01-01T00:00:00Z"}])"), "\"score\" is missing"},
        {provider(R"("ratings":[#{"date":"1970-01-01T00:00:00Z","score":1}])"), "\"source\" is missing"},
        {provider(R"("memberships":[#{"zone":"z"}])"), "memberships[0]: the required field \"role\" is missing"},
        {procedure(R"("approvals":[#{"role":"r"}])"), "\"over_pence\" is missing"},
        {procedure(R"("approvals":[#{"over_pence":1}])"), "\"role\" is missing"},
        {procedure(R"("obligations":[#{"min_offered":1}])"), "\"role\" is missing"},
        {procedure(R"("rating_rule":#{"before":[],"after":[]})"), "\"baseline\" is missing"},
        {procedure(R"("rating_rule":#{"baseline":"1970-01-01T00:00:00Z","after":[]})"), "\"before\" is missing"},
        {procedure(R"("rating_rule":#{"baseline":"1970-01-01T00:00:00Z","before":[]})"), "\"after\" is missing"},
        {stages(R"([#{"window":"1h"}])"), "\"name\" is missing"},
        {stages(R"([#{"name":"s"}])"), "\"window\" is missing"},
        {ranking(R"([#{"from":"1970-01-01T00:00:00Z"}])"), "\"by\" is missing"},
        {ranking("[#{}]"), "\"by\" is missing"},
    });
}

TEST_CASE("Each required field of each command is required") {
    struct Command {
        const char* type;
        std::vector<std::pair<const char*, const char*>> fields;
    };
    const std::vector<Command> commands = {
        {"procedure", {{"id", "\"p\""}, {"stages", R"([{"name":"s","window":"1h"}])"}, {"ranking", "[]"}}},
        {"provider", {{"id", "\"P\""}}},
        {"package", {{"id", "\"K\""}, {"procedure", "\"p\""}}},
        {"offer", {{"id", "\"O\""}, {"package", "\"K\""}, {"provider", "\"P\""}, {"start", "\"2026-11-23T09:00:00Z\""}}},
        {"confirm", {{"package", "\"K\""}, {"provider", "\"P\""}}},
        {"decline", {{"package", "\"K\""}, {"provider", "\"P\""}}},
        {"withdraw", {{"provider", "\"P\""}, {"offer", "\"O\""}}},
        {"extend", {{"package", "\"K\""}, {"closes", "\"2026-11-23T09:00:00Z\""}, {"reason", "\"r\""}}},
        {"cancel", {{"package", "\"K\""}}},
        {"choice", {{"package", "\"K\""}}},
        {"approval", {{"package", "\"K\""}, {"role", "\"r\""}, {"approved", "true"}}},
        {"refuse", {{"package", "\"K\""}, {"provider", "\"P\""}}},
        {"report", {{"procedure", "\"p\""}, {"from", "\"2026-11-23T09:00:00Z\""}, {"to", "\"2026-11-23T09:00:00Z\""}}},
    };
    wire::CommandReader reader;
    for (const auto& command : commands) {
        const auto with_all_but = [&](const char* left_out, const char* replacement = nullptr) {
            std::string text = R"({"type":")" + std::string{command.type} + "\"," + at;
            for (const auto& [name, value] : command.fields) {
                if (name == left_out && replacement == nullptr) continue;
                text += ",\"" + std::string{name} + "\":" + (name == left_out ? replacement : value);
            }
            return text + '}';
        };
        CAPTURE(command.type);
        CHECK(std::holds_alternative<wire::ReadCommand>(reader.read(with_all_but(nullptr), wire::AtField::required)));
        for (const auto& [name, value] : command.fields) {
            CAPTURE(name);
            const auto missing = reader.read(with_all_but(name), wire::AtField::required);
            REQUIRE(std::holds_alternative<wire::ReadError>(missing));
            CHECK(std::get<wire::ReadError>(missing).sentence == "the required field \"" + std::string{name} + "\" is missing");
            for (const char* const wrong : {"null", "{}", "7", "\"\"", "[null]", "\"\\ud83d\""}) {
                CAPTURE(wrong);
                const auto result = reader.read(with_all_but(name, wrong), wire::AtField::required);
                CHECK(std::holds_alternative<wire::ReadError>(result));
            }
        }
    }
}

TEST_CASE("Ids have 1 to 64 characters out of those that ids have") {
    const std::string id65(65, 'x');
    check_refused({
        {line("confirm", R"("package":#"","provider":"P")"), "package: must be 1 to 64 characters"},
        {line("confirm", R"("package":#")" + id65 + R"(","provider":"P")"), "package: must be 1 to 64"},
        {line("confirm", R"("package":"K","provider":#"a b")"), "provider: must be"},
        {line("confirm", R"("package":"K","provider":#"a/b")"), "provider: must be"},
        {line("confirm", R"("package":"K","provider":#"a\u0000")"), "provider: must be"},
        {line("confirm", R"("package":"K","provider":#"é")"), "provider: must be"},
        {line("confirm", R"("package":#17,"provider":"P")"), "package: must be a string, not a number"},
        {line("choice", R"("package":"K","provider":#null)"), "provider: null"},
        {line("choice", R"("package":"K","provider":#"")"), "provider: must be"},
        {line("approval", R"("package":"K","role":#"the director","approved":true)"), "role: must be"},
        {package(R"("zone":#"")"), "zone: must be"},
        {package(R"("needs":["a",#"b c"])"), "needs[1]: must be"},
        {package(R"("needs":[#null])"), "needs[0]: null"},
        {package(R"("needs":#"hoist")"), "needs: must be a list, not a string"},
        {package(R"("urgency":#"very urgent")"), "urgency: must be"},
        {provider(R"("cqc":#"Requires improvement")"), "cqc: must be"},
        {provider(R"("services":[#1])"), "services[0]: must be a string"},
        {provider(R"("services":#{})"), "services: must be a list, not an object"},
        {provider(R"("memberships":[{"role":"r"},{"role":#""}])"), "memberships[1].role: must be"},
        {provider(R"("memberships":[{"role":"r","zone":#null}])"), "memberships[0].zone: null"},
        {provider(R"("memberships":[#"zonal"])"), "memberships[0]: must be an object, not a string"},
        {stages(R"([{"name":#"first stage","window":"1h"}])"), "stages[0].name: must be"},
        {stage(R"("audience":{"roles":["a",#"a,b"]})"), "stages[0].audience.roles[1]: must be"},
        {stage(R"("windows":{#"very urgent":"1h"})"), "an urgency must be"},
        {stage(R"("windows":{#"":"1h"})"), "stages[0].windows: \"\": an urgency must be"},
        {stage(R"("windows":{#"a\n\u001b[2Jb":"1h"})"), "stages[0].windows: \"a??[2Jb\": an urgency must be"},
        {provider(R"("ratings":[{"source":#"","date":"1970-01-01T00:00:00Z","score":1}])"), "ratings[0].source: must be"},
    });
}

TEST_CASE("Texts have 1 to 1,000 code points") {
    std::string text1001;
    for (int i = 0; i < 1'001; ++i) text1001 += "\xC3\xA4";
    check_refused({
        {line("cancel", R"("package":"K","reason":#"")"), "reason: must be 1 to 1,000"},
        {line("cancel", R"("package":"K","reason":#")" + text1001 + '"'), "reason: must be 1 to 1,000"},
        {line("cancel", R"("package":"K","reason":#null)"), "reason: null"},
        {line("cancel", R"("package":"K","reason":#true)"), "reason: must be a string, not true or false"},
        {line("cancel", "\"package\":\"K\",\"reason\":\"#\xED\xA0\x80\""), "UTF-8"},
        {line("cancel", "\"package\":\"K\",\"reason\":\"#\xC0\xAF\""), "UTF-8"},
        {provider(R"("name":#"")"), "name: must be 1"},
        {procedure(R"("title":#"")"), "title: must be 1"},
        {procedure(R"("source":#[])"), "source: must be a string, not a list"},
        {offer(R"("accommodation":{"landlord":#""})"), "accommodation.landlord: must be 1"},
        {offer(R"("accommodation":#"Mr Smith")"), "accommodation: must be an object"},
        {offer(R"("accommodation":#null)"), "accommodation: null"},
    });
}

TEST_CASE("Money, vacancies and per cents are whole numbers without sign, decimals or exponent") {
    for (const std::string number : {"-1", "-0", "1.0", "0.5", "1e3", "1E0", "10e-1", "1e400", "-1e-400"}) {
        CAPTURE(number);
        check_refused({{offer(R"("price_pence":#)" + number), "price_pence: must be a whole number without sign"},
                       {package(R"("value_pence":#)" + number), "value_pence: must be a whole number"},
                       {package(R"("standard_fee_pence":#)" + number), "standard_fee_pence: must be a whole number"},
                       {provider(R"("vacancies":#)" + number), "vacancies: must be a whole number"},
                       {procedure(R"("approvals":[{"role":"r","over_pence":#)" + number + "}]"), "whole number"},
                       {procedure(R"("obligations":[{"role":"r","min_offered":#)" + number + "}]"), "whole number"}});
    }
    check_refused({
        {offer(R"("price_pence":#9223372036854775808)"), "at most 9223372036854775807"},
        {offer(R"("price_pence":#18446744073709551616)"), "at most 9223372036854775807"},
        {offer(R"("price_pence":#99999999999999999999999999999999999999)"), "at most 9223372036854775807"},
        {offer(R"("price_pence":0#1)"), "must not stand here"},
        {offer(R"("price_pence":#"1")"), "price_pence: must be a number, not a string"},
        {offer(R"("price_pence":#null)"), "price_pence: null"},
        {offer(R"("price_pence":#true)"), "must be a number, not true or false"},
        {procedure(R"("obligations":[{"role":"r","min_offered":#101}])"), "per cent from 0 to 100"},
        {procedure(R"("obligations":[{"role":"r","min_awarded":#256}])"), "per cent from 0 to 100"},
        {procedure(R"("obligations":[{"role":"r","min_awarded":#4294967296}])"), "per cent from 0 to 100"},
    });
}

TEST_CASE("Scores go from 0 to 100 with at most three decimals, without sign or exponent") {
    for (const std::string field : {"quality", "feedback"}) {
        const auto with = [&](const char* number) { return provider('"' + field + "\":#" + number); };
        check_refused({
            {with("100.001"), "from 0 to 100"},
            {with("101"), "from 0 to 100"},
            {with("4294967396"), "from 0 to 100"},
            {with("99999999999999999999999"), "from 0 to 100"},
            {with("0.0001"), "three decimals"},
            {with("87.5000"), "three decimals"},
            {with("-1"), "without sign"},
            {with("-0"), "without sign"},
            {with("-0.0"), "without sign"},
            {with("1e1"), "exponent"},
            {with("1.5e1"), "exponent"},
            {with("0e0"), "exponent"},
            {with("\"87.5\""), "must be a number, not a string"},
            {with("null"), "null"},
        });
    }
    check_refused({
        {provider(R"("quality":87.#})"), "must not stand here"},
        {provider(R"("quality":#.5)"), "must not stand here"},
        {provider(R"("ratings":[{"source":"cqc","date":"1970-01-01T00:00:00Z","score":#100.5}])"), "ratings[0].score: must be"},
        {provider(R"("ratings":[{"source":"cqc","date":#"1970-01-01","score":1}])"), "ratings[0].date: must be an instant"},
    });
}

TEST_CASE("Durations are sums of whole units, more than zero and below 2^63 ns") {
    check_refused({
        {package(R"("window":#"0s")"), "window: must be more than zero"},
        {package(R"("window":#"")"), "window: must be a duration"},
        {package(R"("window":#"30m1h")"), "window: must be a duration"},
        {package(R"("window":#"1h1h")"), "window: must be a duration"},
        {package(R"("window":#"1.5h")"), "window: must be a duration"},
        {package(R"("window":#"-1h")"), "window: must be a duration"},
        {package(R"("window":#"106752d")"), "window: must be shorter"},
        {package(R"("window":#3600)"), "window: must be a string, not a number"},
        {stages(R"([{"name":"s","window":#"0h"}])"), "stages[0].window: must be more than zero"},
        {stage(R"("windows":{"urgent":#"1 h"})"), "stages[0].windows.urgent: must be a duration"},
        {stage(R"("windows":{"a.b":"1h","a.c":#"0s"})"), "stages[0].windows.a.c: must be more than zero"},
        {stage(R"("windows":#[])"), "stages[0].windows: must be an object, not a list"},
        {ranking(R"([{"by":"citizen_choice","window":#"0d"}])"), "ranking[0].window: must be more than zero"},
    });
}

TEST_CASE("A word is one of those that are listed") {
    check_refused({
        {stage(R"("kind":#"offers")"), "stages[0].kind: \"offers\" is not known here; it must be offer or confirm"},
        {stage(R"("kind":#null)"), "stages[0].kind: null"},
        {stage(R"("close":#"all")"), "it must be deadline, all_answered or first_offer"},
        {stage(R"("close":#true)"), "must be a string"},
        {stage(R"("audience":{"zone":#"oxford"})"), "stages[0].audience.zone: must be \"package\""},
        {stage(R"("audience":{"zone":#true})"), "stages[0].audience.zone: must be a string"},
        {stage(R"("audience":{"scheme":#""})"), "stages[0].audience.scheme: must be \"package\""},
        {stage(R"("audience":{"confirmed":#"true"})"), "stages[0].audience.confirmed: must be true or false, not a string"},
        {stage(R"("audience":#["r"])"), "stages[0].audience: must be an object"},
        {ranking(R"(["earliest_start",#"cheapest"])"), "ranking[1]: \"cheapest\" is not known"},
        {ranking(R"([{"by":#"cheapest"}])"), "ranking[0].by: \"cheapest\" is not known"},
        {ranking("[#3]"), "ranking[0]: must be a criterion's name"},
        {ranking("[#null]"), "ranking[0]: must be a criterion's name"},
        {ranking("#\"earliest_start\""), "ranking: must be a list"},
        {ranking(R"([{"by":"citizen_choice","alternative":[#"cheap"]}])"), "ranking[0].alternative[0]: \"cheap\""},
        {ranking(R"([{"by":"citizen_choice","alternative":#true}])"), "ranking[0].alternative: must be a list"},
        {procedure(R"("requires":["price",#"prices"])"), "requires[1]: \"prices\" is not known"},
        {procedure(R"("requires":#"price")"), "requires: must be a list"},
        {procedure(R"("approvals":[{"role":"r","over_pence":0,"before":#"close"}])"), "must be award or opening"},
        {provider(R"("suspended":#"false")"), "suspended: must be true or false, not a string"},
        {provider(R"("suspended":#0)"), "suspended: must be true or false, not a number"},
        {provider(R"("suspended":#null)"), "suspended: null"},
        {package(R"("direct_payment":#1)"), "direct_payment: must be true or false"},
        {line("approval", R"("package":"K","role":"r","approved":#"yes")"), "approved: must be true or false"},
        {line("choice", R"("package":"K","alternative":#[])"), "alternative: must be true or false"},
        {line("choice", R"("package":"K","top_up_agreed":#null)"), "top_up_agreed: null"},
    });
}

TEST_CASE("A procedure that contradicts itself is malformed") {
    check_refused({
        {stages("#[]"), "stages: must have at least one stage"},
        {stages("#{}"), "stages: must be a list"},
        {stages(R"([{"name":"a","window":"1h"},{"name":#"a","window":"1h"}])"), "stages[1].name: \"a\" is the name of stages[0]"},
        {stage(R"("audience":{"confirmed":#true})"), "stages[0].audience.confirmed: needs a confirm stage"},
        {stages(R"([{"name":"a","window":"1h","kind":"confirm","audience":{"confirmed":#true}}])"), "needs a confirm stage"},
        {stages(R"([{"name":"a","window":"1h","audience":{"confirmed":#true}},{"name":"b","window":"1h","kind":"confirm"}])"),
         "needs a confirm stage"},
        {stage(R"("kind":"confirm","close":#"first_offer")"), "stages[0].close: must not be first_offer in a confirm stage"},
        {ranking(R"(["citizen_choice","earliest_start",#"citizen_choice"])"), "ranking[2]"},
        {ranking(R"(["citizen_choice",{"by":#"citizen_choice","window":"1h"}])"), "at most once"},
        {ranking(R"([{"by":"earliest_start","window":#"24h"}])"), "ranking[0].window: belongs to citizen_choice alone"},
        {ranking(R"([{"by":"earliest_start","alternative":#[]}])"), "ranking[0].alternative: belongs to citizen_choice"},
        {ranking(R"([{"by":"lowest_price","from":"2026-11-23T09:00:00Z","until":#"2026-11-23T09:00:00Z"}])"),
         "ranking[0].until: must be later than from"},
        {ranking(R"([{"by":"lowest_price","until":#"2026-11-23T09:00:00Z","from":"2026-11-23T09:00:00.1Z"}])"),
         "ranking[0].until: must be later than from"},
        {procedure(R"("obligations":[{"role":"a"},{"role":#"a"}])"), "obligations[1].role: \"a\" is the role of obligations[0]"},
        {package(R"("start_from":"2026-11-23T09:00:00Z","start_by":#"2026-11-23T08:59:59.999999999Z")"),
         "start_by: must not be before start_from"},
    });
}

}  // namespace
