// The engine against the naive reference on random streams. A disagreement is shrunk and printed as JSON Lines, which
// `tiebreak replay` takes.
//
// TIEBREAK_AGREEMENT_COMMANDS: how many commands at least (120,000); TIEBREAK_AGREEMENT_SEED: of the first streams (1).
#include <cstdlib>
#include <iostream>
#include <string>

#include "tests/catch.hpp"
#include "tests/reference/agreement.hpp"
#include "tests/reference/generators.hpp"

using namespace tiebreak::reference;

namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::stoull(text);
}

}  // namespace

TEST_CASE("the engine and the naive reference say the same of random streams") {
    const std::uint64_t wanted = from_environment("TIEBREAK_AGREEMENT_COMMANDS", 120'000);
    rc::detail::TestParams params;
    params.seed = from_environment("TIEBREAK_AGREEMENT_SEED", 1);
    std::uint64_t compared = 0;
    while (compared < wanted) {
        rc::detail::TestMetadata metadata;
        metadata.id = "agreement";
        metadata.description = "seed " + std::to_string(params.seed);
        const auto result = rc::detail::checkTestable(
            [&compared] {
                const Stream stream = *streams(600);
                compared += stream.commands.size();
                if (const auto found = disagreement(stream.commands)) RC_FAIL(*found);
            },
            metadata, params);
        if (!result.template is<rc::detail::SuccessResult>()) {
            rc::detail::printResultMessage(result, std::cerr);
            FAIL("disagreement with TIEBREAK_AGREEMENT_SEED=" << params.seed);
        }
        ++params.seed;
    }
    CHECK(compared >= wanted);
}
