#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "matching/well_formed.hpp"
#include "tests/catch.hpp"

namespace {

using namespace tiebreak::matching;

std::string repeated(std::string_view piece, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += piece;
    return text;
}

command::Procedure procedure() {
    command::Procedure procedure;
    procedure.id = "p";
    procedure.stages.push_back({.name = "one", .window_ns = 1});
    procedure.stages.push_back({.name = "two", .window_ns = 1});
    return procedure;
}

// The path of the flaw; "none" if there is none.
template <class Value>
std::string place(const Value& value) {
    const auto flaw = find_flaw(Command{value});
    if (!flaw) return "none";
    CHECK_FALSE(flaw->sentence.empty());
    return flaw->path;
}

template <class Change>
std::string place_in_procedure(Change change) {
    auto changed = procedure();
    change(changed);
    return place(changed);
}

TEST_CASE("An id has 1 to 64 of the characters that ids have") {
    CHECK(is_id("a"));
    CHECK(is_id("AZaz09._:-"));
    CHECK(is_id(std::string(64, 'x')));
    CHECK_FALSE(is_id(""));
    CHECK_FALSE(is_id(std::string(65, 'x')));
    for (int c = 0; c < 256; ++c) {
        const bool good = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
                          c == '_' || c == ':' || c == '-';
        CAPTURE(c);
        CHECK(is_id(std::string(1, static_cast<char>(c))) == good);
    }
}

TEST_CASE("A text has 1 to 1,000 code points, however many bytes they take") {
    CHECK(is_text("x"));
    CHECK(is_text(std::string{"\0", 1}));
    CHECK_FALSE(is_text(""));
    for (const auto* const character : {"x", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
        CAPTURE(character);
        CHECK(is_text(repeated(character, 1'000)));
        CHECK_FALSE(is_text(repeated(character, 1'001)));
    }
}

TEST_CASE("A text is valid UTF-8 to its last byte") {
    const auto* const good = GENERATE("\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
                                      "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "a\x7F\xC3\xA4z");
    CHECK(is_text(good));
}

TEST_CASE("Overlong forms, surrogates, stray and missing bytes are no UTF-8") {
    const auto* const bad = GENERATE("\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2x", "\xC2\xC0", "\xE0\x9F\xBF", "\xE0\xA0",
                                     "\xE1\x80", "\xE1\x80x", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF0\x90\x80",
                                     "\xF1\x80\x80x", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF");
    CAPTURE(bad);
    CHECK_FALSE(is_text(bad));
    CHECK_FALSE(is_text("good " + std::string{bad}));
}

TEST_CASE("Each field of a hot command is looked at") {
    const command::Offer offer{"O1", "K1", "P1", 0, {}, {}, {}};
    CHECK(place(offer) == "none");
    const auto changed = [&](auto change) {
        auto copy = offer;
        change(copy);
        const auto direct = find_flaw(copy);
        CHECK((direct ? direct->path : "none") == place(copy));
        return place(copy);
    };
    CHECK(changed([](auto& o) { o.id = ""; }) == "id");
    CHECK(changed([](auto& o) { o.package = "a b"; }) == "package");
    CHECK(changed([](auto& o) { o.provider = "\xC3\xA4"; }) == "provider");
    CHECK(changed([](auto& o) { o.start_ns = -1; }) == "start");
    CHECK(changed([](auto& o) { o.price_pence = -1; }) == "price_pence");
    CHECK(changed([](auto& o) { o.price_pence = std::numeric_limits<std::int64_t>::max(); }) == "none");
    CHECK(changed([](auto& o) { o.landlord = ""; }) == "accommodation.landlord");
    CHECK(changed([](auto& o) { o.submitted_at_ns = -1; }) == "submitted_at");

    CHECK(place(command::Confirm{"K", "P"}) == "none");
    CHECK(place(command::Confirm{"", "P"}) == "package");
    CHECK(place(command::Confirm{"K", ""}) == "provider");
    CHECK(place(command::Decline{"K", "P", "why"}) == "none");
    CHECK(place(command::Decline{"K", "P", ""}) == "reason");
    CHECK(place(command::Withdraw{"P", "O", {}}) == "none");
    CHECK(place(command::Withdraw{"", "O", {}}) == "provider");
    CHECK(place(command::Withdraw{"P", "", {}}) == "offer");
    CHECK(place(command::Withdraw{"P", "O", "\xFF"}) == "reason");
    CHECK(place(command::Extend{"K", 0, "why"}) == "none");
    CHECK(place(command::Extend{"", 0, "why"}) == "package");
    CHECK(place(command::Extend{"K", -1, "why"}) == "closes");
    CHECK(place(command::Extend{"K", 0, ""}) == "reason");
    CHECK(place(command::Cancel{"K", {}}) == "none");
    CHECK(place(command::Cancel{"", {}}) == "package");
    CHECK(place(command::Cancel{"K", ""}) == "reason");
    CHECK(place(command::Choice{"K", {}, {}, {}}) == "none");
    CHECK(place(command::Choice{"", {}, {}, {}}) == "package");
    CHECK(place(command::Choice{"K", "", {}, {}}) == "provider");
    CHECK(place(command::Approve{"K", "r", true, {}}) == "none");
    CHECK(place(command::Approve{"", "r", true, {}}) == "package");
    CHECK(place(command::Approve{"K", "", true, {}}) == "role");
    CHECK(place(command::Approve{"K", "r", true, ""}) == "reason");
    CHECK(place(command::Refuse{"K", "P", {}}) == "none");
    CHECK(place(command::Refuse{"", "P", {}}) == "package");
    CHECK(place(command::Refuse{"K", "", {}}) == "provider");
    CHECK(place(command::Refuse{"K", "P", ""}) == "reason");
    CHECK(place(command::Report{"p", 5, 4}) == "none");
    CHECK(place(command::Report{"", 0, 0}) == "procedure");
    CHECK(place(command::Report{"p", -1, 0}) == "from");
    CHECK(place(command::Report{"p", 0, -1}) == "to");
    CHECK(place(command::Advance{}) == "none");
}

TEST_CASE("Each field of a provider is looked at") {
    const auto changed = [](auto change) {
        command::Provider provider;
        provider.id = "P1";
        change(provider);
        return place(provider);
    };
    CHECK(changed([](auto&) {}) == "none");
    CHECK(changed([](auto& p) { p.id = "no spaces"; }) == "id");
    CHECK(changed([](auto& p) { p.name = ""; }) == "name");
    CHECK(changed([](auto& p) { p.name = "spaces and \xC3\xA4"; }) == "none");
    CHECK(changed([](auto& p) { p.memberships = {{"r", {}, {}}, {"", {}, {}}}; }) == "memberships[1].role");
    CHECK(changed([](auto& p) { p.memberships = {{"r", "", {}}}; }) == "memberships[0].zone");
    CHECK(changed([](auto& p) { p.memberships = {{"r", {}, "a b"}}; }) == "memberships[0].scheme");
    CHECK(changed([](auto& p) { p.services = std::vector<std::string>{}; }) == "none");
    CHECK(changed([](auto& p) { p.services = {"s", "t", ""}; }) == "services[2]");
    CHECK(changed([](auto& p) { p.capabilities = {""}; }) == "capabilities[0]");
    CHECK(changed([](auto& p) { p.capabilities = {"c", "c"}; }) == "none");
    CHECK(changed([](auto& p) { p.quality = score_max; }) == "none");
    CHECK(changed([](auto& p) { p.quality = score_max + 1; }) == "quality");
    CHECK(changed([](auto& p) { p.feedback = score_max + 1; }) == "feedback");
    CHECK(changed([](auto& p) { p.ratings = {{"", 0, 0}}; }) == "ratings[0].source");
    CHECK(changed([](auto& p) { p.ratings = {{"cqc", -1, 0}}; }) == "ratings[0].date");
    CHECK(changed([](auto& p) { p.ratings = {{"cqc", 0, score_max + 1}}; }) == "ratings[0].score");
    CHECK(changed([](auto& p) { p.cqc = "Requires improvement"; }) == "cqc");
    CHECK(changed([](auto& p) { p.vacancies = -1; }) == "vacancies");
}

TEST_CASE("Each field of a package is looked at") {
    const auto changed = [](auto change) {
        command::Package package;
        package.id = "K1";
        package.procedure = "p";
        change(package);
        return place(package);
    };
    CHECK(changed([](auto&) {}) == "none");
    CHECK(changed([](auto& k) { k.id = ""; }) == "id");
    CHECK(changed([](auto& k) { k.procedure = ""; }) == "procedure");
    CHECK(changed([](auto& k) { k.zone = ""; }) == "zone");
    CHECK(changed([](auto& k) { k.service = ""; }) == "service");
    CHECK(changed([](auto& k) { k.scheme = ""; }) == "scheme");
    CHECK(changed([](auto& k) { k.needs = {"hoist", "/"}; }) == "needs[1]");
    CHECK(changed([](auto& k) { k.urgency = ""; }) == "urgency");
    CHECK(changed([](auto& k) { k.window_ns = 0; }) == "window");
    CHECK(changed([](auto& k) { k.window_ns = -1; }) == "window");
    CHECK(changed([](auto& k) { k.value_pence = -1; }) == "value_pence");
    CHECK(changed([](auto& k) { k.start_from_ns = -1; }) == "start_from");
    CHECK(changed([](auto& k) { k.start_by_ns = -1; }) == "start_by");
    CHECK(changed([](auto& k) { k.start_from_ns = 5, k.start_by_ns = 4; }) == "start_by");
    CHECK(changed([](auto& k) { k.start_from_ns = 5, k.start_by_ns = 5; }) == "none");
    CHECK(changed([](auto& k) { k.standard_fee_pence = -1; }) == "standard_fee_pence");
}

TEST_CASE("A procedure has stages with names of their own and windows that last") {
    CHECK(place_in_procedure([](auto&) {}) == "none");
    CHECK(place_in_procedure([](auto& p) { p.id = ""; }) == "id");
    CHECK(place_in_procedure([](auto& p) { p.title = ""; }) == "title");
    CHECK(place_in_procedure([](auto& p) { p.source = "\xFF"; }) == "source");
    CHECK(place_in_procedure([](auto& p) { p.stages.clear(); }) == "stages");
    CHECK(place_in_procedure([](auto& p) { p.stages[1].name = ""; }) == "stages[1].name");
    CHECK(place_in_procedure([](auto& p) { p.stages[1].name = "one"; }) == "stages[1].name");
    CHECK(place_in_procedure([](auto& p) { p.stages[1].window_ns = 0; }) == "stages[1].window");
    CHECK(place_in_procedure([](auto& p) { p.stages[0].audience.roles = {"r", ""}; }) == "stages[0].audience.roles[1]");
    CHECK(place_in_procedure([](auto& p) { p.stages[0].audience.roles = std::vector<std::string>{}; }) == "none");
    CHECK(place_in_procedure([](auto& p) { p.stages[0].windows = {{"a", 1}, {"b", 0}}; }) == "stages[0].windows.b");
    CHECK(place_in_procedure([](auto& p) { p.stages[0].windows = {{"", 1}}; }) == "stages[0].windows");
    CHECK(place_in_procedure([](auto& p) { p.stages[0].windows = {{"a", 1}, {"a", 1}}; }) == "stages[0].windows");
    CHECK(place_in_procedure([](auto& p) { p.stages[0].windows = {{"b", 1}, {"a", 1}}; }) == "stages[0].windows");
}

TEST_CASE("The first stage whose name is taken is named, among many") {
    command::Procedure many;
    many.id = "p";
    for (int i = 0; i < 50'000; ++i) many.stages.push_back({.name = "s" + std::to_string(i % 40'000), .window_ns = 1});
    const auto flaw = find_flaw(Command{many});
    REQUIRE(flaw);
    CHECK(flaw->path == "stages[40000].name");
    CHECK(flaw->sentence.find("stages[0]") != std::string::npos);
}

TEST_CASE("Only stages after a confirm stage can ask for those confirmed, and a confirm stage takes no first offer") {
    CHECK(place_in_procedure([](auto& p) { p.stages[1].audience.confirmed = true; }) == "stages[1].audience.confirmed");
    CHECK(place_in_procedure([](auto& p) {
              p.stages[0].kind = StageKind::confirm;
              p.stages[1].audience.confirmed = true;
          }) == "none");
    CHECK(place_in_procedure([](auto& p) {
              p.stages[0].kind = StageKind::confirm;
              p.stages[0].audience.confirmed = true;
          }) == "stages[0].audience.confirmed");
    CHECK(place_in_procedure([](auto& p) {
              p.stages[1].kind = StageKind::confirm;
              p.stages[0].audience.confirmed = true;
          }) == "stages[0].audience.confirmed");
    CHECK(place_in_procedure([](auto& p) {
              p.stages[0].kind = StageKind::confirm;
              p.stages[0].close = CloseRule::first_offer;
          }) == "stages[0].close");
    CHECK(place_in_procedure([](auto& p) { p.stages[0].close = CloseRule::first_offer; }) == "none");
}

TEST_CASE("A ranking has one citizen_choice at most, and what belongs to it nowhere else") {
    const auto ranking = [](std::vector<Criterion> criteria) {
        return place_in_procedure([&](auto& p) { p.ranking = criteria; });
    };
    const Criterion choice{.kind = CriterionKind::citizen_choice, .choice_window_ns = 1};
    const Criterion start{.kind = CriterionKind::earliest_start};
    CHECK(ranking({}) == "none");
    CHECK(ranking({start, start, choice}) == "none");
    CHECK(ranking({choice, start, choice}) == "ranking[2].by");
    CHECK(ranking({{.kind = CriterionKind::citizen_choice, .choice_window_ns = 0}}) == "ranking[0].window");
    CHECK(ranking({start, {.kind = CriterionKind::lowest_price, .choice_window_ns = 1}}) == "ranking[1].window");
    CHECK(ranking({{.kind = CriterionKind::lowest_price, .alternative = std::vector<AlternativeCondition>{}}}) ==
          "ranking[0].alternative");
    CHECK(ranking({{.kind = CriterionKind::citizen_choice,
                    .choice_window_ns = 1,
                    .alternative = std::vector<AlternativeCondition>{}}}) == "none");
    CHECK(ranking({{.from_ns = 5, .until_ns = 6}}) == "none");
    CHECK(ranking({{.from_ns = 5, .until_ns = 5}}) == "ranking[0].until");
    CHECK(ranking({{.from_ns = 6, .until_ns = 5}}) == "ranking[0].until");
    CHECK(ranking({{.from_ns = -1}}) == "ranking[0].from");
    CHECK(ranking({{.until_ns = -1}}) == "ranking[0].until");
}

TEST_CASE("Approvals, rating rule and obligations are looked at") {
    CHECK(place_in_procedure([](auto& p) { p.approvals = {{"r", 0}, {"r", 5}}; }) == "none");
    CHECK(place_in_procedure([](auto& p) { p.approvals = {{"", 0}}; }) == "approvals[0].role");
    CHECK(place_in_procedure([](auto& p) { p.approvals = {{"r", -1}}; }) == "approvals[0].over_pence");
    CHECK(place_in_procedure([](auto& p) { p.rating_rule = {0, {}, {}}; }) == "none");
    CHECK(place_in_procedure([](auto& p) { p.rating_rule = {-1, {}, {}}; }) == "rating_rule.baseline");
    CHECK(place_in_procedure([](auto& p) { p.rating_rule = {0, {""}, {}}; }) == "rating_rule.before[0]");
    CHECK(place_in_procedure([](auto& p) { p.rating_rule = {0, {}, {"cqc", ""}}; }) == "rating_rule.after[1]");
    CHECK(place_in_procedure([](auto& p) { p.obligations = {{"a", 100, 100}, {"b", 0, 0}}; }) == "none");
    CHECK(place_in_procedure([](auto& p) { p.obligations = {{"a"}, {"b"}, {"a"}}; }) == "obligations[2].role");
    CHECK(place_in_procedure([](auto& p) { p.obligations = {{""}}; }) == "obligations[0].role");
    CHECK(place_in_procedure([](auto& p) { p.obligations = {{"a", 101, 0}}; }) == "obligations[0].min_offered");
    CHECK(place_in_procedure([](auto& p) { p.obligations = {{"a", 0, 255}}; }) == "obligations[0].min_awarded");
}

TEST_CASE("A value that is none of an enumeration's is a flaw, not a surprise") {
    CHECK(place_in_procedure([](auto& p) { p.stages[0].kind = static_cast<StageKind>(2); }) == "stages[0].kind");
    CHECK(place_in_procedure([](auto& p) { p.stages[0].close = static_cast<CloseRule>(3); }) == "stages[0].close");
    CHECK(place_in_procedure([](auto& p) { p.ranking = {{.kind = static_cast<CriterionKind>(6)}}; }) == "ranking[0].by");
    CHECK(place_in_procedure([](auto& p) { p.approvals = {{"r", 0, static_cast<ApprovalBefore>(2)}}; }) ==
          "approvals[0].before");
    CHECK(place_in_procedure([](auto& p) { p.requires_ = {Requirement::price, static_cast<Requirement>(5)}; }) ==
          "requires[1]");
    CHECK(place_in_procedure([](auto& p) {
              p.ranking = {{.kind = CriterionKind::citizen_choice,
                            .choice_window_ns = 1,
                            .alternative = {{AlternativeCondition::top_up, static_cast<AlternativeCondition>(255)}}}};
          }) == "ranking[0].alternative[1]");
}

TEST_CASE("All flaws of a command come in the order in which one alone would be found, one for a place, as many as are asked for") {
    command::Procedure bad = procedure();
    bad.id = "a b";
    bad.stages[0].window_ns = 0;
    bad.stages[1].name = "one";
    bad.stages[1].audience.confirmed = true;
    bad.stages.push_back(bad.stages[0]);
    bad.title = "";
    std::vector<std::string> places;
    for (const Flaw& flaw : find_flaws(bad, 100)) places.push_back(flaw.path);
    CHECK(places == std::vector<std::string>{"id", "stages[0].window", "stages[1].audience.confirmed", "stages[2].window", "stages[1].name",
                                             "stages[2].name", "title"});
    for (std::size_t max = 1; max <= places.size(); ++max) {
        const auto flaws = find_flaws(bad, max);
        REQUIRE(flaws.size() == max);
        CHECK(flaws.back().path == places[max - 1]);
    }
    CHECK(find_flaws(bad, 3)[2].rests_on == std::vector<std::string>{"stages[0].kind"});
    CHECK(find_flaws(procedure(), 100).empty());
}

}  // namespace
