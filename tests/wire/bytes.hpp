// Byte buffers for tests.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace tiebreak::wire::test {

using Buffer = std::vector<std::byte>;

inline Buffer copy_of(std::span<const std::byte> bytes) { return {bytes.begin(), bytes.end()}; }

inline std::span<const std::byte> bytes_of_text(std::string_view text) {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

// The same bytes at an address that is `offset` past a multiple of eight, with nothing readable behind their end
// (which AddressSanitizer checks).
class Misaligned {
public:
    Misaligned(std::span<const std::byte> bytes, std::size_t offset)
        : storage_(bytes.size() + offset), offset_(offset) {
        if (!bytes.empty()) std::memcpy(storage_.data() + offset, bytes.data(), bytes.size());
    }
    [[nodiscard]] std::span<const std::byte> bytes() const { return std::span{storage_}.subspan(offset_); }

private:
    std::vector<std::byte> storage_;  // operator new aligns to 16
    std::size_t offset_;
};

}  // namespace tiebreak::wire::test
