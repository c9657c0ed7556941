#include "matching/text_arena.hpp"

#include <string>

#include "tests/catch.hpp"

namespace tiebreak::matching {
namespace {

// Found under the undefined-behaviour sanitizer, by a broken snapshot whose first provider had no id.
TEST_CASE("an empty text is kept before any other, without a copy to nowhere") {
    TextArena arena;
    CHECK(arena.keep("").empty());
    CHECK(arena.keep("P1") == "P1");
    CHECK(arena.keep("").empty());
}

TEST_CASE("a text longer than a block is kept whole, and the ones before it stay") {
    TextArena arena;
    const std::string_view first = arena.keep("first");
    const std::string longer(200'000, 'x');
    CHECK(arena.keep(longer) == longer);
    CHECK(arena.keep("last") == "last");
    CHECK(first == "first");
}

}  // namespace
}  // namespace tiebreak::matching
