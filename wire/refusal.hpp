// Why something from outside was not taken.
#pragma once

#include <string>

#include "matching/codes.hpp"

namespace tiebreak::wire {

struct Refusal {
    matching::Code code = matching::Code::malformed;
    std::string sentence;  // for people; names the field where one is at fault
};

}  // namespace tiebreak::wire
