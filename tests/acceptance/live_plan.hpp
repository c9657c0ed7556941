// A scenario's time, mapped to real time: hours become milliseconds.
//
// What has passed when the scenario begins is only shifted, so that dates a nanosecond apart stay apart. What is to
// come is scaled, by one factor for the whole scenario: the shortest time from a command to an instant that it must not
// miss becomes `margin_ns`. Commands are never early but may be late; whether any was late by too much is told by the
// stamps (see live_run.hpp).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/acceptance/course.hpp"
#include "tests/acceptance/scenario.hpp"

namespace tiebreak::acceptance {

class LivePlan {
public:
    // `course` is the scenario's on the engine alone.
    LivePlan(const Scenario& scenario, const Course& course, matching::Duration margin_ns);

    // Everything maps from here on to a scenario that begins at this real instant.
    void begin_at(matching::Instant real_ns) { real_begin_ns_ = real_ns; }

    [[nodiscard]] matching::Instant at(matching::Instant scenario_ns) const;
    [[nodiscard]] matching::Duration lasting(matching::Duration scenario_ns) const;
    // When a command is to be sent: one that comes a nanosecond before an end, or the like, a margin earlier.
    [[nodiscard]] matching::Instant send_at(matching::Instant scenario_ns) const;

    [[nodiscard]] matching::command::Procedure procedure(matching::command::Procedure procedure) const;
    [[nodiscard]] matching::command::Provider provider(matching::command::Provider provider) const;
    // `live` is what the daemon has announced so far: a new close that is another package's, say, is that very instant.
    [[nodiscard]] matching::Command command(const matching::Command& command, const Course& live) const;

    // Why the order of commands and ends was not the scenario's, if it was not: the machine was too slow for this
    // margin.
    [[nodiscard]] std::string disorder(const Course& live, const std::vector<matching::Instant>& stamps) const;

private:
    [[nodiscard]] matching::Instant fixed(matching::Instant from_ns) const;

    const Scenario& scenario_;
    const Course& course_;
    matching::Duration margin_ns_;
    matching::Instant begin_ns_;
    matching::Instant real_begin_ns_ = 0;
    double scale_ = 1;
};

}  // namespace tiebreak::acceptance
