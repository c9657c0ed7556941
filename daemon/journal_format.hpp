// The journal's bytes, as JOURNAL.md describes them. Everything is little-endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/journal_crc32c.hpp"

namespace tiebreak::daemon {

inline constexpr std::uint32_t journal_format_version = 1;
inline constexpr std::size_t segment_header_bytes = 4096;  // a block of its own: records never share a sector with it
inline constexpr std::size_t record_header_bytes = 40;
inline constexpr std::size_t record_alignment_bytes = 8;
inline constexpr std::uint64_t segment_bytes_most = std::uint64_t{1} << 30;  // offsets are 32 bits wide

// What a record holds. The journal itself knows only `mark`, which it writes and skips by itself; the rest belongs
// to the daemon and is handed through as it is, values unknown here too.
enum class RecordKind : std::uint8_t { mark = 0, genesis = 1, commands = 2, ceiling = 3 };

struct SegmentHeader {
    std::uint64_t epoch = 0;           // of the whole journal; made once, when its directory is
    std::uint64_t first_position = 0;  // of the first record; positions count records from 1, marks not among them
    std::uint64_t segment_bytes = 0;   // length of the file
    std::uint64_t salt = 0;            // random, and in every record's checksum: no other segment's records fit here
    std::uint32_t birth_end = 0;       // what lies before this offset was synced before the segment got its name
    std::uint32_t previous_crc = 0;    // header_crc of the last record of the segment before, 0 in the first

    friend bool operator==(const SegmentHeader&, const SegmentHeader&) = default;
};

struct RecordHeader {
    std::uint32_t payload_bytes = 0;
    std::uint64_t position = 0;  // a mark has that of the record before it
    std::int64_t stamp_ns = 0;
    std::uint32_t payload_crc = 0;     // over payload and padding
    std::uint32_t previous_crc = 0;    // header_crc of the record before it in the journal: the records are a chain
    std::uint32_t durable_offset = 0;  // everything in this segment before it was synced before this was written
    RecordKind kind = RecordKind::mark;
};

// Of a whole record with that payload: header, payload, zeros up to a multiple of eight.
[[nodiscard]] constexpr std::uint64_t record_bytes(std::uint64_t payload_bytes) noexcept {
    constexpr std::uint64_t mask = record_alignment_bytes - 1;
    return (record_header_bytes + payload_bytes + mask) & ~mask;
}

enum class HeaderReading : std::uint8_t { good, not_a_segment, wrong_version, damaged };

void write_segment_header(const SegmentHeader& header, std::span<std::byte, segment_header_bytes> into) noexcept;
[[nodiscard]] HeaderReading read_segment_header(std::span<const std::byte, segment_header_bytes> from,
                                                SegmentHeader& header) noexcept;

// The start value of every header_crc in that segment.
[[nodiscard]] std::uint32_t segment_seed(const SegmentHeader& header) noexcept;

// A header whose checksum is not yet known, as it waits for its commit; to be written by write_record_header later.
void draft_record_header(const RecordHeader& header, std::span<std::byte, record_header_bytes> into) noexcept;
[[nodiscard]] RecordHeader drafted_record_header(std::span<const std::byte, record_header_bytes> from) noexcept;
// Writes the header, its checksum first; returns that checksum, which the next record names as previous_crc.
std::uint32_t write_record_header(const RecordHeader& header, std::uint32_t seed,
                                  std::span<std::byte, record_header_bytes> into) noexcept;
// The header, if its own checksum is right; says nothing about the payload or the chain.
[[nodiscard]] std::optional<RecordHeader> read_record_header(std::span<const std::byte, record_header_bytes> from,
                                                             std::uint32_t seed) noexcept;
[[nodiscard]] std::uint32_t header_crc_of(std::span<const std::byte, record_header_bytes> record) noexcept;

// File names within the directory. A segment is called by its first position, in 20 digits, so that names sort as
// positions do; a `spare-N` waits to become one, whatever is in it.
[[nodiscard]] std::string segment_name(std::uint64_t first_position);
[[nodiscard]] std::optional<std::uint64_t> first_position_of(std::string_view name) noexcept;
[[nodiscard]] std::string spare_name(std::uint64_t number);
[[nodiscard]] std::optional<std::uint64_t> spare_number(std::string_view name) noexcept;
inline constexpr std::string_view lock_name = "lock";
// A directory in the journal's: where segments go that recovery needs no more. Read as the beginning of the journal.
inline constexpr std::string_view archive_name = "archive";

}  // namespace tiebreak::daemon
