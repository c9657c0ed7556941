// From the close to the award: rankings, the citizen's choice, approvals, refusals and the report, by hand.
#include "tests/catch.hpp"
#include "tests/reference/script.hpp"

using namespace tiebreak;
using namespace tiebreak::reference;
using matching::AlternativeCondition;
using matching::ApprovalBefore;
using matching::CriterionKind;
namespace command = matching::command;

namespace {

// A: best start. B and C: equal on the start, B cheaper. All in one stage that closes at 10; a second stage follows.
void three_offers(Script& script, command::Procedure procedure, command::Package package = package_of("K")) {
    procedure.stages = {stage_of("one", 10), stage_of("two", 10)};
    script.at(0, procedure);
    for (const char* id : {"A", "B", "C"}) script.at(0, provider_of(id));
    script.at(0, package);
    script.offer(1, "OC", "C", 60, 9);
    script.offer(2, "OB", "B", 60, 7);
    script.offer(3, "OA", "A", 50, 8);
    script.take();
}

command::Procedure with_choice(std::vector<CriterionKind> before, std::vector<CriterionKind> after) {
    before.push_back(CriterionKind::citizen_choice);
    before.insert(before.end(), after.begin(), after.end());
    command::Procedure procedure = procedure_of({}, before);
    for (matching::Criterion& criterion : procedure.ranking) {
        if (criterion.kind == CriterionKind::citizen_choice) criterion.choice_window_ns = 5;
    }
    return procedure;
}

const std::string closed = "10 stage_closed package=K stage=one offers=3 cause=deadline";

}  // namespace

TEST_CASE("the full ranking says for each loser the first criterion on which it differs from the winner") {
    Script script;
    three_offers(script, procedure_of({}, {CriterionKind::earliest_start, CriterionKind::lowest_price}));
    script.advance(10);
    CHECK(script.take() == Lines{closed,
                                 "10 awarded package=K stage=one offer=OA provider=A start=50 "
                                 "decided_by=earliest_start ranking=OA/A,OB/B(earliest_start),OC/C(earliest_start)"});
    script.refuse(11, "B");
    script.refuse(12, "A");
    CHECK(script.take() == Lines{"11 rejected command=refuse code=not_awarded package=K provider=B",
                                 "12 award_refused package=K provider=A",
                                 "12 awarded package=K stage=one offer=OB provider=B start=60 decided_by=refusal "
                                 "ranking=OB/B,OC/C(lowest_price)"});
    script.refuse(13, "B");
    script.refuse(14, "C");
    CHECK(script.take() == Lines{"13 award_refused package=K provider=B",
                                 "13 awarded package=K stage=one offer=OC provider=C start=60 decided_by=refusal "
                                 "ranking=OC/C",
                                 "14 award_refused package=K provider=C",
                                 "14 stage_opened package=K stage=two closes=24 invited=A,B,C"});
    script.offer(15, "OA", "A", 50, 8);
    script.advance(24);
    CHECK(script.take() ==
          Lines{"15 offer_accepted package=K stage=one offer=OA provider=A arrival=3 duplicate=true",
                "24 stage_closed package=K stage=two offers=0 cause=deadline", "24 unawarded package=K "
                "reason=refused"});
}

