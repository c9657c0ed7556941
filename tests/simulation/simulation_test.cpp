// Short runs with fixed seeds, and proof that the checkers see what they are there to see.
#include "tests/simulation/simulation.hpp"

#include "tests/catch.hpp"

namespace tiebreak::simulation {
namespace {

Outcome run_seed(std::uint64_t seed, std::int64_t days, const RunOptions& options = {}) {
    return run(make_scene(seed, days), options);
}

// The first of some seeds whose world breaks a promise.
Outcome first_broken(const Sabotage& sabotage, std::int64_t days) {
    RunOptions options;
    options.sabotage = sabotage;
    options.with_naive_rule = false;
    Outcome outcome;
    for (std::uint64_t seed = 1; seed <= 8 && outcome.held; ++seed) outcome = run_seed(seed, days, options);
    return outcome;
}

bool names(const Outcome& outcome, const std::string& promise) { return outcome.failures.find(promise) != std::string::npos; }

TEST_CASE("every promise holds in worlds with crashes, faults and losses") {
    Outcome sum;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        const Outcome outcome = run_seed(seed, 4);
        INFO("seed " << seed << ", 4 days\n" << outcome.trace << outcome.failures);
        REQUIRE(outcome.held);
        sum.add(outcome);
    }
    CHECK(sum.awards > 100);
    CHECK(sum.kills + sum.power_cuts > 10);
    CHECK(sum.in_mid_call > 3);
    CHECK(sum.messages_lost > 100);
    CHECK(sum.refilled > 10);
}

TEST_CASE("the same seed gives the same steps, another seed others") {
    const Outcome once = run_seed(3, 2), again = run_seed(3, 2), other = run_seed(4, 2);
    CHECK(once.trace_hash == again.trace_hash);
    CHECK(once.steps == again.steps);
    CHECK(once.commands == again.commands);
    CHECK(once.trace_hash != other.trace_hash);
}

TEST_CASE("an acknowledgement that does not wait for the disk is found out") {
    Sabotage sabotage;
    sabotage.acknowledge_before_durable = true;
    const Outcome outcome = first_broken(sabotage, 10);
    CHECK_FALSE(outcome.held);
    CHECK(names(outcome, "acknowledged is durable"));
}

TEST_CASE("a disk that says it has synced and has not is found out") {
    Sabotage sabotage;
    sabotage.sync_nothing = true;
    const Outcome outcome = first_broken(sabotage, 10);
    INFO(outcome.failures);
    CHECK_FALSE(outcome.held);
}

TEST_CASE("a reply that is dropped in silence is found out") {
    Sabotage sabotage;
    sabotage.lose_reply_every = 50;
    const Outcome outcome = first_broken(sabotage, 2);
    CHECK_FALSE(outcome.held);
    CHECK(names(outcome, "nothing is silent"));
}

TEST_CASE("an event that says something else than the journal is found out") {
    Sabotage sabotage;
    sabotage.change_event_every = 200;
    const Outcome outcome = first_broken(sabotage, 2);
    INFO(outcome.failures);
    CHECK_FALSE(outcome.held);
}

TEST_CASE("an event that is left out is found out") {
    Sabotage sabotage;
    sabotage.skip_event_every = 200;
    const Outcome outcome = first_broken(sabotage, 2);
    INFO(outcome.failures);
    CHECK_FALSE(outcome.held);
}

TEST_CASE("a number that is another one is found out, also where a crash may change numbers") {
    RunOptions options;
    options.sabotage.renumber_every = 50;
    options.with_naive_rule = false;
    Outcome outcome;
    for (std::uint64_t seed = 1; seed <= 8 && outcome.held; ++seed) {
        Scene scene = make_scene(seed, 2);
        scene.config.deadline_events_wait_for = daemon::DeadlineEventsWaitFor::its_package;
        outcome = run(scene, options);
    }
    INFO(outcome.failures);
    CHECK_FALSE(outcome.held);
    CHECK(names(outcome, "replay equals feed"));
}

TEST_CASE("an export that lacks a record is found out") {
    Sabotage sabotage;
    sabotage.spoil_export_every = 3;
    const Outcome outcome = first_broken(sabotage, 4);
    CHECK_FALSE(outcome.held);
    CHECK(names(outcome, "an export is the journal"));
}

TEST_CASE("an alarm that does not count the time of a suspended machine is found out") {
    RunOptions options;
    options.sabotage.alarm_sleeps = true;
    options.with_naive_rule = false;
    Outcome outcome;
    for (std::uint64_t seed = 1; seed <= 8 && outcome.held; ++seed) {
        Scene scene = make_scene(seed, 2);
        scene.mishaps.suspend_every_ns = 1 * hour;  // not every seed's machine sleeps
        outcome = run(scene, options);
    }
    CHECK_FALSE(outcome.held);
    CHECK(names(outcome, "told in time"));
}

}  // namespace
}  // namespace tiebreak::simulation
