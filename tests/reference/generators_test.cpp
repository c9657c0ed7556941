// The random streams themselves: well-formed, in order of time, and reaching everything that there is to reach.
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

#include "matching/well_formed.hpp"
#include "tests/catch.hpp"
#include "tests/reference/coverage.hpp"
#include "tests/reference/naive_engine.hpp"
#include "tests/reference/stream_writer.hpp"

using namespace tiebreak;
using namespace tiebreak::reference;

TEST_CASE("every generated command is well-formed, and stamps never go back") {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        matching::Instant before_ns = 0;
        for (const StampedCommand& stamped : StreamWriter{seed}.write(200)) {
            const auto flaw = matching::find_flaw(stamped.command);
            INFO("seed " << seed << ": " << (flaw ? flaw->path + " " + flaw->sentence : ""));
            REQUIRE_FALSE(flaw);
            REQUIRE(stamped.at_ns >= before_ns);
            before_ns = stamped.at_ns;
        }
    }
}

TEST_CASE("the same seed writes the same stream") {
    const auto one = StreamWriter{7}.write(300);
    const auto two = StreamWriter{7}.write(300);
    REQUIRE(one.size() == two.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
        REQUIRE(one[i].at_ns == two[i].at_ns);
        REQUIRE(one[i].command == two[i].command);
    }
}

TEST_CASE("random streams reach every event, every reject code and every outcome") {
    std::map<std::string, std::uint64_t> sums;
    std::size_t accepted = 0;
    std::size_t commands = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        Coverage coverage;
        NaiveEngine engine;
        for (const StampedCommand& stamped : StreamWriter{seed}.write(300)) {
            const auto rejected = coverage.counts().at("rejected");
            engine.apply(stamped.at_ns, stamped.command, coverage);
            ++commands;
            if (coverage.counts().at("rejected") == rejected) ++accepted;
        }
        for (const auto& [name, count] : coverage.counts()) sums[name] += count;
    }
    if (std::getenv("TIEBREAK_AGREEMENT_COVERAGE") != nullptr) {
        for (const auto& [name, count] : sums) std::cout << count << '\t' << name << '\n';
        std::cout << accepted << '\t' << "accepted of " << commands << '\n';
    }
    // A handful of each, so that a change in the generators does not quietly thin one out to nothing.
    for (const auto& [name, count] : sums) {
        INFO(name << " came " << count << " times");
        CHECK(count >= 5);
    }
    CHECK(accepted * 2 > commands);
}
