// What the recorder writes down that no event says.
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/explain/told.hpp"
#include "wire/explain_story.hpp"
#include "wire/explain_text.hpp"

using namespace tiebreak;
using namespace tiebreak::wire;

namespace {

std::string text_of(const Dossier& dossier) { return dossier_text(dossier, {}, Clock::uk); }

const NotInvited& absent(const Dossier& dossier, std::size_t stage, const std::string& provider) {
    for (const NotInvited& other : dossier.stages.at(stage).not_invited)
        if (other.provider == provider) return other;
    FAIL(provider << " is not among those who were not invited");
    return dossier.stages.at(stage).not_invited.front();
}

std::string why_absent(const Dossier& dossier, std::size_t stage, const std::string& provider, Person person = Person::third) {
    return why_not_text(absent(dossier, stage, provider).why, dossier.stages.at(stage).rules.audience, dossier.package, person);
}

// A package K1 with these fields, one stage with this audience, and a provider P beside one that is invited.
Dossier asked(const std::string& audience, const std::string& package, const std::string& provider) {
    DossierRecorder recorder{"K1"};
    const std::string at = R"("at":"2026-11-23T08:00:00Z",)";
    told::tell(recorder, {"{\"type\":\"procedure\"," + at + R"("id":"p","ranking":[],"stages":[{"name":"s","window":"1h","audience":)" + audience + "}]}",
                          "{\"type\":\"provider\"," + at + R"("id":"P")" + provider + "}",
                          "{\"type\":\"package\"," + at + R"("id":"K1","procedure":"p")" + package + "}"});
    return recorder.dossiers().at(0);
}

std::string why(const std::string& audience, const std::string& package, const std::string& provider, Person person = Person::third) {
    return why_absent(asked(audience, package, provider), 0, "P", person);
}

std::size_t count(const Dossier& dossier, What what) {
    std::size_t found = 0;
    for (const Happening& h : dossier.happenings) found += h.what == what ? 1 : 0;
    return found;
}

}  // namespace

TEST_CASE("Each part of an audience that somebody can miss is named, and what it has instead") {
    const std::string roles = R"({"roles":["a","b"]})", zone = R"({"roles":["a"],"zone":"package"})";
    const std::string both = R"({"zone":"package","scheme":"package"})";
    CHECK(why("{}", "", R"(,"suspended":true)") == "is suspended");
    CHECK(why(roles, "", "") == "has no membership");
    CHECK(why(roles, "", R"(,"memberships":[{"role":"c"}])") == "holds none of the roles a or b");
    CHECK(why(R"({"roles":["a"]})", "", R"(,"memberships":[{"role":"c"}])") == "does not hold the role a");
    CHECK(why(R"({"roles":[]})", "", R"(,"memberships":[{"role":"c"}])") == "has no role that the stage asks for, as it names none");
    CHECK(why(zone, R"(,"zone":"x")", R"(,"memberships":[{"role":"a","zone":"y"},{"role":"c","zone":"x"}])") ==
          "has a fitting role in the zone y, not in x");
    CHECK(why(zone, "", R"(,"memberships":[{"role":"a","zone":"y"},{"role":"a","zone":"z"}])") ==
          "has a fitting role in the zones y and z, and the package has no zone");
    CHECK(why(R"({"scheme":"package"})", R"(,"scheme":"s1")", R"(,"memberships":[{"role":"a","scheme":"s2"}])") ==
          "has a fitting role in the scheme s2, not in s1");
    CHECK(why(both, R"(,"zone":"x","scheme":"s1")", R"(,"memberships":[{"role":"a","zone":"x","scheme":"s2"},{"role":"a","zone":"y","scheme":"s1"}])") ==
          "has no single membership that fits role, zone and scheme together");
    CHECK(why("{}", R"(,"service":"homecare")", R"(,"services":["reablement"])") == "does not serve homecare");
    CHECK(why("{}", R"(,"needs":["live-in","sign","hoist"])", R"(,"capabilities":["sign"])") == "lacks live-in and hoist");
}

TEST_CASE("The same reasons speak to the provider itself") {
    CHECK(why("{}", "", R"(,"suspended":true)", Person::second) == "are suspended");
    CHECK(why(R"({"roles":["a","b"]})", "", R"(,"memberships":[{"role":"c"}])", Person::second) == "hold none of the roles a or b");
    CHECK(why("{}", R"(,"needs":["live-in"])", "", Person::second) == "lack live-in");
    CHECK(why("{}", R"(,"service":"x")", R"(,"services":[])", Person::second) == "do not serve x");
}

TEST_CASE("Many zones are not all listed") {
    std::string memberships = R"(,"memberships":[)";
    for (int i = 0; i < 9; ++i) memberships += (i == 0 ? "" : ",") + std::string{R"({"role":"a","zone":"z)"} + std::to_string(i) + "\"}";
    CHECK(why(R"({"zone":"package"})", R"(,"zone":"x")", memberships + "]") ==
          "has a fitting role in the zones z0, z1, z2, z3 and 5 more, not in x");
}

