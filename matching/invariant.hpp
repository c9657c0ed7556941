// A broken invariant inside Tiebreak stops the program, in release builds too: a wrong award is worse than none.
// Never used for input from outside, which is refused with a code (codes.hpp).
#pragma once

#include <cstdio>
#include <cstdlib>

namespace tiebreak {

[[noreturn]] inline void invariant_broken(const char* what, const char* file, int line) noexcept {
    std::fprintf(stderr, "tiebreak: broken invariant: %s (%s:%d)\n", what, file, line);
    std::abort();
}

}  // namespace tiebreak

#define TIEBREAK_INVARIANT(condition, what) \
    ((condition) ? static_cast<void>(0) : ::tiebreak::invariant_broken(what, __FILE__, __LINE__))
