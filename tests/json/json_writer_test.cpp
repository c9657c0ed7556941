#include <array>
#include <string>
#include <string_view>

#include "tests/catch.hpp"
#include "wire/json_writer.hpp"

namespace {

using namespace tiebreak;
using namespace tiebreak::matching;
using namespace std::string_view_literals;

constexpr Instant nine_ns = 1'795'424'400'000'000'000;  // 2026-11-23T09:00:00Z

std::string written(const EventBody& body) {
    std::string text;
    wire::append_event(text, {.at_ns = nine_ns, .sequence = 7, .package = 3, .zone = "oxford", .body = body});
    const std::string head = R"(,"at":"2026-11-23T09:00:00.000000000Z","sequence":7)";
    const std::size_t at = text.find(head);
    REQUIRE(at != std::string::npos);
    return text.erase(at, head.size());
}

std::string written(const Command& command) {
    std::string text = "before ";
    wire::append_command(text, nine_ns, command);
    const std::string head = R"(,"at":"2026-11-23T09:00:00.000000000Z")";
    const std::size_t at = text.find(head);
    REQUIRE(at != std::string::npos);
    REQUIRE(text.find("before ") == 0);
    return text.erase(at, head.size()).substr(7);
}

TEST_CASE("Every event is written with its fields in the order of the contract's table") {
    using namespace event;
    CHECK(written(ProcedureRegistered{"p", 2}) == R"({"type":"procedure_registered","procedure":"p","revision":2})");
    CHECK(written(ProviderRegistered{"P", 1}) == R"({"type":"provider_registered","provider":"P","revision":1})");
    CHECK(written(PackageOpened{"K", "p"}) == R"({"type":"package_opened","package":"K","procedure":"p"})");
    const std::array invited{"A"sv, "B"sv};
    CHECK(written(StageOpened{"K", "s", 0, invited}) ==
          R"({"type":"stage_opened","package":"K","stage":"s","closes":"1970-01-01T00:00:00.000000000Z","invited":["A","B"]})");
    CHECK(written(StageSkipped{"K", "s"}) == R"({"type":"stage_skipped","package":"K","stage":"s"})");
    CHECK(written(OfferAccepted{"K", "s", "O", "P", nine_ns, {}, false, false}) ==
          R"({"type":"offer_accepted","package":"K","stage":"s","offer":"O","provider":"P","arrival":"2026-11-23T09:00:00.000000000Z"})");
    CHECK(written(OfferAccepted{"K", "s", "O", "P", 1, "O0", true, true}) ==
          R"({"type":"offer_accepted","package":"K","stage":"s","offer":"O","provider":"P","arrival":"1970-01-01T00:00:00.000000001Z",)"
          R"("supersedes":"O0","duplicate":true,"withdrawn":true})");
    CHECK(written(ProviderConfirmed{"K", "s", "P"}) ==
          R"({"type":"provider_confirmed","package":"K","stage":"s","provider":"P"})");
    CHECK(written(ProviderDeclined{"K", "s", "P"}) ==
          R"({"type":"provider_declined","package":"K","stage":"s","provider":"P"})");
    CHECK(written(OfferWithdrawn{"K", "s", "O", "P", WithdrawCause::suspended}) ==
          R"({"type":"offer_withdrawn","package":"K","stage":"s","offer":"O","provider":"P","cause":"suspended"})");
    CHECK(written(WindowExtended{"K", "s", 0, "too \"few\""}) ==
          R"({"type":"window_extended","package":"K","stage":"s","closes":"1970-01-01T00:00:00.000000000Z","reason":"too \"few\""})");
    CHECK(written(StageClosed{"K", "s", 12, CloseCause::all_answered}) ==
          R"({"type":"stage_closed","package":"K","stage":"s","offers":12,"cause":"all_answered"})");
    CHECK(written(Shortlisted{"K", invited, {}, last_instant}) ==
          R"({"type":"shortlisted","package":"K","offers":["A","B"],"providers":[],"choose_by":"2262-04-11T23:47:16.854775807Z"})");
    CHECK(written(ApprovalPending{"K", "O", "P", "director"}) ==
          R"({"type":"approval_pending","package":"K","offer":"O","provider":"P","role":"director"})");
    CHECK(written(ApprovalPending{"K", {}, {}, "director"}) ==
          R"({"type":"approval_pending","package":"K","role":"director"})");
    const std::array ranking{RankedOffer{"O", "P", {}}, RankedOffer{"Q", "R", CriterionKind::earliest_start},
                             RankedOffer{"S", "T", CriterionKind::citizen_choice}};
    CHECK(written(Awarded{"K", "s", "O", "P", 0, DecidedBy::earliest_start, ranking}) ==
          R"({"type":"awarded","package":"K","stage":"s","offer":"O","provider":"P","start":"1970-01-01T00:00:00.000000000Z",)"
          R"("decided_by":"earliest_start","ranking":[{"rank":1,"offer":"O","provider":"P"},)"
          R"({"rank":2,"offer":"Q","provider":"R","lost_on":"earliest_start"},)"
          R"({"rank":3,"offer":"S","provider":"T","lost_on":"citizen_choice"}]})");
    CHECK(written(AwardRefused{"K", "P"}) == R"({"type":"award_refused","package":"K","provider":"P"})");
    CHECK(written(Unawarded{"K", UnawardedReason::approval_refused}) ==
          R"({"type":"unawarded","package":"K","reason":"approval_refused"})");
    CHECK(written(PackageCancelled{"K"}) == R"({"type":"package_cancelled","package":"K"})");
    CHECK(written(Standing{"p", "lead", "z", "P", 4, 3, 2, 1, true}) ==
          R"({"type":"standing","procedure":"p","role":"lead","zone":"z","provider":"P","invited":4,"offered":3,"awarded":2,"refused":1,"met":true})");
    CHECK(written(Standing{"p", "lead", {}, "P", 4, 3, 2, 1, {}}) ==
          R"({"type":"standing","procedure":"p","role":"lead","provider":"P","invited":4,"offered":3,"awarded":2,"refused":1})");
    CHECK(written(Rejected{"offer", Code::unknown_package, "why", "K", "P", "O", {}}) ==
          R"({"type":"rejected","command":"offer","code":"unknown_package","detail":"why","package":"K","provider":"P","offer":"O"})");
    CHECK(written(Rejected{"report", Code::unknown_procedure, "why", {}, {}, {}, "p"}) ==
          R"({"type":"rejected","command":"report","code":"unknown_procedure","detail":"why","procedure":"p"})");
}

