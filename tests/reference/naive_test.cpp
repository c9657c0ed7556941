// Expectations worked out by hand from the contract's words, so that the reference itself is held to something.
#include "tests/catch.hpp"
#include "tests/reference/naive_ranking.hpp"
#include "tests/reference/script.hpp"

using namespace tiebreak;
using namespace tiebreak::reference;
using matching::CloseRule;
using matching::CriterionKind;
using matching::Membership;
namespace command = matching::command;

TEST_CASE("the contract's worked example: the same start, and A answered a nanosecond earlier") {
    Script script;
    const matching::Duration hour_ns = 3'600'000'000'000;
    const matching::Instant eight_ns = 1'795'420'800'000'000'000;  // 2026-11-23T08:00:00Z
    matching::Stage zonal = stage_of("zonal", hour_ns);
    zonal.audience.roles = {"zonal"};
    zonal.audience.zone = true;
    script.at(eight_ns, procedure_of({zonal}, {CriterionKind::earliest_start}));
    for (const char* id : {"A", "B"}) {
        command::Provider provider = provider_of(id);
        provider.memberships = {{"zonal", "oxford", {}}};
        script.at(eight_ns, provider);
    }
    command::Package package = package_of("K1");
    package.zone = "oxford";
    script.at(eight_ns + hour_ns, package);
    const matching::Instant ten_past_ns = eight_ns + hour_ns + hour_ns / 6;
    script.offer(ten_past_ns + 1, "O-A", "A", eight_ns + 48 * hour_ns, {}, "K1");
    script.offer(ten_past_ns + 2, "O-B", "B", eight_ns + 48 * hour_ns, {}, "K1");
    script.take();
    CHECK(script.engine.next_deadline() == eight_ns + 2 * hour_ns);

    script.advance(eight_ns + 2 * hour_ns);
    CHECK(script.take() == Lines{"1795428000000000000 stage_closed package=K1 stage=zonal offers=2 cause=deadline",
                                 "1795428000000000000 awarded package=K1 stage=zonal offer=O-A provider=A "
                                 "start=1795593600000000000 decided_by=earliest_response "
                                 "ranking=O-A/A,O-B/B(earliest_response)"});
    CHECK(script.last_sequence == 9);
    CHECK_FALSE(script.engine.next_deadline());
}

TEST_CASE("an offer stamped exactly at the close is late, and the deadline's events carry the deadline") {
    Script script;
    script.at(0, procedure_of({stage_of("one", 10)}, {}));
    script.at(0, provider_of("A"));
    script.at(0, provider_of("B"));
    script.at(5, package_of("K"));
    script.offer(14, "O1", "A", 14);
    script.take();
    script.offer(15, "O2", "B", 20);
    CHECK(script.take() ==
          Lines{"15 stage_closed package=K stage=one offers=1 cause=deadline",
                "15 awarded package=K stage=one offer=O1 provider=A start=14 decided_by=only_offer ranking=O1/A",
                "15 rejected command=offer code=closed package=K provider=B offer=O2"});
}

TEST_CASE("equal deadlines are applied in the order in which their packages were opened") {
    Script script;
    script.at(0, procedure_of({stage_of("one", 10), stage_of("two", 5)}, {}));
    script.at(0, provider_of("A"));
    command::Package slow = package_of("second");
    slow.window_ns = 15;
    script.at(0, package_of("first"));
    script.at(0, slow);
    script.take();
    script.advance(100);
    CHECK(script.take() == Lines{"10 stage_closed package=first stage=one offers=0 cause=deadline",
                                 "10 stage_opened package=first stage=two closes=15 invited=A",
                                 "15 stage_closed package=first stage=two offers=0 cause=deadline",
                                 "15 unawarded package=first reason=no_offers",
                                 "15 stage_closed package=second stage=one offers=0 cause=deadline",
                                 "15 stage_opened package=second stage=two closes=30 invited=A",
                                 "30 stage_closed package=second stage=two offers=0 cause=deadline",
                                 "30 unawarded package=second reason=no_offers"});
}

