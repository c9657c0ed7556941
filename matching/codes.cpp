#include "matching/codes.hpp"

namespace tiebreak::matching {
namespace {

struct Row {
    std::string_view name;
    std::string_view sentence;
};

constexpr Row rows[] = {
#define TIEBREAK_CODE_ROW(name, sentence) {#name, sentence},
    TIEBREAK_ENGINE_CODES(TIEBREAK_CODE_ROW) TIEBREAK_MACHINE_CODES(TIEBREAK_CODE_ROW)
#undef TIEBREAK_CODE_ROW
};

}  // namespace

std::string_view code_name(Code code) noexcept { return rows[static_cast<std::size_t>(code)].name; }
std::string_view code_sentence(Code code) noexcept { return rows[static_cast<std::size_t>(code)].sentence; }

}  // namespace tiebreak::matching
