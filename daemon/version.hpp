#pragma once

#include <string_view>

namespace tiebreak::daemon {

inline constexpr std::string_view version = TIEBREAK_VERSION;  // from the project's CMakeLists.txt

}  // namespace tiebreak::daemon
