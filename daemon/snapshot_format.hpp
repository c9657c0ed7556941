// A snapshot's bytes, as SNAPSHOT.md describes them. Everything is little-endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/journal_format.hpp"
#include "daemon/state_hash.hpp"

namespace tiebreak::daemon {

inline constexpr std::uint32_t snapshot_format_version = 1;
inline constexpr std::size_t snapshot_header_bytes = 128;
inline constexpr std::size_t snapshot_block_bytes = std::size_t{1} << 20;
inline constexpr std::size_t snapshot_checksum_bytes = 4;  // after each block

struct SnapshotHeader {
    std::uint64_t epoch = 0;        // of the journal that it was made of
    std::uint64_t position = 0;     // of the last record that is in it; the next one begins a segment
    std::int64_t ceiling_ns = 0;    // the last ceiling up to there
    std::uint64_t commands = 0;     // applied up to there
    std::uint64_t last_sequence = 0;
    std::uint32_t record_crc = 0;   // header_crc of the last record or mark up to there: what the next segment names as the one before it
    StateHash hash{};
    std::uint64_t engine_bytes = 0;   // lengths of the three parts
    std::uint64_t topics_bytes = 0;
    std::uint64_t history_bytes = 0;
    std::uint32_t body_crc = 0;       // the checksum after the last block

    friend bool operator==(const SnapshotHeader&, const SnapshotHeader&) = default;
};

[[nodiscard]] std::uint64_t snapshot_body_bytes(const SnapshotHeader& header) noexcept;
// Of the whole file. Nothing if lengths like these belong to no file.
[[nodiscard]] std::optional<std::uint64_t> snapshot_file_bytes(const SnapshotHeader& header) noexcept;
// The start value of the first block's checksum.
[[nodiscard]] std::uint32_t snapshot_seed(const SnapshotHeader& header) noexcept;

void write_snapshot_header(const SnapshotHeader& header, std::span<std::byte, snapshot_header_bytes> into) noexcept;
[[nodiscard]] HeaderReading read_snapshot_header(std::span<const std::byte, snapshot_header_bytes> from,
                                                 SnapshotHeader& header) noexcept;

// "snapshot-<position in 20 digits>.tbs"; while it is being written with ".new" behind it, while it is being taken away with ".old".
[[nodiscard]] std::string snapshot_name(std::uint64_t position);
[[nodiscard]] std::optional<std::uint64_t> snapshot_position_of(std::string_view name) noexcept;
[[nodiscard]] bool is_snapshot_remains(std::string_view name) noexcept;
inline constexpr std::string_view snapshot_draft_suffix = ".new";
inline constexpr std::string_view snapshot_old_suffix = ".old";

}  // namespace tiebreak::daemon