TEST_CASE("Who did not confirm is not asked later, for that reason") {
    const Dossier dossier = told::dossier_of("live-in");
    CHECK(dossier.stages.at(1).skipped);
    CHECK(absent(dossier, 2, "birch").why.missing == matching::Missing::confirmation);
    CHECK(why_absent(dossier, 2, "birch") == "had not confirmed");
    CHECK(dossier.confirm_stage_before(2) == "shortlist");
    CHECK(absent(dossier, 1, "alder").why.part == MembershipPart::role);
    CHECK(absent(dossier, 1, "damson").why.missing == matching::Missing::confirmation);
}

TEST_CASE("Invited, silent and answered are told apart at the close") {
    const Dossier dossier = told::dossier_of("nobody");
    const StageStory& stage = dossier.stages.at(0);
    CHECK(stage.invited == std::vector<std::string>{"alder", "birch", "cedar"});
    CHECK(stage.silent == std::vector<std::string>{"alder", "birch", "cedar"});  // whoever withdrew has no answer any more
    CHECK(stage.answers == 0);
    CHECK(dossier.state == PackageState::unawarded);
    CHECK(dossier.offers.at(0).fate == OfferFate::withdrawn);
    CHECK(dossier.offers.at(1).fate == OfferFate::suspended);
}

