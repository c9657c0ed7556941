// The day that the demo plays: which packages are put out when, and how each provider answers an invitation. Everything
// comes from one seed, so two runs send the same things; who wins a race is decided by the wire alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "deploy/demo/ledger.hpp"
#include "matching/commands.hpp"

namespace tiebreak::demo {

// How the market takes to a package.
enum class Temper : std::uint8_t {
    contested,    // most of the zone can start at the same time and answers at the same moment
    last_moment,  // the same, at the very close: some are too late
    spread,       // starts and answers lie far apart
    hard,         // nobody in the zone takes it
    reablement,   // one provider is asked after another
};

struct PlannedPackage {
    matching::Duration opens_after_ns = 0;  // from the beginning of the day
    matching::command::Package package;
    Temper temper = Temper::contested;
    bool closes_with_others = false;  // its close is put off to the instant that all of these share
};

struct Day {
    std::vector<PlannedPackage> packages;        // in the order of opens_after_ns
    matching::Duration closes_together_ns = 0;  // the shared close, from the beginning of the day
};

[[nodiscard]] Day plan_day(std::uint64_t seed);

// What a provider is told when a stage opens.
struct Invitation {
    std::string package;
    std::string stage;
    std::string provider;
    matching::Instant opened_ns = 0;
    matching::Instant closes_ns = 0;
    Temper temper = Temper::contested;
};

struct PlannedAnswer {
    matching::Instant at_ns = 0;  // when its sender means to send it
    Answer answer = Answer::offer;
    std::string package;
    std::string provider;
    std::string offer;  // empty for a decline
    matching::Instant start_ns = 0;
};

// A provider's answers to an invitation in the order of their times; empty if it lets the window pass. `first_start_ns`: the
// earliest time at which anybody starts.
[[nodiscard]] std::vector<PlannedAnswer> answers_to(const Invitation& invitation, std::uint64_t seed,
                                                    matching::Instant first_start_ns);

}  // namespace tiebreak::demo
