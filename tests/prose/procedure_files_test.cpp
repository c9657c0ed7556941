// Procedures' files: what is wrong with one, where, and what would be right. Nothing of a faulty one is taken.
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/catch.hpp"
#include "tests/temporary_directory.hpp"
#include "wire/procedure_files.hpp"

using namespace tiebreak::wire;
namespace fs = std::filesystem;

namespace {

struct Directory : tiebreak::tests::TemporaryDirectory {
    void write(const std::string& name, const std::string& text) const { std::ofstream{path() / name, std::ios::binary} << text; }
};

std::string procedure(const std::string& id, const std::string& window = "1h") {
    return R"({"type":"procedure","id":")" + id + R"(","stages":[{"name":"s","window":")" + window + R"("}],"ranking":[]})";
}

struct Diagnosis {
    const char* what;
    std::string text;
    std::size_t line;
    std::size_t column;
    std::string path;
    std::string sentence;  // a part of it
};

// Lines 1 and 4 to 5 of a file, around what is tested.
std::string file_with(const std::string& stages, const std::string& ranking, const std::string& more = "") {
    return "{\"type\": \"procedure\", \"id\": \"p\",\n \"stages\": [" + stages + "],\n \"ranking\": [" + ranking + "]" + more + "}\n";
}

const std::string stage = R"({"name": "s", "window": "1h"})";

}  // namespace