TEST_CASE("Ranking facts are those of the acceptance, not of later registrations") {
    DossierRecorder recorder{"K1"};
    const auto at = [](const std::string& time) { return R"("at":"2026-11-23T)" + time + R"(:00Z",)"; };
    const std::string rule = R"("rating_rule":{"baseline":"2024-10-01T00:00:00Z","before":["cqc"],"after":["cqc","council"]})";
    const std::string rated = R"("id":"A","feedback":60,"quality":1,"ratings":[{"source":"cqc","date":"2024-01-01T00:00:00Z","score":75},)"
                              R"({"source":"council","date":"2024-02-01T00:00:00Z","score":99},{"source":"council","date":"2026-11-23T09:15:00Z","score":80}])";
    told::tell(recorder, {
        "{\"type\":\"procedure\"," + at("08:00") + R"("id":"p","ranking":["highest_quality"],"stages":[{"name":"s","window":"1h"}],)" + rule + "}",
        "{\"type\":\"provider\"," + at("08:00") + rated + "}",
        "{\"type\":\"package\"," + at("09:00") + R"("id":"K1","procedure":"p"})",
        "{\"type\":\"offer\"," + at("09:10") + R"("id":"O1","package":"K1","provider":"A","start":"2026-11-25T08:00:00Z"})",
        "{\"type\":\"offer\"," + at("09:20") + R"("id":"O2","package":"K1","provider":"A","start":"2026-11-26T08:00:00Z"})",
        "{\"type\":\"provider\"," + at("09:30") + R"("id":"A","quality":5,"feedback":7})",
    });
    const Dossier dossier = recorder.dossiers().at(0);
    CHECK(dossier.offers.at(0).facts.quality == 75'000);  // the council's visit came before the baseline, the other one later
    CHECK(dossier.offers.at(1).facts.quality == 80'000);
    CHECK(dossier.offers.at(1).facts.feedback == 60'000);
    CHECK(dossier.offers.at(0).fate == OfferFate::superseded);
}

TEST_CASE("An offer left out because its provider was suspended is told of, though no event says so") {
    const Dossier dossier = told::dossier_of("childrens");
    CHECK(dossier.offers.at(0).fate == OfferFate::left_out);
    CHECK(count(dossier, What::offer_left_out) == 1);
    for (const Happening& h : dossier.happenings)
        if (h.what == What::offer_left_out) CHECK(h.at_ns == *dossier.approvals[2].answered_ns);  // when Birch came up instead
    REQUIRE(dossier.approvals.size() == 5);
    CHECK(dossier.approvals[0].before_opening);
    CHECK(dossier.approvals[0].reason == "start it");
    CHECK(dossier.approvals[2].provider == "alder");
    CHECK(dossier.approvals[2].approved);
    CHECK(dossier.approvals[3].provider == "birch");
    CHECK(dossier.approvals[4].answered_ns.has_value());
}

TEST_CASE("How a choice ended is told, whichever way it was") {
    const auto ended = [](std::vector<std::string> last) {
        auto lines = told::lines_of("care-home");
        lines.resize(lines.size() - 4);
        lines.insert(lines.end(), last.begin(), last.end());
        DossierRecorder recorder{"K1"};
        told::tell(recorder, lines);
        return recorder.dossiers().at(0);
    };
    const std::string choice = R"({"type":"choice","at":"2026-11-23T10:30:00Z","package":"K1")";
    CHECK(told::dossier_of("care-home").choices.at(0).end == ChoiceEnd::chosen);
    CHECK(told::dossier_of("care-home").choices.at(0).alternative);
    CHECK(told::dossier_of("care-home").choices.at(0).top_up_agreed);

    const Dossier shortlisted = ended({choice + R"(,"provider":"birch"})"});
    CHECK(shortlisted.choices.at(0).chosen == "birch");
    CHECK_FALSE(shortlisted.choices.at(0).alternative);

    const Dossier declined = ended({choice + "}"});
    CHECK(declined.choices.at(0).end == ChoiceEnd::declined);
    CHECK(count(declined, What::choice_declined) == 1);

    const Dossier lapsed = ended({});
    CHECK(lapsed.choices.at(0).end == ChoiceEnd::lapsed);
    CHECK(lapsed.choices.at(0).ended_ns == lapsed.choices.at(0).choose_by_ns);
    CHECK(count(lapsed, What::choice_lapsed) == 1);

    std::vector<std::string> all_leave;
    for (const std::string who : {"alder", "birch"})
        all_leave.push_back(R"({"type":"withdraw","at":"2026-11-23T10:30:00Z","provider":")" + who + R"(","offer":"of-)" + who + "\"}");
    const Dossier dropped = ended(all_leave);
    CHECK(dropped.choices.at(0).end == ChoiceEnd::dropped);
    CHECK(count(dropped, What::choice_dropped) == 1);

    const Dossier cancelled = ended({R"({"type":"cancel","at":"2026-11-23T10:30:00Z","package":"K1","reason":"moved away"})"});
    CHECK(cancelled.choices.at(0).end == ChoiceEnd::dropped);
    CHECK(count(cancelled, What::choice_dropped) == 0);
    CHECK(cancelled.happenings.back().reason == "moved away");
}

TEST_CASE("An approval of an offer that was withdrawn is asked for no longer") {
    auto lines = told::lines_of("childrens");
    lines.resize(14);
    lines.push_back(R"({"type":"withdraw","at":"2026-11-23T10:20:00Z","provider":"alder","offer":"of-alder"})");
    lines.push_back(R"({"type":"approval","at":"2026-11-23T10:30:00Z","package":"K1","role":"director","approved":false,"reason":"too dear"})");
    DossierRecorder recorder{"K1"};
    told::tell(recorder, lines);
    const Dossier dossier = recorder.dossiers().at(0);
    REQUIRE(dossier.approvals.size() == 3);
    CHECK(dossier.approvals[1].dropped);
    CHECK_FALSE(dossier.approvals[2].approved);
    CHECK(dossier.approvals[2].reason == "too dear");
    CHECK(dossier.state == PackageState::unawarded);
    CHECK(dossier.offers.at(1).fate == OfferFate::live);  // nobody left it out
    CHECK(count(dossier, What::approval_denied) == 1);
}

TEST_CASE("What was said before the package opened belongs to its story, and how late a late offer was") {
    const Dossier dossier = told::dossier_of("homecare");
    CHECK(dossier.happenings.front().code == matching::Code::unknown_package);
    CHECK(dossier.happenings.front().provider == "alder");
    bool found = false;
    for (const Happening& h : dossier.happenings) {
        if (h.offer != "of-alder-2") continue;
        found = true;
        CHECK(h.late_ns == 12'500);
    }
    CHECK(found);
    CHECK(dossier.happenings.back().command == "withdraw");  // it names no package, and is told all the same
}

TEST_CASE("One package's recorder keeps nothing of the others; another one keeps them all") {
    auto lines = told::lines_of("nobody");
    lines.insert(lines.begin() + 5, R"({"type":"package","at":"2026-11-23T09:00:00Z","id":"K2","procedure":"p"})");
    DossierRecorder one{"K1"};
    told::tell(one, lines);
    CHECK(one.dossiers().size() == 1);
    CHECK(one.elsewhere().empty());
    DossierRecorder every;
    told::tell(every, lines);
    REQUIRE(every.dossiers().size() == 2);
    CHECK(every.dossiers()[1].package.id == "K2");
    CHECK(every.elsewhere().size() == 5);  // the procedure, three providers, one of them twice
    CHECK(text_of(every.dossiers()[0]) == text_of(one.dossiers()[0]));
}

TEST_CASE("A package that was never opened finds those whose ids are near") {
    auto lines = told::lines_of("nobody");
    lines.push_back(R"({"type":"package","at":"2026-11-23T11:00:00Z","id":"oxford-2026-0417","procedure":"p"})");
    lines.push_back(R"({"type":"package","at":"2026-11-23T11:00:00Z","id":"oxford-2026-0471","procedure":"p"})");
    DossierRecorder recorder{"Oxford-2026-0147"};
    told::tell(recorder, lines);
    CHECK(recorder.dossiers().empty());
    CHECK(recorder.similar_packages() == std::vector<std::string>{"oxford-2026-0417", "oxford-2026-0471"});
}

TEST_CASE("Every kind of happening has a sentence of its own") {
    std::vector<std::string> sentences;
    for (std::size_t what = 0; what <= static_cast<std::size_t>(What::offer_left_out); ++what) {
        Happening h;
        h.what = static_cast<What>(what);
        h.provider = "a";
        h.offer = "o";
        h.stage = "s";
        h.role = "r";
        h.until_ns = 0;
        const std::string sentence = happening_text(h, Person::third, Clock::uk);
        if (h.what == What::standing) continue;
        INFO(what_name(h.what));
        CHECK(sentence.size() > 5);
        CHECK(sentence.back() == '.');
        for (const std::string& other : sentences) CHECK(sentence != other);
        sentences.push_back(sentence);
    }
}