TEST_CASE("Stamp and sequence stand behind the type") {
    std::string text;
    wire::append_event(text, {.at_ns = 1, .sequence = 18'446'744'073'709'551'615U, .body = event::PackageCancelled{"K"}});
    CHECK(text == R"({"type":"package_cancelled","at":"1970-01-01T00:00:00.000000001Z","sequence":18446744073709551615,"package":"K"})");
    text.clear();
    wire::append_command(text, 1, command::Advance{});
    CHECK(text == R"({"type":"advance","at":"1970-01-01T00:00:00.000000001Z"})");
}

TEST_CASE("Every way to decide and every cause has its word") {
    const auto decided = [](DecidedBy by) {
        const std::string text = written(event::Awarded{"K", "s", "O", "P", 0, by, {}});
        const std::size_t from = text.find("decided_by\":\"") + 13;
        return text.substr(from, text.find('"', from) - from);
    };
    CHECK(decided(DecidedBy::earliest_start) == "earliest_start");
    CHECK(decided(DecidedBy::highest_quality) == "highest_quality");
    CHECK(decided(DecidedBy::highest_feedback) == "highest_feedback");
    CHECK(decided(DecidedBy::lowest_price) == "lowest_price");
    CHECK(decided(DecidedBy::earliest_response) == "earliest_response");
    CHECK(decided(DecidedBy::citizen_choice) == "citizen_choice");
    CHECK(decided(DecidedBy::first_offer) == "first_offer");
    CHECK(decided(DecidedBy::refusal) == "refusal");
    CHECK(decided(DecidedBy::only_offer) == "only_offer");
    const auto has = [](const std::string& text, std::string_view end) { return text.find(end) != std::string::npos; };
    CHECK(has(written(event::StageClosed{"K", "s", 0, CloseCause::deadline}), R"("cause":"deadline"})"));
    CHECK(has(written(event::StageClosed{"K", "s", 0, CloseCause::first_offer}), R"("cause":"first_offer"})"));
    CHECK(has(written(event::OfferWithdrawn{"K", "s", "O", "P", WithdrawCause::withdrawn}), R"("cause":"withdrawn"})"));
    CHECK(has(written(event::OfferWithdrawn{"K", "s", "O", "P", WithdrawCause::declined}), R"("cause":"declined"})"));
    CHECK(has(written(event::Unawarded{"K", UnawardedReason::no_offers}), R"("reason":"no_offers"})"));
    CHECK(has(written(event::Unawarded{"K", UnawardedReason::refused}), R"("reason":"refused"})"));
}

