// Asks the processor to bring a cache line near. A hint: nothing depends on it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace tiebreak::matching {

inline constexpr std::size_t cache_line_bytes = 64;

// GCC takes a function that does nothing but prefetch for one that does nothing, and removes the calls of it; the empty
// statement is what it may not remove.
inline void prefetch(const void* at) noexcept {
    __builtin_prefetch(at);
    asm volatile("");
}

// The line of the byte that lies `offset_bytes` after a pointer which may be null or the end of an array: an address is made, not
// a pointer, so it need not be inside of anything.
inline void prefetch_near(const void* at, std::size_t offset_bytes) noexcept {
    prefetch(reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(at) + offset_bytes));
}

inline void prefetch(const void* from, std::size_t bytes) noexcept {
    for (std::size_t at = 0; at < bytes; at += cache_line_bytes) prefetch(static_cast<const char*>(from) + at);
}

}  // namespace tiebreak::matching
