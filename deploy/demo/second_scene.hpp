// The second scene: three packages in which people have a say, or nobody in the lot will have it.
#pragma once

#include <string>
#include <vector>

#include "deploy/demo/play.hpp"
#include "deploy/demo/register.hpp"

namespace tiebreak::demo {

// A care home that the citizen chooses, a children's package that needs a key decision, a Nottinghamshire lot that falls
// through to the wider pool. Needs their procedures and providers on record. What came out wrong, in words.
[[nodiscard]] std::vector<std::string> play_second_scene(const Theatre& theatre, const Names& names);

}  // namespace tiebreak::demo
