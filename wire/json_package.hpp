// What a package asks for, as JSON: in the command that opened it, and wherever the package is told of.
#pragma once

#include "matching/commands.hpp"
#include "wire/json_out.hpp"

namespace tiebreak::wire {

// Its fields after the procedure, into the object that is open. What is absent or has its default is left out.
void write_terms(JsonOut& out, const matching::command::Package& package);

}  // namespace tiebreak::wire