TEST_CASE("Each fault of a procedure's file has its line, its column and what would be right") {
    const std::vector<Diagnosis> diagnoses{
        {"an unknown criterion", file_with(stage, "\"earliest_strat\""), 3, 14, "ranking[0]", "did you mean earliest_start?"},
        {"an unknown criterion in an object", file_with(stage, "\n  {\"by\": \"lowest-price\"}"), 4, 10, "ranking[0].by",
         "did you mean lowest_price?"},
        {"a criterion like no other", file_with(stage, "\"cheapest\""), 3, 14, "ranking[0]",
         "it must be earliest_start, highest_quality, highest_feedback, lowest_price, earliest_response or citizen_choice"},
        {"a stage's name twice", file_with(stage + ",\n  " + stage, ""), 3, 12, "stages[1].name", "stages[0]"},
        {"no stage", file_with("", ""), 2, 12, "stages", "at least one stage"},
        {"a window of nothing", file_with(R"({"name": "s", "window": "0h"})", ""), 2, 37, "stages[0].window", "more than zero"},
        {"a negative window", file_with(R"({"name": "s", "window": "-2h"})", ""), 2, 37, "stages[0].window",
         "must be a duration like \"4h\""},
        {"a window that is a number", file_with(R"({"name": "s", "window": 4})", ""), 2, 37, "stages[0].window",
         "must be a string, not a number"},
        {"an urgency's window of nothing", file_with(R"({"name": "s", "window": "1h", "windows": {"emergency": "0s"}})", ""), 2, 68,
         "stages[0].windows.emergency", "more than zero"},
        {"from after until",
         file_with(stage, R"({"by": "lowest_price", "from": "2025-02-01T00:00:00Z", "until": "2025-01-01T00:00:00Z"})"), 3, 78,
         "ranking[0].until", "later than from"},
        {"confirmed without a confirm stage", file_with(R"({"name": "s", "window": "1h", "audience": {"confirmed": true}})", ""), 2, 69,
         "stages[0].audience.confirmed", "needs a confirm stage"},
        {"an unknown requirement", file_with(stage, "", ",\n \"requires\": [\"acommodation\"]"), 4, 15, "requires[0]",
         "did you mean accommodation?"},
        {"an unknown field", file_with(R"({"name": "s", "windw": "1h"})", ""), 2, 27, "stages[0]", "did you mean window?"},
        {"a field that is missing", file_with(R"({"name": "s"})", ""), 2, 13, "stages[0]", "\"window\" is missing"},
        {"an unknown way to close", file_with(R"({"name": "s", "window": "1h", "close": "all-answered"})", ""), 2, 52,
         "stages[0].close", "did you mean all_answered?"},
        {"first_offer in a confirm stage",
         file_with(R"({"name": "s", "window": "1h", "kind": "confirm", "close": "first_offer"})", ""), 2, 71, "stages[0].close",
         "confirm stage"},
        {"a second citizen_choice", file_with(stage, "\"citizen_choice\", \"citizen_choice\""), 3, 32, "ranking[1].by", "at most once"},
        {"an alternative that is no condition", file_with(stage, R"({"by": "citizen_choice", "alternative": ["topup"]})"), 3, 55,
         "ranking[0].alternative[0]", "did you mean top_up?"},
        {"a zone that is not the package's", file_with(R"({"name": "s", "window": "1h", "audience": {"zone": "oxford"}})", ""), 2, 64,
         "stages[0].audience.zone", "must be \"package\""},
        {"an approval's amount in pounds and pence", file_with(stage, "", R"(, "approvals": [{"role": "x", "over_pence": 500.50}])"), 3,
         59, "approvals[0].over_pence", "whole number"},
        {"an obligation above a hundred", file_with(stage, "", R"(, "obligations": [{"role": "x", "min_offered": 101}])"), 3, 62,
         "obligations[0].min_offered", "0 to 100"},
        {"a role's obligation twice", file_with(stage, "", ",\n \"obligations\": [{\"role\": \"x\"},\n  {\"role\": \"x\"}]"), 5, 12,
         "obligations[1].role", "obligations[0]"},
        {"another kind of command", "{\"type\": \"provider\", \"id\": \"a\"}", 1, 1, "type", "\"type\":\"procedure\""},
        {"no type", "{\"id\": \"a\"}", 1, 1, "", "\"type\" is missing"},
        {"a comma too many", "{\"type\": \"procedure\",\n \"id\": \"p\",}", 2, 12, "", "this is no JSON"},
        {"an end too early", "{\"type\": \"procedure\",\n \"id\": \"p\"", 2, 11, "", "ends before its object does"},
        {"an empty file", "", 1, 1, "", "blank"},
    };
    for (const Diagnosis& expected : diagnoses) {
        const auto read = read_procedure(expected.text, "p.json");
        INFO(expected.what << '\n' << expected.text);
        const auto* const faults = std::get_if<ProcedureFaults>(&read);
        REQUIRE(faults != nullptr);
        const ProcedureFault* const fault = &faults->front();
        INFO(fault->text());
        CHECK(std::pair{fault->line, fault->column} == std::pair{expected.line, expected.column});
        CHECK(fault->path == expected.path);
        CHECK(fault->sentence.find(expected.sentence) != std::string::npos);
    }
}

// What is said of a file, a line each without the file's name.
std::vector<std::string> faults_of(const std::string& text) {
    const auto read = read_procedure(text, "p");
    std::vector<std::string> lines;
    if (const auto* const faults = std::get_if<ProcedureFaults>(&read))
        for (const ProcedureFault& fault : *faults) lines.push_back(fault.text().substr(2));
    return lines;
}
using Lines = std::vector<std::string>;

const std::string what_an_id_is = "must be 1 to 64 characters out of A-Z a-z 0-9 . _ : -";

