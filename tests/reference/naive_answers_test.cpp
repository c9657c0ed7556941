// What providers say, checked and answered: expectations worked out by hand from the contract's words.
#include "tests/catch.hpp"
#include "tests/reference/script.hpp"

using namespace tiebreak;
using namespace tiebreak::reference;
namespace command = matching::command;

TEST_CASE("a repeat is answered with the first receipt, whatever has become of the offer and its package") {
    Script script;
    script.at(0, procedure_of({stage_of("one", 10)}, {}));
    script.at(0, provider_of("A"));
    script.at(0, package_of("K"));
    script.offer(1, "O1", "A", 50);
    script.offer(2, "O2", "A", 50);
    script.take();
    script.offer(3, "O1", "A", 50);
    script.offer(3, "O2", "A", 50);
    script.offer(3, "O2", "A", 50, 7);
    script.at(4, suspended(provider_of("A")));
    script.offer(5, "O2", "A", 50);
    script.at(6, command::Cancel{"K", {}});
    script.offer(7, "O2", "A", 50);
    CHECK(script.take() ==
          Lines{"3 offer_accepted package=K stage=one offer=O1 provider=A arrival=1 duplicate=true withdrawn=true",
                "3 offer_accepted package=K stage=one offer=O2 provider=A arrival=2 supersedes=O1 duplicate=true",
                "3 rejected command=offer code=id_conflict package=K provider=A offer=O2",
                "4 provider_registered provider=A revision=2",
                "4 offer_withdrawn package=K stage=one offer=O2 provider=A cause=suspended",
                "5 offer_accepted package=K stage=one offer=O2 provider=A arrival=2 supersedes=O1 duplicate=true "
                "withdrawn=true",
                "6 package_cancelled package=K",
                "7 offer_accepted package=K stage=one offer=O2 provider=A arrival=2 supersedes=O1 duplicate=true "
                "withdrawn=true"});
}

TEST_CASE("an offer is checked in the contract's order") {
    Script script;
    matching::Stage asked = stage_of("asked", 10);
    asked.audience.roles = {"lead"};
    command::Procedure procedure = procedure_of({asked}, {});
    procedure.requires_ = {matching::Requirement::price, matching::Requirement::accommodation,
                           matching::Requirement::cqc_registered, matching::Requirement::vacancy,
                           matching::Requirement::not_inadequate};
    script.at(0, procedure);
    command::Provider lead = provider_of("A");
    lead.memberships = {{"lead", {}, {}}};
    script.at(0, lead);
    script.at(0, provider_of("B"));
    command::Package package = package_of("K");
    package.start_from_ns = 20;
    package.start_by_ns = 30;
    script.at(0, package);
    script.take();

    const auto code_of = [&](command::Offer offer) {
        script.at(1, offer);
        const Lines heard = script.take();
        const std::string& text = heard.at(0);
        const std::size_t from = text.find("code=");
        return from == std::string::npos ? "accepted" : text.substr(from + 5, text.find(' ', from) - from - 5);
    };
    command::Offer offer;
    offer.id = "O";
    offer.package = "nowhere";
    offer.provider = "nobody";
    CHECK(code_of(offer) == "unknown_package");
    offer.package = "K";
    CHECK(code_of(offer) == "unknown_provider");
    offer.provider = "B";
    CHECK(code_of(offer) == "not_invited");
    offer.provider = "A";
    CHECK(code_of(offer) == "start_out_of_range");
    offer.start_ns = 31;
    CHECK(code_of(offer) == "start_out_of_range");
    offer.start_ns = 30;
    CHECK(code_of(offer) == "price_missing");
    offer.price_pence = 0;
    CHECK(code_of(offer) == "accommodation_missing");
    offer.landlord = "L";
    CHECK(code_of(offer) == "cqc_unregistered");
    lead.cqc = "inadequate";
    script.at(1, lead);
    script.take();
    CHECK(code_of(offer) == "no_vacancy");
    lead.vacancies = 1;
    script.at(1, lead);
    script.take();
    CHECK(code_of(offer) == "cqc_inadequate");
    lead.cqc = "good";
    lead.suspended = true;
    script.at(1, lead);
    script.take();
    CHECK(code_of(offer) == "suspended");
    lead.suspended = false;
    script.at(1, lead);
    script.take();
    CHECK(code_of(offer) == "accepted");
    script.at(1, command::Cancel{"K", {}});
    script.take();
    offer.id = "O2";
    CHECK(code_of(offer) == "closed");
}

