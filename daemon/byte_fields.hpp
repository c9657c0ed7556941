// Numbers as the journal and the snapshots write them: little-endian at fixed offsets of a block, and in the names of their files.
#pragma once

#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tiebreak::daemon {

// Numbers are copied as they lie in memory, so a big-endian machine would write another format.
static_assert(std::endian::native == std::endian::little);

// Requires: the value fits the block at that offset.
template <class T>
void put(std::span<std::byte> into, std::size_t offset, const T& value) noexcept {
    std::memcpy(into.data() + offset, &value, sizeof value);
}
template <class T>
[[nodiscard]] T get(std::span<const std::byte> from, std::size_t offset) noexcept {
    T value{};
    std::memcpy(&value, from.data() + offset, sizeof value);
    return value;
}

// A position in a file's name, of always the same length, so that names sort as positions do.
inline constexpr std::size_t position_digits = 20;
[[nodiscard]] inline std::string position_text(std::uint64_t position) {
    const std::string number = std::to_string(position);
    return std::string(position_digits - number.size(), '0') + number;
}

// The number that all of the name between the two is, or nothing.
[[nodiscard]] inline std::optional<std::uint64_t> number_between(std::string_view name, std::string_view before,
                                                                 std::string_view after) noexcept {
    if (!name.starts_with(before) || !name.ends_with(after) || name.size() <= before.size() + after.size()) {
        return std::nullopt;
    }
    const std::string_view text = name.substr(before.size(), name.size() - before.size() - after.size());
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace tiebreak::daemon
