// Events and commands in their JSON form, one object without a line break, as the contract has them written.
#pragma once

#include <string>

#include "matching/commands.hpp"
#include "matching/events.hpp"
#include "matching/instant.hpp"

namespace tiebreak::wire {

// Both append to `to` and allocate nothing but its growth. The same value gives the same bytes.
void append_event(std::string& to, const matching::Event& event);

// CommandReader reads it back as a command that is equal by value. Fields that are absent, or have their default,
// are left out. Requires: find_flaw(command) is empty; at_ns >= 0.
void append_command(std::string& to, matching::Instant at_ns, const matching::Command& command);

}  // namespace tiebreak::wire