TEST_CASE("registering: the same content says nothing, other content is the next revision, a package keeps its own") {
    Script script;
    script.at(1, procedure_of({stage_of("old", 10)}, {}));
    script.at(1, procedure_of({stage_of("old", 10)}, {}));
    script.at(2, provider_of("A"));
    script.at(2, package_of("K"));
    script.at(3, procedure_of({stage_of("new", 10)}, {}));
    script.at(3, package_of("L"));
    script.at(4, package_of("L"));
    command::Package other = package_of("L");
    other.zone = "z";
    other.procedure = "unheard-of";
    script.at(4, other);
    other.id = "M";
    script.at(4, other);
    CHECK(script.take() == Lines{"1 procedure_registered procedure=p revision=1",
                                 "2 provider_registered provider=A revision=1",
                                 "2 package_opened package=K procedure=p",
                                 "2 stage_opened package=K stage=old closes=12 invited=A",
                                 "3 procedure_registered procedure=p revision=2",
                                 "3 package_opened package=L procedure=p",
                                 "3 stage_opened package=L stage=new closes=13 invited=A",
                                 "4 rejected command=package code=id_conflict package=L procedure=unheard-of",
                                 "4 rejected command=package code=unknown_procedure package=M procedure=unheard-of"});
}

TEST_CASE("audiences: one membership must fit role, zone and scheme together; empty audiences are skipped at once") {
    Script script;
    matching::Stage narrow = stage_of("narrow", 10);
    narrow.audience.roles = {"lead"};
    narrow.audience.zone = true;
    narrow.audience.scheme = true;
    matching::Stage nobody = stage_of("nobody", 10);
    nobody.audience.roles.emplace();
    script.at(0, procedure_of({nobody, narrow, stage_of("all", 10)}, {}));
    const auto with = [&](const char* id, std::vector<Membership> memberships) {
        command::Provider provider = provider_of(id);
        provider.memberships = std::move(memberships);
        script.at(0, provider);
    };
    with("fits", {{"lead", "n", "e1"}});
    with("anywhere", {{"lead", {}, {}}});
    with("split", {{"lead", "n", "e2"}, {"extra", "n", "e1"}});
    with("nothing", {});
    command::Package package = package_of("K");
    package.zone = "n";
    package.scheme = "e1";
    script.at(0, package);
    command::Package placeless = package_of("L");
    script.at(0, placeless);
    script.advance(10);
    Lines heard = script.take();
    heard.erase(heard.begin(), heard.begin() + 5);
    CHECK(heard == Lines{"0 package_opened package=K procedure=p", "0 stage_skipped package=K stage=nobody",
                         "0 stage_opened package=K stage=narrow closes=10 invited=anywhere,fits",
                         "0 package_opened package=L procedure=p", "0 stage_skipped package=L stage=nobody",
                         "0 stage_opened package=L stage=narrow closes=10 invited=anywhere",
                         "10 stage_closed package=K stage=narrow offers=0 cause=deadline",
                         "10 stage_opened package=K stage=all closes=20 invited=anywhere,fits,nothing,split",
                         "10 stage_closed package=L stage=narrow offers=0 cause=deadline",
                         "10 stage_opened package=L stage=all closes=20 invited=anywhere,fits,nothing,split"});
}

TEST_CASE("windows: by urgency, by package, and never beyond the last instant") {
    Script script;
    matching::Stage stage = stage_of("one", 10);
    stage.windows = {{"emergency", 3}};
    script.at(0, procedure_of({stage}, {}));
    script.at(0, provider_of("A"));
    script.take();
    command::Package urgent = package_of("urgent");
    urgent.urgency = "emergency";
    command::Package own = urgent;
    own.id = "own";
    own.window_ns = matching::last_instant;
    script.at(1, urgent);
    script.at(1, own);
    CHECK(script.take() == Lines{"1 package_opened package=urgent procedure=p",
                                 "1 stage_opened package=urgent stage=one closes=4 invited=A",
                                 "1 package_opened package=own procedure=p",
                                 "1 stage_opened package=own stage=one closes=9223372036854775807 invited=A"});
}

TEST_CASE("all_answered: declines count, an offer takes a decline back, a withdrawal is no answer") {
    Script script;
    matching::Stage stage = stage_of("one", 100);
    stage.close = CloseRule::all_answered;
    script.at(0, procedure_of({stage}, {}));
    for (const char* id : {"A", "B", "C"}) script.at(0, provider_of(id));
    script.at(0, package_of("K"));
    script.decline(1, "A");
    script.offer(2, "O", "A", 50);
    script.withdraw(3, "A", "O");
    script.offer(4, "O", "B", 60);
    script.decline(5, "C");
    script.take();
    SECTION("the last answer closes") {
        script.decline(6, "A");
        CHECK(script.take() ==
              Lines{"6 provider_declined package=K stage=one provider=A",
                    "6 stage_closed package=K stage=one offers=1 cause=all_answered",
                    "6 awarded package=K stage=one offer=O provider=B start=60 decided_by=only_offer ranking=O/B"});
    }
    SECTION("so does the suspension of the last who is silent") {
        script.at(7, suspended(provider_of("A")));
        CHECK(script.take() ==
              Lines{"7 provider_registered provider=A revision=2",
                    "7 stage_closed package=K stage=one offers=1 cause=all_answered",
                    "7 awarded package=K stage=one offer=O provider=B start=60 decided_by=only_offer ranking=O/B"});
    }
    SECTION("a decline after an offer withdraws it first") {
        script.decline(8, "B");
        CHECK(script.take() == Lines{"8 offer_withdrawn package=K stage=one offer=O provider=B cause=declined",
                                     "8 provider_declined package=K stage=one provider=B"});
    }
}

