// What the log says of events, and that it says no more than so much a second.
#include "daemon/event_log.hpp"

#include <string>
#include <utility>
#include <vector>

#include "tests/catch.hpp"
#include "wire/event_writer.hpp"

namespace tiebreak::daemon {
namespace {

namespace event = matching::event;

constexpr matching::Instant second_ns = 1'000'000'000;
constexpr matching::Instant noon_ns = 1'795'000'000 * second_ns;

class Fixture {
public:
    explicit Fixture(bool debug = false)
        : log(debug, passage, metrics, [this](log::Level level, std::string_view line) { lines.emplace_back(level, line); }) {}

    void happens(const matching::EventBody& body, matching::Instant at_ns = noon_ns) {
        wire::EventWriter writer;
        const matching::Event event{at_ns, ++sequence, 0, {}, body};
        log.take(sequence, writer.write(event));
    }
    void awarded(const std::string& package, matching::Instant at_ns = noon_ns) {
        const matching::RankedOffer ranking[] = {{"O1", "A", std::nullopt}, {"O2", "B", matching::CriterionKind::earliest_start}};
        happens(event::Awarded{package, "zonal", "O1", "A", noon_ns, matching::DecidedBy::earliest_start, ranking}, at_ns);
    }

    std::vector<std::pair<log::Level, std::string>> lines;
    Limits limits;
    Passage passage{limits};
    Metrics metrics;
    std::uint64_t sequence = 0;
    EventLog log;
};

TEST_CASE("an award's line names package, provider and offer, and how late it was") {
    Fixture f;
    REQUIRE(f.passage.applied.push({1, noon_ns + 17'000}));
    f.awarded("K1");
    REQUIRE(f.lines.size() == 1);
    CHECK(f.lines[0].first == log::Level::info);
    CHECK(f.lines[0].second ==
          "package K1: awarded to A for offer O1, decided by earliest_start, the best of 2, 17 us after the deadline");
    // One that a command caused, later: there was no deadline to be late for.
    f.awarded("K2", noon_ns + second_ns);
    CHECK(f.lines[1].second == "package K2: awarded to A for offer O1, decided by earliest_start, the best of 2");
}

TEST_CASE("openings, extensions and refusals are told at level info, offers at level debug alone") {
    const std::string_view invited[] = {"A", "B"};
    for (const bool debug : {false, true}) {
        Fixture f(debug);
        f.happens(event::StageOpened{"K1", "zonal", noon_ns, invited});
        f.happens(event::OfferAccepted{"K1", "zonal", "O1", "A", noon_ns, std::nullopt, false, false});
        f.happens(event::WindowExtended{"K1", "zonal", noon_ns, "the bridge\nis closed"});
        f.happens(event::Rejected{"offer", matching::Code::not_invited, "detail", "K1", "C", "O9", std::nullopt});
        f.happens(event::Unawarded{"K1", matching::UnawardedReason::no_offers});
        std::vector<std::string> said;
        for (const auto& [level, line] : f.lines) said.push_back(line);
        std::vector<std::string> wanted{"package K1: stage zonal opened to 2 providers, closes at 2026-11-18T11:06:40.000000000Z",
                                        "package K1: offer O1 of A accepted",
                                        "package K1: stage zonal is extended and closes at 2026-11-18T11:06:40.000000000Z: the bridge is closed",
                                        "refused: offer package K1 provider C offer O9: not_invited",
                                        "package K1: ended unawarded, no_offers"};
        if (!debug) wanted.erase(wanted.begin() + 1);
        CHECK(said == wanted);
    }
}

TEST_CASE("a rush of awards costs so many lines a second, and one that counts the rest") {
    Fixture f;
    f.log.tick(10 * second_ns);
    for (int i = 0; i < 5000; ++i) f.awarded("K" + std::to_string(i));
    CHECK(f.lines.size() == EventLog::lines_max);
    f.log.tick(11 * second_ns - 1);
    CHECK(f.lines.size() == EventLog::lines_max);
    f.log.tick(11 * second_ns);
    REQUIRE(f.lines.size() == EventLog::lines_max + 1);
    CHECK(f.lines.back().second == "in the last second also, not one by one: 4900 awarded");
    f.awarded("K");
    CHECK(f.lines.size() == EventLog::lines_max + 2);
}

TEST_CASE("what was refused before it became an event is told in sum") {
    Fixture f;
    f.metrics.gate.gate_busy.set(3);
    f.metrics.loop.commands_malformed.set(2);
    f.log.tick(10 * second_ns);
    REQUIRE(f.lines.size() == 2);
    CHECK(f.lines[0].second == "answered busy in the last second: 3 commands or messages");
    CHECK(f.lines[1].second == "answered malformed in the last second: 2 commands or messages");
    f.log.tick(11 * second_ns);
    CHECK(f.lines.size() == 2);
}

}  // namespace
}  // namespace tiebreak::daemon