TEST_CASE("offers equal on all that stands before citizen_choice are put to the citizen") {
    Script script;
    three_offers(script, with_choice({CriterionKind::highest_quality}, {CriterionKind::lowest_price}));
    script.advance(10);
    CHECK(script.take() == Lines{closed, "10 shortlisted package=K offers=OB,OA,OC providers=B,A,C choose_by=15"});
    SECTION("a named provider wins by the choice") {
        script.choose(11, "C", true);
        CHECK(script.take() == Lines{"11 awarded package=K stage=one offer=OC provider=C start=60 "
                                     "decided_by=citizen_choice "
                                     "ranking=OC/C,OB/B(citizen_choice),OA/A(citizen_choice)"});
    }
    SECTION("without a provider the ranking goes on") {
        script.choose(11, {});
        CHECK(script.take() == Lines{"11 awarded package=K stage=one offer=OB provider=B start=60 "
                                     "decided_by=lowest_price ranking=OB/B,OA/A(lowest_price),OC/C(lowest_price)"});
    }
    SECTION("at the end of the window likewise, and then it is too late to choose") {
        script.choose(15, "C");
        CHECK(script.take() == Lines{"15 awarded package=K stage=one offer=OB provider=B start=60 "
                                     "decided_by=lowest_price ranking=OB/B,OA/A(lowest_price),OC/C(lowest_price)",
                                     "15 rejected command=choice code=no_choice_open package=K provider=C"});
    }
    SECTION("a shortlist of one is not put any more") {
        script.withdraw(11, "B", "OB");
        script.withdraw(12, "C", "OC");
        CHECK(script.take() ==
              Lines{"11 offer_withdrawn package=K stage=one offer=OB provider=B cause=withdrawn",
                    "12 offer_withdrawn package=K stage=one offer=OC provider=C cause=withdrawn",
                    "12 awarded package=K stage=one offer=OA provider=A start=50 decided_by=only_offer ranking=OA/A"});
    }
    SECTION("a suspended one can't be chosen, and is left out once the choice is made") {
        script.at(11, suspended(provider_of("B")));
        script.choose(12, "B");
        script.choose(13, "Z");
        script.choose(14, "A");
        CHECK(script.take() == Lines{"11 provider_registered provider=B revision=2",
                                     "12 rejected command=choice code=suspended package=K provider=B",
                                     "13 rejected command=choice code=unknown_provider package=K provider=Z",
                                     "14 awarded package=K stage=one offer=OA provider=A start=50 "
                                     "decided_by=citizen_choice ranking=OA/A,OC/C(citizen_choice)"});
    }
}

TEST_CASE("one offer alone at the top is awarded without asking") {
    Script script;
    three_offers(script, with_choice({CriterionKind::earliest_start}, {}));
    script.advance(10);
    CHECK(script.take() == Lines{closed,
                                 "10 awarded package=K stage=one offer=OA provider=A start=50 "
                                 "decided_by=earliest_start ranking=OA/A,OC/C(earliest_start),OB/B(earliest_start)"});
}

TEST_CASE("an alternative may pass over the shortlist where its conditions are met") {
    Script script;
    command::Procedure procedure = with_choice({CriterionKind::earliest_start}, {});
    procedure.ranking[1].alternative = {AlternativeCondition::not_inadequate, AlternativeCondition::direct_payment,
                                        AlternativeCondition::on_site, AlternativeCondition::top_up};
    command::Package package = package_of("K");
    package.direct_payment = true;
    package.scheme = "e1";
    package.standard_fee_pence = 6;
    three_offers(script, procedure, package);
    command::Provider b = provider_of("B");
    b.cqc = "inadequate";
    script.at(4, b);
    script.advance(10);
    script.take();
    script.choose(11, "B");
    script.choose(11, "B", true);
    b.cqc.reset();
    b.memberships = {{"on_site", {}, {}}};
    script.at(12, b);
    script.choose(12, "B", true);
    b.memberships = {{"on_site", {}, "e1"}};
    script.at(13, b);
    script.choose(13, "B", true, false);
    script.choose(14, "B", true, true);
    CHECK(script.take() ==
          Lines{"11 rejected command=choice code=not_shortlisted package=K provider=B",
                "11 rejected command=choice code=cqc_inadequate package=K provider=B",
                "12 provider_registered provider=B revision=3",
                "12 rejected command=choice code=not_on_site package=K provider=B",
                "13 provider_registered provider=B revision=4",
                "13 rejected command=choice code=top_up_not_agreed package=K provider=B",
                "14 awarded package=K stage=one offer=OB provider=B start=60 decided_by=citizen_choice "
                "ranking=OB/B,OA/A(citizen_choice),OC/C(citizen_choice)"});
}

TEST_CASE("with an alternative the citizen is asked about one alone, but not about the only offer") {
    Script script;
    command::Procedure procedure = with_choice({CriterionKind::earliest_start}, {});
    procedure.ranking[1].alternative.emplace();
    three_offers(script, procedure);
    script.advance(10);
    CHECK(script.take() == Lines{closed, "10 shortlisted package=K offers=OA providers=A choose_by=15"});
    SECTION("ends with the shortlist") {
        script.withdraw(11, "A", "OA");
        CHECK(script.take() == Lines{"11 offer_withdrawn package=K stage=one offer=OA provider=A cause=withdrawn",
                                     "11 awarded package=K stage=one offer=OC provider=C start=60 "
                                     "decided_by=earliest_response ranking=OC/C,OB/B(earliest_response)"});
    }
    SECTION("ends when only one offer is left in all") {
        script.withdraw(11, "B", "OB");
        script.withdraw(12, "C", "OC");
        CHECK(script.take() ==
              Lines{"11 offer_withdrawn package=K stage=one offer=OB provider=B cause=withdrawn",
                    "12 offer_withdrawn package=K stage=one offer=OC provider=C cause=withdrawn",
                    "12 awarded package=K stage=one offer=OA provider=A start=50 decided_by=only_offer ranking=OA/A"});
    }
}

