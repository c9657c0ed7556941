// The demo's day played on the engine itself, without a wire: every answer arrives exactly when it was meant to.
#include <map>
#include <queue>

#include "deploy/demo/day.hpp"
#include "deploy/demo/figures.hpp"
#include "deploy/demo/ledger.hpp"
#include "deploy/demo/naive_rule.hpp"
#include "matching/engine.hpp"
#include "tests/catch.hpp"
#include "tests/deploy/read_files.hpp"

namespace {

using namespace tiebreak;
using namespace tiebreak::tests;
using namespace tiebreak::demo;

constexpr std::uint64_t seed = 7;
constexpr matching::Instant begin_ns = 1'790'000'000'000'000'000;
constexpr matching::Duration second = 1'000'000'000;

class DayOnTheEngine : public matching::EventSink {
public:
    DayOnTheEngine() : day(plan_day(seed)) {
        for (const auto& planned : day.packages) {
            ledger.expect(planned.package.id, planned.package.zone.value_or(""));
            planned_by_id[planned.package.id] = &planned;
            opening.emplace(begin_ns + planned.opens_after_ns, &planned);
        }
        for (const auto* id : {"oxfordshire-homecare", "oxfordshire-reablement"}) {
            engine.apply(begin_ns, command_in(text_of(deploy_folder / "procedures" / (std::string(id) + ".json"))), *this);
        }
        for (auto& provider : providers_in(deploy_folder / "demo" / "oxfordshire-providers.jsonl")) {
            engine.apply(begin_ns, provider, *this);
        }
    }

    void play() {
        matching::Instant now = begin_ns;
        while (!opening.empty() || !answers.empty() || engine.next_deadline()) {
            constexpr auto never = matching::last_instant;
            const auto opens = opening.empty() ? never : opening.begin()->first;
            const auto answered = answers.empty() ? never : answers.begin()->first;
            const auto deadline = engine.next_deadline().value_or(never);
            if (deadline <= opens && deadline <= answered) {
                engine.advance(deadline, *this);
            } else if (opens <= answered) {
                const auto& planned = *opening.begin()->second;
                now = std::max(now + 1, opens);
                engine.apply(now, planned.package, *this);
                if (planned.closes_with_others) {
                    engine.apply(++now, matching::command::Extend{planned.package.id, begin_ns + day.closes_together_ns, "r"},
                                 *this);
                }
                opening.erase(opening.begin());
            } else {
                now = std::max(now + 1, answered);
                send(now, answers.begin()->second);
                answers.erase(answers.begin());
            }
        }
    }

    void send(matching::Instant now, const PlannedAnswer& answer) {
        accepted = false;
        switch (answer.answer) {
            case Answer::offer: {
                matching::command::Offer offer;
                offer.id = answer.offer;
                offer.package = answer.package;
                offer.provider = answer.provider;
                offer.start_ns = answer.start_ns;
                engine.apply(now, offer, *this);
                break;
            }
            case Answer::decline:
                engine.apply(now, matching::command::Decline{answer.package, answer.provider, {}}, *this);
                break;
            case Answer::withdraw:
                engine.apply(now, matching::command::Withdraw{answer.provider, answer.offer, {}}, *this);
                break;
        }
        if (accepted) {
            receipts[answer.package].push_back(
                {answer.answer, answer.package, answer.provider, answer.offer, answer.start_ns, now});
        }
    }