TEST_CASE("withdraw: unknown, closed, or no longer live") {
    Script script;
    script.at(0, procedure_of({stage_of("one", 10)}, {}));
    script.at(0, provider_of("A"));
    script.at(0, package_of("K"));
    script.offer(1, "O1", "A", 50);
    script.offer(1, "O2", "A", 50);
    script.take();
    script.withdraw(2, "Z", "O1");
    script.withdraw(2, "A", "O9");
    script.withdraw(2, "A", "O1");
    script.withdraw(2, "A", "O2");
    script.advance(10);
    script.withdraw(11, "A", "O2");
    CHECK(script.take() == Lines{"2 rejected command=withdraw code=unknown_provider provider=Z offer=O1",
                                 "2 rejected command=withdraw code=unknown_offer provider=A offer=O9",
                                 "2 rejected command=withdraw code=unknown_offer provider=A offer=O1",
                                 "2 offer_withdrawn package=K stage=one offer=O2 provider=A cause=withdrawn",
                                 "10 stage_closed package=K stage=one offers=0 cause=deadline",
                                 "10 unawarded package=K reason=no_offers",
                                 "11 rejected command=withdraw code=closed provider=A offer=O2"});
}

TEST_CASE("extend and cancel") {
    Script script;
    script.at(0, procedure_of({stage_of("one", 10)}, {}));
    script.at(0, provider_of("A"));
    script.at(0, package_of("K"));
    script.take();
    script.at(1, command::Extend{"K", 10, "snow"});
    script.at(1, command::Extend{"K", 11, "snow"});
    script.offer(10, "O", "A", 50);
    script.advance(11);
    script.at(12, command::Extend{"K", 20, "snow"});
    script.at(12, command::Cancel{"K", {}});
    script.at(13, command::Cancel{"K", {}});
    script.at(13, command::Cancel{"L", {}});
    CHECK(script.take() ==
          Lines{"1 rejected command=extend code=bad_window package=K",
                "1 window_extended package=K stage=one closes=11 reason=snow",
                "10 offer_accepted package=K stage=one offer=O provider=A arrival=10",
                "11 stage_closed package=K stage=one offers=1 cause=deadline",
                "11 awarded package=K stage=one offer=O provider=A start=50 decided_by=only_offer ranking=O/A",
                "12 rejected command=extend code=closed package=K", "12 package_cancelled package=K",
                "13 rejected command=cancel code=closed package=K",
                "13 rejected command=cancel code=unknown_package package=L"});
}

TEST_CASE("confirm stages: nobody is awarded, and only those whose confirmation stood are asked on") {
    Script script;
    matching::Stage ready = stage_of("ready", 10);
    ready.kind = matching::StageKind::confirm;
    matching::Stage between = stage_of("between", 10);
    between.audience.roles.emplace();
    matching::Stage asked = stage_of("asked", 10);
    asked.audience.confirmed = true;
    script.at(0, procedure_of({ready, between, asked}, {}));
    for (const char* id : {"A", "B", "C"}) script.at(0, provider_of(id));
    script.at(0, package_of("K"));
    script.take();
    script.offer(1, "O", "A", 50);
    for (const char* id : {"A", "B", "C"}) script.confirm(1, id);
    script.decline(2, "B");
    script.at(3, suspended(provider_of("C")));
    script.at(4, provider_of("C"));
    script.at(5, suspended(provider_of("A")));
    script.advance(10);
    script.confirm(11, "C");
    CHECK(script.take() == Lines{"1 rejected command=offer code=wrong_stage package=K provider=A offer=O",
                                 "1 provider_confirmed package=K stage=ready provider=A",
                                 "1 provider_confirmed package=K stage=ready provider=B",
                                 "1 provider_confirmed package=K stage=ready provider=C",
                                 "2 provider_declined package=K stage=ready provider=B",
                                 "3 provider_registered provider=C revision=2",
                                 "4 provider_registered provider=C revision=3",
                                 "5 provider_registered provider=A revision=2",
                                 "10 stage_closed package=K stage=ready offers=0 cause=deadline",
                                 "10 stage_skipped package=K stage=between",
                                 "10 stage_opened package=K stage=asked closes=20 invited=C",
                                 "11 rejected command=confirm code=wrong_stage package=K provider=C"});
}
