// The JSON that portals read: its keys are stable, its values the dossier's.
#include <boost/json.hpp>
#include <set>
#include <string>

#include "tests/catch.hpp"
#include "tests/explain/told.hpp"
#include "wire/explain_json.hpp"
#include "wire/explain_provider.hpp"

using namespace tiebreak;
namespace bj = boost::json;

namespace {

bj::object officer(const std::string& scene) {
    std::string text;
    wire::append_dossier_json(text, told::dossier_of(scene));
    INFO(text);
    REQUIRE(text.find('\n') == std::string::npos);
    return bj::parse(text).as_object();
}

bj::object provider(const std::string& scene, const std::string& who) {
    std::string text;
    wire::append_provider_json(text, wire::provider_view(told::dossier_of(scene), who));
    return bj::parse(text).as_object();
}

std::string keys(const bj::value& value) {
    std::string all;
    for (const auto& member : value.as_object()) (all.empty() ? all : all += ' ') += std::string{member.key()};
    return all;
}

const bj::object& at(const bj::object& object, const char* list, std::size_t place) {
    return object.at(list).as_array().at(place).as_object();
}

const bj::object& happening(const bj::object& object, std::string_view what) {
    for (const bj::value& h : object.at("happenings").as_array())
        if (h.as_object().at("what").as_string() == bj::string_view{what.data(), what.size()}) return h.as_object();
    FAIL("nothing of the kind " << what << " happened");
    return object;
}

}  // namespace

TEST_CASE("A dossier's keys, in their order") {
    const bj::object homecare = officer("homecare");
    CHECK(keys(homecare) ==
          "package state outcome procedure revision title opened told_until zone service needs awards offers stages choices "
          "approvals happenings names");
    CHECK(keys(at(homecare, "awards", 0)) == "at sequence stage offer provider start decided_by refused refused_reason ranking");
    CHECK(keys(at(homecare, "awards", 0).at("ranking").at(0)) == "rank offer provider arrival start quality");
    CHECK(keys(at(homecare, "awards", 0).at("ranking").at(1)) ==
          "rank offer provider arrival start quality lost_on equal_on by_ns why");
    CHECK(keys(at(homecare, "offers", 0)) == "offer provider arrival start quality stage sequence fate");
    CHECK(keys(at(homecare, "stages", 0)) == "stage kind opened closes invited closed cause answers no_answer not_invited");
    CHECK(keys(at(homecare, "stages", 0).at("not_invited").at(0)) == "provider missing part held why");
    const bj::object care_home = officer("care-home");
    CHECK(keys(at(care_home, "choices", 0)) == "stage asked choose_by offers providers end ended chosen alternative top_up_agreed");
    const bj::object childrens = officer("childrens");
    CHECK(keys(at(childrens, "approvals", 1)) == "role before provider offer asked answered approved");
    CHECK(keys(at(childrens, "awards", 0).at("ranking").at(1)) == "rank offer provider arrival start price_pence lost_on equal_on why");
}

TEST_CASE("A ranking says why each one lost and by how much") {
    const bj::object homecare = officer("homecare");
    const bj::array& ranking = at(homecare, "awards", 0).at("ranking").as_array();
    REQUIRE(ranking.size() == 4);
    CHECK(ranking[1].at("by_ns").as_int64() == 1'204'318);
    CHECK(ranking[1].at("why").as_string() == "same start, same rating, answered 1.204 318 ms later");
    CHECK(ranking[1].at("equal_on").as_array().size() == 2);
    CHECK(bj::serialize(ranking[2].at("by_points")) == "4.5E0");
    CHECK(ranking[3].at("by_ns").as_int64() == 7'200'000'000'000);
    CHECK(at(homecare, "awards", 0).at("refused").as_string() == "2026-11-23T15:00:00.000000000Z");
    CHECK(at(homecare, "awards", 1).at("decided_by").as_string() == "refusal");
}

TEST_CASE("Happenings carry their events' sequences, instants in UTC and a sentence") {
    const bj::object homecare = officer("homecare");
    CHECK(keys(happening(homecare, "rejected")) == "at sequence what command code provider offer start text");
    CHECK(keys(happening(homecare, "window_extended")) == "at sequence what stage reason closes text");
    const bj::object& closed = happening(homecare, "stage_closed");
    CHECK(closed.at("at").as_string() == "2026-11-23T14:00:00.000000000Z");
    CHECK(closed.at("text").as_string() == "Stage zonal closed at its deadline, with 4 offers.");
    const bj::object care_home = officer("care-home");
    CHECK(keys(happening(care_home, "choice_made")) == "at what provider alternative text");
    CHECK(keys(happening(care_home, "shortlisted")) == "at sequence what providers choose_by text");
}

TEST_CASE("A provider's keys, in their order") {
    const bj::object cedar = provider("homecare", "cedar");
    CHECK(keys(cedar) == "package for standing outcome procedure title opened told_until ranks stages happenings");
    CHECK(keys(at(cedar, "ranks", 0)) == "at stage offer rank of refused lost_on own_arrival winning_arrival by_ns why");
    CHECK(keys(at(cedar, "ranks", 1)) == "at stage offer rank of decided_by");
    CHECK(keys(at(cedar, "stages", 0)) == "stage kind invited opened closes closed cause");
    const bj::object damson = provider("homecare", "damson");
    CHECK(keys(at(damson, "ranks", 0)) == "at stage offer rank of refused lost_on own_start winning_start by_ns why");
    const bj::object alder = provider("homecare", "alder");
    CHECK(keys(at(alder, "ranks", 0)) == "at stage offer rank of refused lost_on own_score winning_score by_points why");
    const bj::object elder = provider("homecare", "elder");
    CHECK(keys(at(elder, "stages", 0)) == "stage kind invited missing part held why");
}

TEST_CASE("States and fates are words out of fixed lists") {
    CHECK(officer("homecare").at("state").as_string() == "awarded");
    CHECK(officer("nobody").at("state").as_string() == "unawarded");
    CHECK(officer("nobody").at("reason").as_string() == "no_offers");
    CHECK(at(officer("nobody"), "offers", 0).at("fate").as_string() == "withdrawn");
    CHECK(at(officer("nobody"), "offers", 1).at("fate").as_string() == "suspended");
    CHECK(at(officer("childrens"), "offers", 0).at("fate").as_string() == "left_out");
    CHECK(provider("homecare", "hazel").at("standing").as_string() == "lost");
    CHECK(provider("nobody", "hazel").at("standing").as_string() == "unawarded");
}