    void on_event(const matching::Event& event) override {
        ledger.on_event(event);
        namespace happened = matching::event;
        if (const auto* opened = std::get_if<happened::StageOpened>(&event.body)) {
            const auto& planned = *planned_by_id.at(std::string(opened->package));
            const bool together = planned.closes_with_others && opened->stage == "zonal";
            for (const auto provider : opened->invited) {
                const auto closes_ns = together ? begin_ns + day.closes_together_ns : opened->closes_ns;
                for (auto& answer : answers_to({std::string(opened->package), std::string(opened->stage), std::string(provider),
                                                event.at_ns, closes_ns, planned.temper},
                                               seed, begin_ns + 86'400 * second)) {
                    answers.emplace(answer.at_ns, answer);
                }
            }
        } else if (std::holds_alternative<happened::OfferAccepted>(event.body) ||
                   std::holds_alternative<happened::ProviderDeclined>(event.body)) {
            accepted = true;
        } else if (const auto* withdrawn = std::get_if<happened::OfferWithdrawn>(&event.body)) {
            accepted = withdrawn->cause == matching::WithdrawCause::withdrawn || accepted;
        } else if (std::holds_alternative<happened::Rejected>(event.body)) {
            ++rejected;
        }
    }

    Day day;
    Ledger ledger;
    std::map<std::string, std::vector<Receipt>> receipts;
    std::size_t rejected = 0;

private:
    matching::Engine engine;
    std::map<std::string, const PlannedPackage*> planned_by_id;
    std::multimap<matching::Instant, const PlannedPackage*> opening;
    std::multimap<matching::Instant, PlannedAnswer> answers;
    bool accepted = false;
};

const DayOnTheEngine& the_day() {
    static const auto* day = [] {
        auto* played = new DayOnTheEngine;
        played->play();
        return played;
    }();
    return *day;
}

// A package whose award was decided by the arrival of equal starts.
PackageRecord a_race() {
    for (const auto& [id, package] : the_day().ledger.packages()) {
        if (package.award && package.award->decided_by == matching::DecidedBy::earliest_response) {
            return package;
        }
    }
    throw std::runtime_error("no race in the day");
}

bool complains(const PackageRecord& package) { return !find_faults(package, the_day().receipts.at(package.id)).empty(); }

}  // namespace

TEST_CASE("the day ends with every package settled as the rule says") {
    const auto& day = the_day();
    CHECK(day.day.packages.size() >= 200);
    CHECK(day.ledger.ended() == day.day.packages.size());
    for (const auto& [id, package] : day.ledger.packages()) {
        const auto found = day.receipts.find(id);
        CHECK(find_faults(package, found == day.receipts.end() ? std::vector<Receipt>{} : found->second) ==
              std::vector<std::string>{});
    }
}

TEST_CASE("the day has everything that it is meant to show") {
    std::map<matching::DecidedBy, int> decided_by;
    std::map<std::string, int> stages;
    int unawarded = 0;
    int together = 0;
    matching::Instant last_ns = 0;
    for (const auto& [id, package] : the_day().ledger.packages()) {
        last_ns = std::max(last_ns, package.stages.back().closes_ns);
        if (!package.award) {
            ++unawarded;
            continue;
        }
        ++decided_by[package.award->decided_by];
        ++stages[package.award->stage];
        together += package.award->at_ns == begin_ns + the_day().day.closes_together_ns ? 1 : 0;
    }
    CHECK(decided_by[matching::DecidedBy::earliest_response] >= 80);
    CHECK(decided_by[matching::DecidedBy::earliest_start] >= 20);
    CHECK(decided_by[matching::DecidedBy::only_offer] >= 10);
    for (const auto* stage : {"zonal", "apl", "countywide", "strategic", "shadow-1", "shadow-2"}) {
        INFO(stage);
        CHECK(stages[stage] > 0);
    }
    CHECK(unawarded > 0);
    CHECK(unawarded < 20);
    CHECK(together >= 30);
    CHECK(the_day().rejected > 0);  // too late
    CHECK(last_ns - begin_ns < 40 * second);
}

TEST_CASE("an award to anybody but the winner is found out") {
    auto package = a_race();
    REQUIRE_FALSE(complains(package));
    std::swap(package.award->ranking[0], package.award->ranking[1]);
    CHECK(complains(package));
}

TEST_CASE("a missing award, a wrong reason and a wrong rank are found out") {
    auto missing = a_race();
    missing.award.reset();
    missing.unawarded = true;
    CHECK(complains(missing));

    auto reason = a_race();
    reason.award->decided_by = matching::DecidedBy::earliest_start;
    CHECK(complains(reason));

    auto rank = a_race();
    rank.award->ranking.pop_back();
    CHECK(complains(rank));
}

TEST_CASE("a receipt whose arrival differs from the published one is found out") {
    auto package = a_race();
    package.arrivals.begin()->second += 1;
    CHECK(complains(package));
}

TEST_CASE("an offer at the very close is late, and one a nanosecond earlier is not") {
    const StageRecord stage{"zonal", 100, 200, 2, 1, matching::CloseCause::deadline, true};
    const auto standing = rank_by_hand(stage, {{Answer::offer, "K", "late", "O", 5, 200}, {Answer::offer, "K", "just", "O", 9, 199}});
    REQUIRE(standing.size() == 1);
    CHECK(standing[0].provider == "just");
}

TEST_CASE("durations are written in the unit that suits people") {
    CHECK(duration_for_people(0) == "0 ns");
    CHECK(duration_for_people(999) == "999 ns");
    CHECK(duration_for_people(12'345) == "12.345 us");
    CHECK(duration_for_people(3'204'999) == "3.204 ms");
    CHECK(duration_for_people(second) == "1.000 s");
    CHECK(duration_for_people(9'000 * second) == "2 h 30 min");
    CHECK(duration_for_people(3'600 * second) == "1 h");
}

TEST_CASE("percentiles are those of the nearest rank") {
    std::vector<std::int64_t> values;
    for (std::int64_t i = 100; i >= 1; --i) {
        values.push_back(i);
    }
    const auto p = percentiles_of(values);
    CHECK(p.p50 == 50);
    CHECK(p.p99 == 99);
    CHECK(p.max == 100);
    CHECK(percentiles_of({7}).p50 == 7);
    CHECK(percentiles_of({}).count == 0);
}
