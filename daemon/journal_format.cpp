#include "daemon/journal_format.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "daemon/byte_fields.hpp"

namespace tiebreak::daemon {

static_assert(segment_header_bytes % record_alignment_bytes == 0 && record_header_bytes % record_alignment_bytes == 0,
              "payloads begin at offsets divisible by eight");

namespace {

// Not text in its first byte, and broken by whatever converts line ends.
constexpr std::array<unsigned char, 8> magic = {0x89, 'T', 'B', 'J', '\r', '\n', 0x1a, '\n'};
constexpr std::size_t segment_crc_offset = segment_header_bytes - 4;
constexpr std::string_view suffix = ".tbj";

}  // namespace

void write_segment_header(const SegmentHeader& header, std::span<std::byte, segment_header_bytes> into) noexcept {
    std::fill(into.begin(), into.end(), std::byte{0});
    std::memcpy(into.data(), magic.data(), magic.size());
    put(into, 8, journal_format_version);
    put(into, 16, header.epoch);
    put(into, 24, header.first_position);
    put(into, 32, header.segment_bytes);
    put(into, 40, header.salt);
    put(into, 48, header.birth_end);
    put(into, 52, header.previous_crc);
    put(into, segment_crc_offset, crc32c(into.first(segment_crc_offset)));
}

HeaderReading read_segment_header(std::span<const std::byte, segment_header_bytes> from,
                                  SegmentHeader& header) noexcept {
    // The checksum comes first: a flipped bit in the version is damage, not another version.
    const bool sound = get<std::uint32_t>(from, segment_crc_offset) == crc32c(from.first(segment_crc_offset));
    if (std::memcmp(from.data(), magic.data(), magic.size()) != 0) {
        return sound ? HeaderReading::not_a_segment : HeaderReading::damaged;
    }
    if (!sound) return HeaderReading::damaged;
    if (get<std::uint32_t>(from, 8) != journal_format_version) return HeaderReading::wrong_version;
    header.epoch = get<std::uint64_t>(from, 16);
    header.first_position = get<std::uint64_t>(from, 24);
    header.segment_bytes = get<std::uint64_t>(from, 32);
    header.salt = get<std::uint64_t>(from, 40);
    header.birth_end = get<std::uint32_t>(from, 48);
    header.previous_crc = get<std::uint32_t>(from, 52);
    return HeaderReading::good;
}

std::uint32_t segment_seed(const SegmentHeader& header) noexcept {
    std::array<std::byte, 24> bytes{};
    put(bytes, 0, header.epoch);
    put(bytes, 8, header.first_position);
    put(bytes, 16, header.salt);
    return crc32c(bytes);
}

void draft_record_header(const RecordHeader& header, std::span<std::byte, record_header_bytes> into) noexcept {
    put(into, 0, std::uint32_t{0});
    put(into, 4, header.payload_bytes);
    put(into, 8, header.position);
    put(into, 16, header.stamp_ns);
    put(into, 24, header.payload_crc);
    put(into, 28, header.previous_crc);
    put(into, 32, header.durable_offset);
    put(into, 36, static_cast<std::uint32_t>(header.kind));  // and three bytes of zero
}

RecordHeader drafted_record_header(std::span<const std::byte, record_header_bytes> from) noexcept {
    RecordHeader header;
    header.payload_bytes = get<std::uint32_t>(from, 4);
    header.position = get<std::uint64_t>(from, 8);
    header.stamp_ns = get<std::int64_t>(from, 16);
    header.payload_crc = get<std::uint32_t>(from, 24);
    header.previous_crc = get<std::uint32_t>(from, 28);
    header.durable_offset = get<std::uint32_t>(from, 32);
    header.kind = static_cast<RecordKind>(get<std::uint32_t>(from, 36) & 0xff);
    return header;
}

std::uint32_t write_record_header(const RecordHeader& header, std::uint32_t seed,
                                  std::span<std::byte, record_header_bytes> into) noexcept {
    draft_record_header(header, into);
    const std::uint32_t crc = crc32c(into.subspan<4>(), seed);
    put(into, 0, crc);
    return crc;
}

std::optional<RecordHeader> read_record_header(std::span<const std::byte, record_header_bytes> from,
                                               std::uint32_t seed) noexcept {
    // A block of zeros must never pass, whatever its checksum under this seed.
    if (get<std::uint64_t>(from, 8) == 0 || get<std::uint32_t>(from, 36) > 0xff) return std::nullopt;
    if (header_crc_of(from) != crc32c(from.subspan<4>(), seed)) return std::nullopt;
    return drafted_record_header(from);
}

std::uint32_t header_crc_of(std::span<const std::byte, record_header_bytes> record) noexcept {
    return get<std::uint32_t>(record, 0);
}

std::string segment_name(std::uint64_t first_position) {
    return position_text(first_position) + std::string(suffix);
}

std::optional<std::uint64_t> first_position_of(std::string_view name) noexcept {
    if (name.size() != position_digits + suffix.size()) return std::nullopt;
    const auto position = number_between(name, "", suffix);
    return position && *position > 0 ? position : std::nullopt;
}

std::string spare_name(std::uint64_t number) { return "spare-" + std::to_string(number) + std::string(suffix); }

std::optional<std::uint64_t> spare_number(std::string_view name) noexcept {
    return number_between(name, "spare-", suffix);
}

}  // namespace tiebreak::daemon
