#include <map>
#include <set>

#include "tests/catch.hpp"
#include "tests/deploy/read_files.hpp"

namespace {

using namespace tiebreak;
using namespace tiebreak::tests;

std::map<std::string, std::set<std::string>> providers_by_role_and_zone(const std::string& file) {
    std::map<std::string, std::set<std::string>> by_place;
    for (const auto& provider : providers_in(deploy_folder / "demo" / file)) {
        for (const auto& membership : provider.memberships) {
            by_place[membership.role + " of " + membership.zone.value_or("everywhere")].insert(provider.id);
        }
    }
    return by_place;
}

}  // namespace

TEST_CASE("every procedure file is one well-formed procedure, named like its file, with title and source") {
    const auto files = files_in(deploy_folder / "procedures", ".json");
    REQUIRE(files.size() >= 12);
    for (const auto& file : files) {
        INFO(file);
        const auto command = command_in(text_of(file));
        REQUIRE(std::holds_alternative<matching::command::Procedure>(command));
        const auto& procedure = std::get<matching::command::Procedure>(command);
        CHECK(procedure.id == file.stem().string());
        CHECK(procedure.title.has_value());
        REQUIRE(procedure.source.has_value());
        CHECK(procedure.source->find("(chosen)") != std::string::npos);
    }
}

TEST_CASE("no provider of the demo is there twice") {
    std::set<std::string> ids;
    for (const auto& file : files_in(deploy_folder / "demo", ".jsonl")) {
        for (const auto& provider : providers_in(file)) {
            INFO(provider.id);
            CHECK(ids.insert(provider.id).second);
        }
    }
}

TEST_CASE("the reablement zones have the strategic and shadow providers of the extension report, paragraph 13") {
    const auto place = providers_by_role_and_zone("oxfordshire-providers.jsonl");
    const std::map<std::string, std::string> expected = {
        {"strategic of cherwell", "care-outlook"},      {"shadow-1 of cherwell", "all-care"},
        {"shadow-2 of cherwell", "mega-resource"},      {"strategic of oxford", "eleanor"},
        {"shadow-1 of oxford", "agincare"},             {"shadow-2 of oxford", "care-outlook"},
        {"shadow-3 of oxford", "all-care"},             {"strategic of south-oxfordshire", "all-care"},
        {"strategic of vale-of-white-horse", "agincare"}, {"shadow-1 of vale-of-white-horse", "all-care"},
        {"strategic of west-oxfordshire", "agincare"},  {"shadow-1 of west-oxfordshire", "care-outlook"},
        {"shadow-2 of west-oxfordshire", "all-care"}};
    for (const auto& [where, who] : expected) {
        INFO(where);
        REQUIRE(place.contains(where));
        CHECK(place.at(where) == std::set<std::string>{who});
    }
    for (const auto* nobody : {"shadow-3 of cherwell", "shadow-1 of south-oxfordshire", "shadow-2 of vale-of-white-horse",
                               "shadow-3 of west-oxfordshire"}) {
        INFO(nobody);
        CHECK_FALSE(place.contains(nobody));
    }
}

TEST_CASE("each of the thirteen homecare zones has one strategic provider, zonal providers and accredited partners") {
    const auto place = providers_by_role_and_zone("oxfordshire-providers.jsonl");
    std::set<std::string> zonal;
    for (int zone = 1; zone <= 13; ++zone) {
        const auto name = std::string("homecare-") + (zone < 10 ? "0" : "") + std::to_string(zone);
        INFO(name);
        CHECK(place.at("strategic of " + name).size() == 1);
        CHECK(place.at("apl of " + name).size() >= 2);
        const auto& here = place.at("zonal of " + name);
        CHECK(here.size() >= 10);
        zonal.insert(here.begin(), here.end());
    }
    CHECK(zonal.size() == 110);
}

TEST_CASE("the Nottinghamshire lots have the lead and additional providers of the contract award") {
    const auto place = providers_by_role_and_zone("nottinghamshire-providers.jsonl");
    const std::map<std::string, std::pair<std::string, std::size_t>> expected = {
        {"bassetlaw", {"london-care", 1}},          {"broxtowe", {"direct-health", 5}}, {"gedling", {"human-support-group", 4}},
        {"newark-and-sherwood", {"fosse", 2}},      {"mansfield-and-ashfield", {"fosse", 7}}};
    for (const auto& [lot, who] : expected) {
        INFO(lot);
        CHECK(place.at("lead of " + lot) == std::set<std::string>{who.first});
        CHECK(place.at("additional of " + lot).size() == who.second);
    }
    CHECK_FALSE(place.contains("lead of rushcliffe"));
    CHECK(place.at("additional of rushcliffe") == std::set<std::string>{"agincare-group", "westminster"});
    CHECK(place.at("dps of everywhere").size() == 20);
}
