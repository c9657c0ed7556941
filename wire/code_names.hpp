// Codes as text, back into codes.
#pragma once

#include <optional>
#include <string_view>

#include "matching/codes.hpp"

namespace tiebreak::wire {

inline constexpr int code_count = 0
#define TIEBREAK_COUNT_CODE(name, sentence) +1
    TIEBREAK_ENGINE_CODES(TIEBREAK_COUNT_CODE) TIEBREAK_MACHINE_CODES(TIEBREAK_COUNT_CODE)
#undef TIEBREAK_COUNT_CODE
    ;

// Nothing for a name that this build does not know.
[[nodiscard]] inline std::optional<matching::Code> find_code(std::string_view name) noexcept {
    for (int i = 0; i < code_count; ++i) {
        const auto code = static_cast<matching::Code>(i);
        if (matching::code_name(code) == name) return code;
    }
    return std::nullopt;
}

}  // namespace tiebreak::wire
