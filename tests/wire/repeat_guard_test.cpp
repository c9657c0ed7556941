#include "tests/catch.hpp"
#include "wire/repeat_guard.hpp"

using namespace tiebreak;
using namespace tiebreak::wire;
namespace command = matching::command;

namespace {

command::Offer offer(std::string_view id, std::string_view package, std::string_view provider) {
    command::Offer made;
    made.id = id;
    made.package = package;
    made.provider = provider;
    return made;
}

command::Provider provider(const char* id, bool suspended = false) {
    command::Provider made;
    made.id = id;
    made.suspended = suspended;
    return made;
}

Subjects subjects(std::initializer_list<matching::Command> commands) {
    const std::vector<matching::Command> batch{commands};
    return subjects_of(batch);
}

// Whether the first may still be repeated once the second was sent.
bool may_repeat_after(const matching::Command& first, const matching::Command& second) {
    RepeatGuard guard;
    guard.note(1, subjects({first}));
    guard.note(2, subjects({second}));
    return guard.may_repeat(1, subjects({first}));
}

}  // namespace

TEST_CASE("what may be sent again: offers, registrations, packages and advances, and nothing else") {
    command::Procedure procedure;
    command::Package package;
    for (const matching::Command& safe : std::initializer_list<matching::Command>{
             offer("O", "K", "P"), procedure, provider("P"), package, command::Advance{}}) {
        INFO(matching::command_name(safe));
        CHECK(subjects({safe}).repeatable);
    }
    for (const matching::Command& unsafe : std::initializer_list<matching::Command>{
             command::Confirm{}, command::Decline{}, command::Withdraw{}, command::Extend{}, command::Cancel{},
             command::Choice{}, command::Approve{}, command::Refuse{}, command::Report{}}) {
        INFO(matching::command_name(unsafe));
        CHECK_FALSE(subjects({unsafe}).repeatable);
        CHECK_FALSE(subjects({offer("O", "K", "P"), unsafe}).repeatable);
    }
}

TEST_CASE("an older offer is not repeated once the provider has said something newer about the package or the offer") {
    const auto first = offer("O1", "K1", "P1");
    CHECK_FALSE(may_repeat_after(first, offer("O2", "K1", "P1")));
    CHECK_FALSE(may_repeat_after(first, offer("O1", "K2", "P1")));
    CHECK_FALSE(may_repeat_after(first, command::Decline{"K1", "P1", {}}));
    CHECK_FALSE(may_repeat_after(first, command::Withdraw{"P1", "O1", {}}));
    CHECK(may_repeat_after(first, offer("O2", "K2", "P1")));
    CHECK(may_repeat_after(first, offer("O1", "K1", "P2")));
    CHECK(may_repeat_after(first, command::Withdraw{"P1", "O2", {}}));
}

TEST_CASE("an older registration is not repeated once a newer one of the same id was sent") {
    CHECK_FALSE(may_repeat_after(provider("P1"), provider("P1", true)));
    CHECK(may_repeat_after(provider("P1"), provider("P2")));
    command::Package package;
    package.id = "K1";
    CHECK_FALSE(may_repeat_after(package, command::Cancel{"K1", {}}));
    CHECK(may_repeat_after(package, offer("O1", "K1", "P1")));
}

TEST_CASE("a request that registers one id twice is not repeated: the first would undo the second") {
    CHECK_FALSE(subjects({provider("P1"), provider("P1", true)}).repeatable);
    CHECK(subjects({provider("P1"), provider("P2")}).repeatable);
}

TEST_CASE("what no waiting request can need is forgotten, and the rest is not") {
    RepeatGuard guard;
    const auto early = subjects({offer("O1", "K1", "P1")});
    const auto late = subjects({offer("O2", "K1", "P1")});
    guard.note(1, early);
    guard.note(5, late);
    guard.prune(5);
    CHECK(guard.size() == 2);
    CHECK(guard.may_repeat(5, late));
    guard.prune(6);
    CHECK(guard.size() == 0);
}