TEST_CASE("Escaped are quotation mark, reverse solidus and the control characters below U+0020, and nothing else") {
    const auto reason = [](std::string_view text) {
        const std::string line = written(command::Cancel{"K", text});
        const std::string head = R"({"type":"cancel","package":"K","reason":")";
        REQUIRE(line.find(head) == 0);
        return line.substr(head.size(), line.size() - head.size() - 2);
    };
    CHECK(reason("a\"b\\c/d") == R"(a\"b\\c/d)");
    CHECK(reason("\b\f\n\r\t") == R"(\b\f\n\r\t)");
    CHECK(reason("\0\x01\x0b\x1a\x1f"sv) == R"(\u0000\u0001\u000b\u001a\u001f)");
    CHECK(reason("\x7f\xC2\x80\xE2\x80\xA8\xF0\x9F\x98\x80<>&'") == "\x7f\xC2\x80\xE2\x80\xA8\xF0\x9F\x98\x80<>&'");
    CHECK(reason("\n") == "\\n");
    CHECK(reason("x\n\ny") == "x\\n\\ny");
}

TEST_CASE("Commands are written in the order of the contract's table, without what is absent or a default") {
    command::Provider provider;
    provider.id = "P";
    CHECK(written(provider) == R"({"type":"provider","id":"P"})");
    provider.name = "N";
    provider.memberships = {{"r", "z", "s"}, {"r", {}, {}}};
    provider.services.emplace();
    provider.capabilities = {"c"};
    provider.quality = 87'500;
    provider.ratings = {{"cqc", 0, 75'000}, {"nhs", 1, 50}};
    provider.feedback = 1;
    provider.cqc = "good";
    provider.suspended = true;
    provider.vacancies = 0;
    CHECK(written(provider) ==
          R"({"type":"provider","id":"P","name":"N","memberships":[{"role":"r","zone":"z","scheme":"s"},{"role":"r"}],"services":[],)"
          R"("capabilities":["c"],"quality":87.5,"ratings":[{"source":"cqc","date":"1970-01-01T00:00:00.000000000Z","score":75},)"
          R"({"source":"nhs","date":"1970-01-01T00:00:00.000000001Z","score":0.05}],"feedback":0.001,"cqc":"good","suspended":true,"vacancies":0})");

    command::Procedure procedure;
    procedure.id = "p";
    procedure.stages = {
        Stage{.name = "s", .window_ns = 1},
        Stage{.name = "t",
              .audience = {.roles = std::vector<std::string>{}, .zone = true, .scheme = true, .confirmed = true},
              .kind = StageKind::confirm,
              .window_ns = 3'600'000'000'000,
              .windows = {{"a", 1}, {"b", 2}},
              .close = CloseRule::all_answered}};
    procedure.ranking = {
        Criterion{.kind = CriterionKind::lowest_price},
        Criterion{.kind = CriterionKind::citizen_choice, .choice_window_ns = choice_window_default_ns},
        Criterion{.kind = CriterionKind::citizen_choice,
                  .from_ns = 0,
                  .until_ns = 1,
                  .choice_window_ns = 1,
                  .alternative = {{AlternativeCondition::on_site, AlternativeCondition::top_up}}}};
    procedure.approvals = {{"r", 5, ApprovalBefore::award}, {"r", 5, ApprovalBefore::opening}};
    procedure.requires_ = {Requirement::vacancy, Requirement::price};
    procedure.rating_rule = {0, {}, {"cqc"}};
    procedure.obligations = {{"r", 0, 0}, {"q", 75, 100}};
    procedure.title = "T";
    CHECK(written(procedure) ==
          R"({"type":"procedure","id":"p","stages":[{"name":"s","window":"1ns"},)"
          R"({"name":"t","audience":{"roles":[],"zone":"package","scheme":"package","confirmed":true},"kind":"confirm","window":"1h",)"
          R"("windows":{"a":"1ns","b":"2ns"},"close":"all_answered"}],)"
          R"("ranking":["lowest_price","citizen_choice",{"by":"citizen_choice","from":"1970-01-01T00:00:00.000000000Z",)"
          R"("until":"1970-01-01T00:00:00.000000001Z","window":"1ns","alternative":["on_site","top_up"]}],"title":"T",)"
          R"("approvals":[{"role":"r","over_pence":5},{"role":"r","over_pence":5,"before":"opening"}],"requires":["vacancy","price"],)"
          R"("rating_rule":{"baseline":"1970-01-01T00:00:00.000000000Z","before":[],"after":["cqc"]},)"
          R"("obligations":[{"role":"r"},{"role":"q","min_offered":75,"min_awarded":100}]})");

    CHECK(written(command::Offer{"O", "K", "P", 0, 12, "L", 1}) ==
          R"({"type":"offer","id":"O","package":"K","provider":"P","start":"1970-01-01T00:00:00.000000000Z","price_pence":12,)"
          R"("accommodation":{"landlord":"L"},"submitted_at":"1970-01-01T00:00:00.000000001Z"})");
    CHECK(written(command::Choice{"K", {}, false, true}) ==
          R"({"type":"choice","package":"K","alternative":false,"top_up_agreed":true})");
    CHECK(written(command::Approve{"K", "r", false, {}}) ==
          R"({"type":"approval","package":"K","role":"r","approved":false})");
}

}  // namespace
