// How texts for people look on this terminal.
#pragma once

#include "wire/prose_table.hpp"

namespace tiebreak::daemon {

// Colours and the terminal's width where standard output is one, and NO_COLOR is not set; else plain, 100 columns.
[[nodiscard]] wire::Look look_of_output();

}  // namespace tiebreak::daemon