TEST_CASE("All faults of a file are told at once, in the order of its text") {
    CHECK(faults_of(R"({"type": "procedure", "id": "p p",
 "stages": [
  {"name": "s", "window": 4, "close": "all-answered"},
  {"name": "s", "window": "0h", "audience": {"confirmed": true}, "windows": {"u 1": "1h", "u2": "0s", "u3": false}}],
 "ranking": ["cheapest", {"by": "lowest_price", "window": "1h", "from": "2025-02-01T00:00:00Z", "until": "2025-01-01T00:00:00Z"}],
 "obligations": [{"role": "x", "min_offered": 101, "min_awarded": -1}],
 "title": "",
 "source": 7})") ==
          Lines{
              "1:29: id: " + what_an_id_is,
              "3:27: stages[0].window: must be a string, not a number",
              "3:39: stages[0].close: \"all-answered\" is not known here; it must be deadline, all_answered or first_offer; "
              "did you mean all_answered?",
              "4:12: stages[1].name: \"s\" is the name of stages[0] already; each may be there once",
              "4:27: stages[1].window: must be more than zero",
              "4:59: stages[1].audience.confirmed: needs a confirm stage (\"kind\":\"confirm\") before this one",
              "4:78: stages[1].windows: \"u 1\": an urgency " + what_an_id_is,
              "4:97: stages[1].windows.u2: must be more than zero",
              "4:109: stages[1].windows.u3: must be a string, not true or false",
              "5:14: ranking[0]: \"cheapest\" is not known here; it must be earliest_start, highest_quality, highest_feedback, "
              "lowest_price, earliest_response or citizen_choice",
              "5:59: ranking[1].window: belongs to citizen_choice alone",
              "5:106: ranking[1].until: must be later than from",
              "6:47: obligations[0].min_offered: must be a whole per cent from 0 to 100",
              "6:67: obligations[0].min_awarded: must be a whole number without sign, decimals or exponent",
              "7:11: title: must be 1 to 1,000 characters of valid UTF-8",
              "8:12: source: must be a string, not a number",
          });
}

TEST_CASE("What may only follow from another fault is not told beside it") {
    // The first stage may have been meant as a confirm stage, which the second needs and which may not close at the first offer.
    CHECK(faults_of(file_with(R"({"name": "a", "window": "1h", "kind": "confrim", "close": "first_offer"},)"
                              R"({"name": "b", "window": "1h", "audience": {"confirmed": true}})", "")) ==
          Lines{"2:51: stages[0].kind: \"confrim\" is not known here; it must be offer or confirm; did you mean confirm?"});
    // What belongs to citizen_choice alone may stand here.
    CHECK(faults_of(file_with(stage, R"({"by": "citizen_choise", "window": "1h", "alternative": ["top_up"]})")).size() == 1);
    // Names that are missing are not alike, and one that is misspelt is not missing.
    CHECK(faults_of(file_with(R"({"window": "1h"}, {"window": "1h"})", "")) ==
          Lines{"2:13: stages[0]: the required field \"name\" is missing", "2:31: stages[1]: the required field \"name\" is missing"});
    CHECK(faults_of(file_with(R"({"nmae": "s", "window": "1h"})", "")) ==
          Lines{"2:14: stages[0]: \"nmae\": there is no such field in a stage; its fields are name, audience, kind, window, windows, close; "
                "did you mean name?"});
    // A window that can't be read is not too short; the name beside it is wrong all the same.
    CHECK(faults_of(file_with(R"({"name": "", "window": 4})", "")) ==
          Lines{"2:22: stages[0].name: " + what_an_id_is, "2:36: stages[0].window: must be a string, not a number"});
    // Without a type there is no telling what the rest means; nor behind a place where the text is no JSON.
    CHECK(faults_of(R"({"id": "a b", "stages": 1})") == Lines{"1:1: the required field \"type\" is missing"});
    CHECK(faults_of(R"({"type": "procedure", "id": "a b", "stages": [,]})") == Lines{"1:47: ',' must not stand here: this is no JSON"});
}

TEST_CASE("Each name that is there again is told, with the first that has it") {
    CHECK(faults_of(file_with(stage + ",\n" + stage + ",\n" + stage, "")) ==
          Lines{"3:10: stages[1].name: \"s\" is the name of stages[0] already; each may be there once",
                "4:10: stages[2].name: \"s\" is the name of stages[0] already; each may be there once"});
}

