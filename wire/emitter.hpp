// Writes a FlatBuffer front to back into bytes that are large enough and zeroed, for the few messages that are written
// so often that FlatBuffers' builder, which writes back to front and in pieces, costs too much. The caller lays the
// message out and answers for it; tests/wire reads all of it back with FlatBuffers' own Verifier.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tiebreak::wire {

static_assert(std::endian::native == std::endian::little, "FlatBuffers are little-endian");

[[nodiscard]] constexpr std::size_t aligned(std::size_t at, std::size_t to) noexcept { return (at + to - 1) / to * to; }

// Of a text: length word, bytes, NUL, up to the next word.
[[nodiscard]] constexpr std::size_t text_bytes(std::string_view text) noexcept {
    return aligned(4 + text.size() + 1, 4);
}

class Emitter {
public:
    explicit Emitter(std::byte* buffer) noexcept : buffer_(buffer) {}

    template <class Value>
    void put(std::size_t at, const Value& value) noexcept {
        std::memcpy(buffer_ + at, &value, sizeof(value));
    }
    // The first `bytes` of a vtable, of which the rest is all absent fields.
    template <class Vtable>
    void put_front(std::size_t at, const Vtable& vtable, std::size_t bytes) noexcept {
        std::memcpy(buffer_ + at, vtable.data(), bytes);
    }
    void offset(std::size_t at, std::size_t target) noexcept { put(at, static_cast<std::uint32_t>(target - at)); }
    void vtable_of(std::size_t table, std::size_t vtable) noexcept {
        put(table, static_cast<std::int32_t>(table - vtable));
    }

    // The text at `target`, led to from `at`; returns where it ends.
    std::size_t text(std::size_t at, std::size_t target, std::string_view value) noexcept {
        offset(at, target);
        put(target, static_cast<std::uint32_t>(value.size()));
        if (!value.empty()) std::memcpy(buffer_ + target + 4, value.data(), value.size());
        return target + text_bytes(value);
    }

    // The first eight bytes of a message.
    static constexpr std::size_t header_bytes = 8;
    void header(std::size_t root_table, std::string_view identifier) noexcept {
        offset(0, root_table);
        std::memcpy(buffer_ + 4, identifier.data(), 4);
    }

private:
    std::byte* buffer_;
};

}  // namespace tiebreak::wire
