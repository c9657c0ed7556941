// Procedures in plain English, as an officer reads them.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/catch.hpp"
#include "wire/json_reader.hpp"
#include "wire/prose_procedure.hpp"

using namespace tiebreak;
using namespace tiebreak::wire;

namespace {

matching::command::Procedure procedure(const std::string& json) {
    CommandReader reader;
    auto read = reader.read(json, AtField::optional);
    if (const auto* error = std::get_if<ReadError>(&read)) FAIL(error->in_text() << " in " << json);
    return std::get<matching::command::Procedure>(std::get<ReadCommand>(read).command);
}

matching::command::Procedure from_file(const std::string& name) {
    std::ifstream file{std::string{TIEBREAK_PROCEDURES} + "/" + name + ".json"};
    REQUIRE(file);
    auto found = procedure({std::istreambuf_iterator<char>(file), {}});
    found.source.reset();  // printed as it is
    return found;
}

std::string text_of(const matching::command::Procedure& p) { return '\n' + prose_text(procedure_prose(p, Clock::uk), 100); }

// A procedure of one stage with this ranking and these further fields.
matching::command::Procedure with(const std::string& ranking, const std::string& more = "") {
    return procedure(R"({"type":"procedure","id":"p","stages":[{"name":"s","audience":{},"window":"1h"}],"ranking":)" + ranking +
                     (more.empty() ? "" : "," + more) + "}");
}

std::string section(const matching::command::Procedure& p, std::string_view key) {
    std::string text;
    for (const ProseSection& s : procedure_prose(p, Clock::uk))
        if (s.key == key)
            for (const std::string& paragraph : s.paragraphs) text += paragraph + '\n';
    return text;
}

std::string with_stages(const std::string& stages) {
    return section(procedure(R"({"type":"procedure","id":"p","ranking":[],"stages":)" + stages + "}"), "asked");
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("The homecare call-off reads as its schedule does") {
    CHECK(text_of(from_file("oxfordshire-homecare")) == R"(
  Who is asked
    zonal: For four hours (two hours for hospital discharge packages), the strategic and zonal
    providers of the package's zone are asked.
    apl: If that brings no award, then for two hours (one hour for hospital discharge packages), the
    APL providers of the package's zone are asked.
    countywide: If that brings no award, then for two hours (one hour for hospital discharge
    packages), every registered provider is asked.
    Only providers that are not suspended, serve the package's service and have every capability
    that it needs are asked. A package's own window goes before these lengths.
    A stage with nobody to ask is skipped. If the last one brings no award either, the package ends
    without one.
  Who wins
    The earliest start wins; if equal, whoever answered first.
    If the winner cannot take the package up, the next in this order is awarded it.
)");
}

TEST_CASE("A care home's procedure says what the citizen may choose") {
    CHECK(text_of(from_file("schedule-8-care-home-vacancies")) == R"(
  Who is asked
    For two days (four hours for emergency and quick discharge packages), the care home providers of
    the package's zone are asked.
    Only providers that are not suspended, serve the package's service and have every capability
    that it needs are asked. A package's own window goes before these lengths.
    If nobody is there to ask, or nobody can be awarded the package, it ends without an award.
  Who wins
    The highest quality rating wins.
    The offer in first place, or all that share it, is put to the citizen, who has 24 hours to
    choose. The citizen may turn that down and choose any other provider that has an offer in the
    stage, as long as its CQC rating is not inadequate and a third-party top-up is agreed where its
    price is above the package's standard fee; so the citizen is asked whenever a stage closes with
    two or more offers.
    If the citizen makes no choice, the offers in first place are ranked on: whoever answered first
    wins.
    If the winner cannot take the package up, the next in this order is awarded it, and the citizen
    is not asked again.
  What an offer needs
    The provider of an offer must have declared at least one vacancy. Any other offer is rejected
    with the reason.
)");
}

TEST_CASE("A children's package says who approves what") {
    CHECK(section(from_file("oxfordshire-childrens-packages"), "approvals") ==
          "Before anybody is asked about the package: head of procurement (for a value above £500,000).\n"
          "Before the award is made: director (for any value above £0), then key decision (for a value above £500,000).\n"
          "A no ends the package without an award. A package without a value needs no approval.\n");
    CHECK(section(from_file("oxfordshire-childrens-packages"), "needs") ==
          "An offer must name a price. Its provider must be registered with the CQC. Any other offer is rejected with the "
          "reason.\n");
}

TEST_CASE("Obligations say how much of its invitations a role must answer and win") {
    CHECK(section(from_file("nottinghamshire-home-based-care"), "obligations") ==
          "Each lead provider must answer at least 75% of its invitations with an offer.\n"
          "Each additional provider must answer at least 25% of its invitations with an offer.\n");
    const auto both = with(R"([])", R"("obligations":[{"role":"lead","min_offered":100,"min_awarded":50},{"role":"x"}])");
    CHECK(section(both, "obligations") ==
          "Each lead provider must answer all of its invitations with an offer and be awarded at least 50% of them.\n");
}

TEST_CASE("A rating rule says which rating counts, and its first moment in full") {
    CHECK(section(from_file("schedule-8-home-support"), "rating") ==
          "A provider's quality rating is its latest rating by CQC, council or NHS that is dated after 1 October 2024, 00:00 "
          "BST and not after its answer; if it has none, its latest rating by CQC that is dated up to 1 October 2024, 00:00 "
          "BST; without any it ranks last on quality. A provider that is registered without a list of ratings has the quality "
          "that it is registered with.\n");
}

TEST_CASE("Dates of criteria are written as people write them") {
    CHECK(contains(section(with(R"(["highest_quality",{"by":"highest_feedback","from":"2025-04-01T00:00:00+01:00"}])"), "wins"),
                   "The highest quality rating wins; if equal, the highest customer feedback (only for stages that close from "
                   "1 April 2025 on); if equal, whoever answered first."));
    CHECK(contains(section(with(R"([{"by":"lowest_price","from":"2025-01-01T00:00:00Z","until":"2025-02-01T09:30:00Z"}])"), "wins"),
                   "The lowest price wins (only for stages that close from 1 January 2025 on and before 1 February 2025, "
                   "09:30 GMT); if equal, whoever answered first."));
}

TEST_CASE("A choice without alternatives is asked only on a tie") {
    const std::string text = section(with(R"(["earliest_start",{"by":"citizen_choice","window":"2d"},"lowest_price"])"), "wins");
    CHECK(contains(text, "Two or more offers that share the first place are put to the citizen, who has two days to choose. "
                         "One offer alone in first place is awarded without asking.\n"));
    CHECK(contains(text, "If the citizen makes no choice, the offers in first place are ranked on: the lowest price wins; if "
                         "equal, whoever answered first.\n"));
}

TEST_CASE("Each way to close a stage and each kind of audience has its sentence") {
    CHECK(contains(with_stages(R"([{"name":"s","window":"1h","close":"first_offer"}])"),
                   "For one hour, every registered provider is asked. The first offer closes the stage and wins."));
    CHECK(contains(with_stages(R"([{"name":"s","window":"1h","close":"all_answered","audience":{"zone":"package"}}])"),
                   "every provider of the package's zone is asked. The stage closes as soon as everyone asked has answered."));
    CHECK(contains(with_stages(R"([{"name":"s","window":"1h","audience":{"roles":["a","b"],"zone":"package","scheme":"package"}}])"),
                   "the a and b providers of the package's zone and scheme are asked."));
    CHECK(contains(with_stages(R"([{"name":"s","window":"1h","audience":{"roles":[]}}])"), "nobody is asked, as the audience names no role."));
}

TEST_CASE("Confirmations lead to those who confirmed, whatever lies between") {
    const std::string text = with_stages(
        R"([{"name":"ask","kind":"confirm","window":"1h","audience":{"roles":["a"]}},
            {"name":"first","window":"1h","audience":{"roles":["a"],"confirmed":true}},
            {"name":"later","window":"1h","audience":{"roles":["b"],"confirmed":true}}])");
    CHECK(contains(text, "ask: For one hour, the a providers are asked to confirm that they can deliver; no offers are taken yet."));
    CHECK(contains(text, "first: Then, for one hour, those who confirmed are asked for offers."));
    CHECK(contains(text, "later: If that brings no award, then for one hour, those who confirmed in the stage ask and are among "
                         "the b providers are asked for offers."));
}

TEST_CASE("What is allowed but hardly meant is remarked on") {
    const auto remarks = [](const std::string& ranking, const std::string& more = "") {
        std::string all;
        for (const std::string& remark : procedure_remarks(with(ranking, more))) all += remark + '\n';
        return all;
    };
    CHECK(remarks(R"(["earliest_start"])").empty());
    CHECK(contains(remarks(R"(["lowest_price"])"), "ranked by price but need not carry one"));
    CHECK(remarks(R"(["lowest_price"])", R"("requires":["price"])").empty());
    CHECK(contains(remarks(R"(["earliest_response","lowest_price"])", R"("requires":["price"])"), "what stands after it never decides"));
    CHECK(contains(remarks(R"(["highest_quality","earliest_start","highest_quality"])"), "stands twice"));
    CHECK(contains(remarks(R"([])", R"("obligations":[{"role":"lead"}])"), "No stage invites the role lead"));
    CHECK(contains(remarks(R"([{"by":"citizen_choice","alternative":["top_up"]}])"), "an offer without a price needs none"));
    CHECK(contains(remarks(R"([])", R"("rating_rule":{"baseline":"2024-01-01T00:00:00Z","before":[],"after":[]})"),
                   "does not look at quality"));
}

TEST_CASE("Every procedure that comes with Tiebreak reads without an id's underscores") {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator{TIEBREAK_PROCEDURES}) {
        const std::string name = entry.path().stem().string();
        const std::string text = text_of(from_file(name));
        INFO(name << text);
        CHECK(text.find('_') == std::string::npos);
        CHECK(contains(text, "whoever answered first") != contains(text, "Whoever answered first wins."));
        ++files;
    }
    CHECK(files >= 12);
}