TEST_CASE("Of a file with thousands of faults a hundred are told") {
    std::string many = stage;
    for (int i = 0; i < 5'000; ++i) many += R"(, {"name": "a b", "window": "0h"})";
    CHECK(faults_of(file_with(many, "")).size() == 100);
    std::string unread = stage;
    for (int i = 0; i < 5'000; ++i) unread += ", 7";
    CHECK(faults_of(file_with(unread, "")).size() == 100);
}

TEST_CASE("A fault's text begins as compilers write it, so that editors can jump there") {
    const auto read = read_procedure(file_with(R"({"name": "s", "window": "0h"})", ""), "homecare.json");
    CHECK(std::get<ProcedureFaults>(read).front().text() == "homecare.json:2:37: stages[0].window: must be more than zero");
}

TEST_CASE("A fault shows its line, and the column in it, also of a long line of many-byte characters") {
    const auto excerpt = [](const std::string& text) {
        const auto read = read_procedure(text, "p.json");
        return std::get<ProcedureFaults>(read).back().excerpt;
    };
    CHECK(excerpt(file_with(R"({"name": "s", "window": "0h"})", "")) ==
          " \"stages\": [{\"name\": \"s\", \"window\": \"0h\"}],\n"
          "                                    ^");
    std::string long_source;
    for (int i = 0; i < 100; ++i) long_source += "£";
    CHECK(excerpt("{\"type\":\"procedure\",\"source\":\"" + long_source + "\",\"idd\":\"p\"}") ==
          "£££££££££££££££££££££££\",\"idd\":\"p\"}\n"
          "                         ^");
    CHECK(excerpt("{\"type\":\"procedure\"") == "{\"type\":\"procedure\"\n                   ^");
    CHECK(excerpt("") == "\n^");
}

TEST_CASE("A directory's procedures come in the order of their names, other files are passed over") {
    const Directory directory;
    directory.write("b.json", procedure("b"));
    directory.write("a.json", procedure("a"));
    directory.write("README.md", "about these");
    directory.write(".draft.json", "{");
    directory.write("c.json~", "{");
    fs::create_directory(directory.path() / "old.json");
    const auto loaded = load_procedures(directory.path());
    CHECK(loaded.faults.empty());
    REQUIRE(loaded.procedures.size() == 2);
    CHECK(loaded.procedures[0].procedure.id == "a");
    CHECK(loaded.procedures[1].procedure.id == "b");
    CHECK(loaded.procedures[0].file == directory.path() / "a.json");
}

TEST_CASE("A faulty file is left out as a whole, the others are loaded") {
    const Directory directory;
    directory.write("good.json", procedure("good"));
    directory.write("bad.json", procedure("bad", "0h"));
    const auto loaded = load_procedures(directory.path());
    REQUIRE(loaded.procedures.size() == 1);
    CHECK(loaded.procedures[0].procedure.id == "good");
    REQUIRE(loaded.faults.size() == 1);
    CHECK(loaded.faults[0].file == directory.path() / "bad.json");
    CHECK(loaded.faults[0].line == 1);
}

TEST_CASE("Two files with one id: the second is refused, or every start would make new revisions") {
    const Directory directory;
    directory.write("1.json", procedure("same", "1h"));
    directory.write("2.json", procedure("same", "2h"));
    const auto loaded = load_procedures(directory.path());
    CHECK(loaded.procedures.size() == 1);
    REQUIRE(loaded.faults.size() == 1);
    CHECK(loaded.faults[0].text() ==
          (directory.path() / "2.json").string() + ":1:1: id: the procedure same is in 1.json already; each file needs an id of its own");
}

TEST_CASE("What can't be read is a fault, not an exception") {
    const Directory directory;
    const auto no_directory = load_procedures(directory.path() / "none");
    REQUIRE(no_directory.faults.size() == 1);
    CHECK(no_directory.faults[0].line == 0);
    CHECK(no_directory.faults[0].text() == (directory.path() / "none").string() + ": can't be read: there is no such file");
    const auto no_file = load_procedure(directory.path() / "none.json");
    CHECK(std::get<ProcedureFaults>(no_file).front().line == 0);
    const auto a_directory = load_procedure(directory.path());
    CHECK(std::get<ProcedureFaults>(a_directory).front().sentence == "can't be read: it is a directory");
}
