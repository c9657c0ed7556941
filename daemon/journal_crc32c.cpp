#include "daemon/journal_crc32c.hpp"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace tiebreak::daemon {

namespace {

constexpr std::uint32_t polynomial_reflected = 0x82f63b78u;

using Table = std::array<std::array<std::uint32_t, 256>, 8>;

// tables[k][b]: what byte b contributes when k more bytes follow it in the same eight.
constexpr Table make_tables() {
    Table tables{};
    for (std::uint32_t value = 0; value < 256; ++value) {
        std::uint32_t sum = value;
        for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) != 0 ? polynomial_reflected : 0);
        tables[0][value] = sum;
    }
    for (std::size_t value = 0; value < 256; ++value) {
        for (std::size_t k = 1; k < 8; ++k) {
            const std::uint32_t shorter = tables[k - 1][value];
            tables[k][value] = (shorter >> 8) ^ tables[0][shorter & 0xff];
        }
    }
    return tables;
}

constexpr Table tables = make_tables();

std::uint64_t load_little_endian(const std::byte* from) noexcept {
    std::uint64_t word = 0;
    for (unsigned i = 0; i < 8; ++i) word |= std::to_integer<std::uint64_t>(from[i]) << (8 * i);
    return word;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::span<const std::byte> bytes,
                                                               std::uint32_t before) noexcept {
    const std::byte* at = bytes.data();
    std::size_t left = bytes.size();
    std::uint64_t sum = ~before;
    for (; left >= 8; at += 8, left -= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof word);
        sum = _mm_crc32_u64(sum, word);
    }
    auto narrow = static_cast<std::uint32_t>(sum);
    for (; left > 0; ++at, --left) narrow = _mm_crc32_u8(narrow, std::to_integer<unsigned char>(*at));
    return ~narrow;
}
#endif

using Sum = std::uint32_t (*)(std::span<const std::byte>, std::uint32_t) noexcept;

Sum choose() noexcept {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2") != 0) return by_instruction;
#endif
    return crc32c_by_table;
}

}  // namespace

std::uint32_t crc32c_by_table(std::span<const std::byte> bytes, std::uint32_t before) noexcept {
    const std::byte* at = bytes.data();
    std::size_t left = bytes.size();
    std::uint32_t sum = ~before;
    for (; left >= 8; at += 8, left -= 8) {
        const std::uint64_t word = load_little_endian(at) ^ sum;
        sum = 0;
        for (unsigned i = 0; i < 8; ++i) sum ^= tables[7 - i][(word >> (8 * i)) & 0xff];
    }
    for (; left > 0; ++at, --left) sum = (sum >> 8) ^ tables[0][(sum ^ std::to_integer<std::uint32_t>(*at)) & 0xff];
    return ~sum;
}

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before) noexcept {
    static const Sum sum = choose();
    return sum(bytes, before);
}

}  // namespace tiebreak::daemon
