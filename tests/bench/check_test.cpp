// A load that could not see a wrong award would prove nothing: each kind of wrong outcome is found.
#include "tests/catch.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/surge_check.hpp"
#include "bench/surge_schedule.hpp"
#include "wire/event_writer.hpp"

using namespace tiebreak::bench;
namespace matching = tiebreak::matching;
using matching::CriterionKind;

namespace {

constexpr std::int64_t closes_ns = 1'000'000;

std::string id_of(std::uint32_t index) {
    char text[offer_id_bytes];
    return std::string{write_offer_id({0, 0, index}, text)};
}

// Two packages, three providers. For the first package: provider 0 is the best of the early starters by quality, provider 1
// comes second, provider 2 offers early but revises to a later start. Nobody offers for the second one in time.
struct Story {
    Scene scene;
    std::vector<Ledger> ledgers{1};

    Story() {
        scene.tag = "t";
        scene.providers = {"p0", "p1", "p2"};
        scene.quality = {20'000, 0, 40'000};
        scene.packages = {"k00000", "k00001"};
        scene.closes_ns = {closes_ns, closes_ns};
        scene.load_ends_ns = closes_ns;
        for (std::uint32_t i = 0; i < starts; ++i) scene.starts_ns[i] = 10 * closes_ns + i;
        ledgers[0].offers = {{100, 0, 2, 0, OfferState::accepted},
                             {200, 0, 1, 0, OfferState::accepted},
                             {300, 0, 0, 0, OfferState::accepted},
                             {400, 0, 2, 1, OfferState::accepted},
                             {closes_ns, 1, 0, 0, OfferState::closed}};
    }
};

// What the daemon says, right unless something is changed.
struct Said {
    std::vector<std::string> ids{id_of(2), id_of(1), id_of(3)};
    std::vector<matching::RankedOffer> ranking{{ids[0], "p0", std::nullopt},
                                               {ids[1], "p1", CriterionKind::highest_quality},
                                               {ids[2], "p2", CriterionKind::earliest_start}};
    matching::event::Awarded award{"k00000", "all", ids[0], "p0", 10 * closes_ns, matching::DecidedBy::highest_quality, {}};
    std::int64_t at_ns = closes_ns;
    std::string unawarded = "k00001";
    int times = 1;
};

void add(std::vector<FeedMessage>& messages, std::int64_t at_ns, const matching::EventBody& body) {
    tiebreak::wire::EventWriter writer;
    const auto bytes = writer.write({at_ns, messages.size() + 1, matching::no_index, {}, body});
    messages.push_back({at_ns + 5'000, {}, zmq::message_t(bytes.data(), bytes.size())});
}

Checked checked_after(const std::function<void(Said&)>& change) {
    const Story story;
    Said said;
    change(said);
    said.award.ranking = said.ranking;
    std::vector<FeedMessage> messages;
    for (int i = 0; i < said.times; ++i) add(messages, said.at_ns, said.award);
    if (!said.unawarded.empty()) add(messages, closes_ns, matching::event::Unawarded{said.unawarded, {}});
    return check_awards(story.scene, story.ledgers, messages);
}

}  // namespace

TEST_CASE("the right awards pass, and their lateness is measured") {
    const Checked checked = checked_after([](Said&) {});
    INFO(checked.note);
    CHECK(checked.wrong_awards == 0);
    CHECK(checked.awards == 1);
    CHECK(checked.unawarded == 1);
    CHECK(checked.lateness.max_ns() == 5'000);
    CHECK(checked.last_ns == 5'000);
}

TEST_CASE("every kind of wrong award is found") {
    const std::vector<std::pair<std::string, std::function<void(Said&)>>> faults{
        {"the wrong winner", [](Said& s) { s.award.offer = s.ids[1], s.award.provider = "p1"; }},
        {"two ranks exchanged", [](Said& s) { std::swap(s.ranking[1].offer, s.ranking[2].offer); }},
        {"an offer left out", [](Said& s) { s.ranking.pop_back(); }},
        {"a replaced offer kept", [](Said& s) { s.ranking[2].offer = s.ids[0]; }},
        {"another reason for losing", [](Said& s) { s.ranking[1].lost_on = CriterionKind::earliest_response; }},
        {"another reason for winning", [](Said& s) { s.award.decided_by = matching::DecidedBy::earliest_start; }},
        {"another start", [](Said& s) { ++s.award.start_ns; }},
        {"another close", [](Said& s) { ++s.at_ns; }},
        {"an award twice", [](Said& s) { s.times = 2; }},
        {"no award", [](Said& s) { s.times = 0; }},
        {"a package without an outcome", [](Said& s) { s.unawarded.clear(); }},
        {"a package with offers called unawarded", [](Said& s) { s.times = 0, s.unawarded = "k00000"; }}};
    for (const auto& [name, change] : faults) {
        INFO(name);
        CHECK(checked_after(change).wrong_awards > 0);
    }
}

TEST_CASE("events about other packages are left alone") {
    CHECK(checked_after([](Said& s) { s.award.package = "x00000"; }).foreign == 1);
}

TEST_CASE("a schedule says when each offer is due, and when the load is over") {
    const Schedule steady(Shape::steady, 1'000, 2, 0);
    CHECK(steady.due_ns(0) == 0);
    CHECK(steady.due_ns(1'000) == 1'000'000'000);
    CHECK_FALSE(steady.due_ns(2'000));

    const Schedule bursts(Shape::bursts, 1'000, 2, 0);
    CHECK(bursts.due_ns(99) == 0);
    CHECK(bursts.due_ns(100) == 100'000'000);

    // 100 offers in the first second, 300 in the next half.
    const Schedule steps({{100, 1}, {600, 0.5}});
    CHECK(steps.due_ns(50) == 500'000'000);
    CHECK(steps.due_ns(100) == 1'000'000'000);
    CHECK(steps.due_ns(250) == 1'250'000'000);
    CHECK_FALSE(steps.due_ns(400));

    // Four fifths in the last second, and the stream goes on after the cliff.
    const Schedule cliff(Shape::cliff, 0, 3, 1'000);
    CHECK(*cliff.due_ns(200) == 2'000'000'000);
    CHECK(*cliff.due_ns(1'000) == 3'000'000'000);
    CHECK_FALSE(cliff.due_ns(1'100));
}