TEST_CASE("approvals before the award: each role in order, anew for each offer that comes up") {
    Script script;
    command::Procedure procedure = procedure_of({}, {CriterionKind::earliest_start});
    procedure.approvals = {{"director", 0, ApprovalBefore::award},
                           {"mayor", 100, ApprovalBefore::award},
                           {"cabinet", 99, ApprovalBefore::award}};
    command::Package package = package_of("K");
    package.value_pence = 100;
    three_offers(script, procedure, package);
    script.advance(10);
    script.approve(11, "cabinet");
    script.approve(12, "director");
    CHECK(script.take() == Lines{closed, "10 approval_pending package=K offer=OA provider=A role=director",
                                 "11 rejected command=approval code=wrong_approval package=K",
                                 "12 approval_pending package=K offer=OA provider=A role=cabinet"});
    SECTION("approved") {
        script.approve(13, "cabinet");
        CHECK(script.take() ==
              Lines{"13 awarded package=K stage=one offer=OA provider=A start=50 decided_by=earliest_start "
                    "ranking=OA/A,OC/C(earliest_start),OB/B(earliest_start)"});
    }
    SECTION("a no ends the package, suspended or not") {
        script.at(13, suspended(provider_of("A")));
        script.approve(13, "cabinet", false);
        script.withdraw(14, "A", "OA");
        CHECK(script.take() == Lines{"13 provider_registered provider=A revision=2",
                                     "13 unawarded package=K reason=approval_refused",
                                     "14 rejected command=withdraw code=closed provider=A offer=OA"});
    }
    SECTION("the offer is withdrawn: the next one comes up, from the first role") {
        script.withdraw(13, "C", "OC");
        script.withdraw(14, "A", "OA");
        CHECK(script.take() == Lines{"13 offer_withdrawn package=K stage=one offer=OC provider=C cause=withdrawn",
                                     "14 offer_withdrawn package=K stage=one offer=OA provider=A cause=withdrawn",
                                     "14 approval_pending package=K offer=OB provider=B role=director"});
    }
    SECTION("the provider is suspended by then: the next one comes up, and it does not return") {
        script.at(13, suspended(provider_of("A")));
        script.approve(14, "cabinet");
        script.at(15, provider_of("A"));
        script.approve(16, "director");
        script.at(17, suspended(provider_of("B")));
        script.approve(18, "cabinet");
        script.withdraw(19, "A", "OA");
        script.at(20, provider_of("B"));
        script.refuse(21, "C");
        CHECK(script.take() ==
              Lines{"13 provider_registered provider=A revision=2",
                    "14 approval_pending package=K offer=OC provider=C role=director",
                    "15 provider_registered provider=A revision=3",
                    "16 approval_pending package=K offer=OC provider=C role=cabinet",
                    "17 provider_registered provider=B revision=2",
                    "18 awarded package=K stage=one offer=OC provider=C start=60 decided_by=only_offer ranking=OC/C",
                    "19 rejected command=withdraw code=closed provider=A offer=OA",
                    "20 provider_registered provider=B revision=3", "21 award_refused package=K provider=C",
                    "21 stage_opened package=K stage=two closes=31 invited=A,B,C"});
    }
    SECTION("with nobody left the next stage opens, and an earlier stage's offers are closed") {
        for (const char* id : {"A", "B", "C"}) script.at(13, suspended(provider_of(id)));
        script.at(13, provider_of("D"));
        script.take();
        script.approve(14, "cabinet");
        script.offer(15, "OA", "A", 50, 8);
        script.withdraw(16, "A", "OA");
        CHECK(script.take() == Lines{"14 stage_opened package=K stage=two closes=24 invited=D",
                                     "15 offer_accepted package=K stage=one offer=OA provider=A arrival=3 "
                                     "duplicate=true",
                                     "16 rejected command=withdraw code=closed provider=A offer=OA"});
    }
}

