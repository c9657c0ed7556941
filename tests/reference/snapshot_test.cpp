// A snapshot at any moment changes nothing: the engine that loaded it says what the one that saved it says.
#include <algorithm>
#include <string>

#include "matching/engine.hpp"
#include "tests/catch.hpp"
#include "tests/reference/event_text.hpp"
#include "tests/reference/generators.hpp"

using namespace tiebreak::matching;
using namespace tiebreak::reference;

namespace {

std::string saved(const Engine& engine) {
    std::string bytes;
    engine.save(bytes);
    return bytes;
}

}  // namespace

TEST_CASE("an engine that loads a snapshot goes on as the one that saved it, and saves the same bytes again") {
    CHECK(rc::check("snapshot", [] {
        const Stream stream = *streams(400);
        const auto cut = *rc::gen::inRange<std::size_t>(0, stream.commands.size() + 1);
        Engine first;
        EventTexts first_events;
        for (std::size_t i = 0; i < cut; ++i) first.apply(stream.commands[i].at_ns, stream.commands[i].command, first_events);

        Engine second;
        RC_ASSERT(second.load(saved(first)));
        RC_ASSERT(saved(second) == saved(first));
        RC_ASSERT(second.next_deadline() == first.next_deadline());
        RC_ASSERT(second.sizes().last_sequence == first.sizes().last_sequence);

        first_events.texts.clear();
        EventTexts second_events;
        for (std::size_t i = cut; i < stream.commands.size(); ++i) {
            first.apply(stream.commands[i].at_ns, stream.commands[i].command, first_events);
            second.apply(stream.commands[i].at_ns, stream.commands[i].command, second_events);
        }
        first.advance(last_instant, first_events);
        second.advance(last_instant, second_events);
        RC_ASSERT(first_events.texts == second_events.texts);
        RC_ASSERT(saved(first) == saved(second));
    }));
}

TEST_CASE("what is no snapshot is not loaded, wherever it breaks off or is lengthened") {
    CHECK(rc::check("broken snapshot", [] {
        const Stream stream = *streams(60);
        Engine engine;
        EventTexts events;
        for (const auto& [at_ns, command] : stream.commands) engine.apply(at_ns, command, events);
        const std::string whole = saved(engine);
        Engine other;
        const auto size = *rc::gen::inRange<std::size_t>(0, whole.size());
        RC_ASSERT_FALSE(other.load(std::string_view{whole}.substr(0, size)));
        RC_ASSERT_FALSE(other.load(whole + 'x'));
        RC_ASSERT(other.sizes().last_sequence == 0U);
    }));
}

// Found by tests/fuzz: the criterion was looked up in a list of six.
TEST_CASE("a state with a word that is none, though all its lengths are right, is not loaded") {
    const auto state_with = [](CriterionKind kind) {
        command::Procedure procedure;
        procedure.id = "p";
        procedure.stages.push_back({.name = "s", .window_ns = 1});
        procedure.ranking.push_back({.kind = kind});
        Engine engine;
        EventTexts events;
        engine.apply(1, procedure, events);
        return saved(engine);
    };
    std::string state = state_with(CriterionKind::earliest_start);
    const std::string other = state_with(CriterionKind::lowest_price);
    const auto place = std::ranges::mismatch(state, other).in1;
    REQUIRE(place != state.end());
    Engine engine;
    for (const int known : {0, 3, 5}) {
        *place = static_cast<char>(known);
        CHECK(engine.load(state));
    }
    for (const int unknown : {6, 115, 255}) {
        *place = static_cast<char>(unknown);
        CHECK_FALSE(engine.load(state));
    }
}
