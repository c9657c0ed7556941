// The second frame of a feed message: 24 bytes, little-endian.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace tiebreak::wire {

struct FeedHead {
    std::uint64_t epoch = 0;           // of the daemon's data directory: another one means another history
    std::uint64_t topic_sequence = 0;  // of the topic, from 1 without holes
    std::uint64_t sequence = 0;        // the event's own, the same on every topic
    bool operator==(const FeedHead&) const = default;
};
inline constexpr std::size_t feed_head_bytes = 24;

namespace feed_head_detail {

inline void put(std::byte* to, std::uint64_t value) noexcept {
    for (int i = 0; i < 8; ++i) to[i] = static_cast<std::byte>(value >> (8 * i));
}

inline std::uint64_t get(const std::byte* from) noexcept {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value |= static_cast<std::uint64_t>(from[i]) << (8 * i);
    return value;
}

}  // namespace feed_head_detail

[[nodiscard]] inline std::array<std::byte, feed_head_bytes> encode(const FeedHead& head) noexcept {
    std::array<std::byte, feed_head_bytes> bytes;
    feed_head_detail::put(bytes.data(), head.epoch);
    feed_head_detail::put(bytes.data() + 8, head.topic_sequence);
    feed_head_detail::put(bytes.data() + 16, head.sequence);
    return bytes;
}

// Nothing unless there are exactly 24 bytes.
[[nodiscard]] inline std::optional<FeedHead> decode_feed_head(std::span<const std::byte> bytes) noexcept {
    if (bytes.size() != feed_head_bytes) return std::nullopt;
    return FeedHead{feed_head_detail::get(bytes.data()), feed_head_detail::get(bytes.data() + 8),
                    feed_head_detail::get(bytes.data() + 16)};
}

}  // namespace tiebreak::wire