TEST_CASE("if the citizen's pick drops out before its award, it is as if nobody had chosen") {
    Script script;
    command::Procedure procedure = with_choice({}, {CriterionKind::lowest_price});
    procedure.approvals = {{"director", 0, ApprovalBefore::award}};
    command::Package package = package_of("K");
    package.value_pence = 1;
    three_offers(script, procedure, package);
    script.advance(10);
    script.choose(11, "C");
    script.withdraw(12, "C", "OC");
    script.approve(13, "director");
    CHECK(script.take() == Lines{closed, "10 shortlisted package=K offers=OB,OA,OC providers=B,A,C choose_by=15",
                                 "11 approval_pending package=K offer=OC provider=C role=director",
                                 "12 offer_withdrawn package=K stage=one offer=OC provider=C cause=withdrawn",
                                 "12 approval_pending package=K offer=OB provider=B role=director",
                                 "13 awarded package=K stage=one offer=OB provider=B start=60 "
                                 "decided_by=lowest_price ranking=OB/B,OA/A(lowest_price)"});
}

TEST_CASE("approvals before the opening name no offer, and the stage opens at the last one") {
    Script script;
    command::Procedure procedure = procedure_of({stage_of("one", 10)}, {});
    procedure.approvals = {{"director", 0, ApprovalBefore::opening}, {"cabinet", 0, ApprovalBefore::award}};
    script.at(0, procedure);
    script.at(0, provider_of("A"));
    script.take();
    command::Package package = package_of("K");
    package.value_pence = 1;
    script.at(1, package);
    script.offer(2, "O", "A", 50);
    script.approve(3, "cabinet");
    CHECK(script.take() == Lines{"1 package_opened package=K procedure=p", "1 approval_pending package=K role=director",
                                 "2 rejected command=offer code=closed package=K provider=A offer=O",
                                 "3 rejected command=approval code=wrong_approval package=K"});
    SECTION("yes") {
        script.approve(4, "director");
        CHECK(script.take() == Lines{"4 stage_opened package=K stage=one closes=14 invited=A"});
    }
    SECTION("no") {
        script.approve(4, "director", false);
        CHECK(script.take() == Lines{"4 unawarded package=K reason=approval_refused"});
    }
}

TEST_CASE("the report counts closed stages by the first role fitted, and holds them against the obligations") {
    Script script;
    matching::Stage stage = stage_of("one", 10);
    stage.audience.roles = {"lead", "extra"};
    command::Procedure procedure = procedure_of({stage}, {});
    procedure.obligations = {{"lead", 75, 0}};
    script.at(0, procedure);
    command::Provider a = provider_of("A");
    a.memberships = {{"extra", {}, {}}, {"lead", {}, {}}};
    command::Provider b = provider_of("B");
    b.memberships = {{"extra", {}, {}}};
    script.at(0, a);
    script.at(0, b);
    command::Package zoned = package_of("L");
    zoned.zone = "n";
    script.at(0, package_of("K"));
    script.at(1, zoned);
    script.offer(2, "O1", "A", 50);
    script.offer(3, "O1", "B", 40);
    script.advance(11);
    script.refuse(12, "A");
    script.at(12, package_of("M"));
    script.at(13, command::Cancel{"M", {}});
    script.take();
    script.at(14, command::Report{"p", 0, 2});
    CHECK(script.take() == Lines{"14 standing procedure=p role=extra provider=B invited=1 offered=1 awarded=1 "
                                 "refused=0",
                                 "14 standing procedure=p role=extra zone=n provider=B invited=1 offered=0 awarded=0 "
                                 "refused=0",
                                 "14 standing procedure=p role=lead provider=A invited=1 offered=1 awarded=0 "
                                 "refused=1 met=true",
                                 "14 standing procedure=p role=lead zone=n provider=A invited=1 offered=0 awarded=0 "
                                 "refused=0 met=false"});
    script.at(15, command::Report{"p", 0, 1});
    CHECK(script.take().size() == 2);
    script.at(15, command::Cancel{"K", {}});
    script.take();
    script.at(15, command::Report{"p", 0, 1});
    CHECK(script.take() == Lines{"15 standing procedure=p role=extra provider=B invited=1 offered=1 awarded=0 "
                                 "refused=0",
                                 "15 standing procedure=p role=lead provider=A invited=1 offered=1 awarded=0 "
                                 "refused=1 met=true"});
    script.at(16, command::Report{"q", 0, 1});
    CHECK(script.take() == Lines{"16 rejected command=report code=unknown_procedure procedure=q"});
}