TEST_CASE("the first offer closes a first_offer stage and wins") {
    Script script;
    matching::Stage stage = stage_of("one", 100);
    stage.close = CloseRule::first_offer;
    script.at(0, procedure_of({stage}, {CriterionKind::earliest_start}));
    script.at(0, provider_of("A"));
    script.at(0, package_of("K"));
    script.take();
    script.offer(1, "O", "A", 50);
    CHECK(script.take() ==
          Lines{"1 offer_accepted package=K stage=one offer=O provider=A arrival=1",
                "1 stage_closed package=K stage=one offers=1 cause=first_offer",
                "1 awarded package=K stage=one offer=O provider=A start=50 decided_by=first_offer ranking=O/A"});
}

TEST_CASE("a suspension withdraws live offers in every open stage before any stage closes by it") {
    Script script;
    matching::Stage stage = stage_of("one", 100);
    stage.close = CloseRule::all_answered;
    script.at(0, procedure_of({stage}, {}));
    for (const char* id : {"A", "B"}) script.at(0, provider_of(id));
    script.at(1, package_of("R"));
    script.at(1, package_of("S"));
    script.offer(2, "O8", "A", 50, {}, "S");
    script.offer(2, "O9", "A", 50, {}, "R");
    script.take();
    script.at(3, suspended(provider_of("A")));
    CHECK(script.take() == Lines{"3 provider_registered provider=A revision=2",
                                 "3 offer_withdrawn package=R stage=one offer=O9 provider=A cause=suspended",
                                 "3 offer_withdrawn package=S stage=one offer=O8 provider=A cause=suspended"});
    script.at(4, suspended(provider_of("B")));
    CHECK(script.take() == Lines{"4 provider_registered provider=B revision=2",
                                 "4 stage_closed package=R stage=one offers=0 cause=all_answered",
                                 "4 unawarded package=R reason=no_offers",
                                 "4 stage_closed package=S stage=one offers=0 cause=all_answered",
                                 "4 unawarded package=S reason=no_offers"});
}

TEST_CASE("criteria count by the instant of the close, but the last earliest_response always does") {
    command::Procedure procedure = procedure_of({stage_of("one", 10)}, {CriterionKind::lowest_price,
                                                                        CriterionKind::earliest_response});
    procedure.ranking[0].from_ns = 10;
    procedure.ranking[0].until_ns = 20;
    procedure.ranking[1].until_ns = 1;
    CHECK(criteria_that_count(procedure, 9).size() == 1);
    CHECK(criteria_that_count(procedure, 10).size() == 2);
    CHECK(criteria_that_count(procedure, 19).size() == 2);
    CHECK(criteria_that_count(procedure, 20).size() == 1);
    std::swap(procedure.ranking[0], procedure.ranking[1]);
    CHECK(criteria_that_count(procedure, 10).size() == 2);  // the price, and the earliest_response not written
}

TEST_CASE("rating_rule: the latest rating of the right side of the baseline") {
    command::Procedure procedure = procedure_of({stage_of("one", 10)}, {});
    command::Provider provider = provider_of("A");
    provider.quality = 1;
    provider.ratings.emplace();
    CHECK(quality_at(procedure, provider, 100) == 1);
    procedure.rating_rule = {50, {"cqc"}, {"cqc", "nhs"}};
    CHECK(quality_at(procedure, provider, 100) == std::nullopt);
    provider.ratings = {{"nhs", 40, 2}};
    CHECK(quality_at(procedure, provider, 100) == std::nullopt);
    provider.ratings = {{"cqc", 50, 3}, {"cqc", 40, 4}};
    CHECK(quality_at(procedure, provider, 100) == 3);
    provider.ratings = {{"cqc", 50, 3}, {"nhs", 60, 5}, {"cqc", 60, 6}, {"cqc", 55, 7}, {"council", 61, 8}};
    CHECK(quality_at(procedure, provider, 100) == 6);
    CHECK(quality_at(procedure, provider, 59) == 7);
    CHECK(quality_at(procedure, provider, 54) == 3);
    provider.ratings.reset();
    CHECK(quality_at(procedure, provider, 100) == 1);
}
