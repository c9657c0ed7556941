#include "daemon/snapshot_format.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "daemon/byte_fields.hpp"

namespace tiebreak::daemon {

namespace {

constexpr std::array<unsigned char, 8> magic = {0x89, 'T', 'B', 'S', '\r', '\n', 0x1a, '\n'};
constexpr std::size_t crc_offset = snapshot_header_bytes - 4;
constexpr std::uint64_t part_bytes_most = std::uint64_t{1} << 48;  // three of them can be added up
constexpr std::string_view prefix = "snapshot-";
constexpr std::string_view suffix = ".tbs";

}  // namespace

std::uint64_t snapshot_body_bytes(const SnapshotHeader& header) noexcept {
    return header.engine_bytes + header.topics_bytes + header.history_bytes;
}

std::optional<std::uint64_t> snapshot_file_bytes(const SnapshotHeader& header) noexcept {
    if (std::max({header.engine_bytes, header.topics_bytes, header.history_bytes}) > part_bytes_most) return std::nullopt;
    const std::uint64_t body = snapshot_body_bytes(header);
    const std::uint64_t blocks = (body + snapshot_block_bytes - 1) / snapshot_block_bytes;
    return snapshot_header_bytes + body + blocks * snapshot_checksum_bytes;
}

std::uint32_t snapshot_seed(const SnapshotHeader& header) noexcept {
    std::array<std::byte, 16> bytes{};
    put(bytes, 0, header.epoch);
    put(bytes, 8, header.position);
    return crc32c(bytes);
}

void write_snapshot_header(const SnapshotHeader& header, std::span<std::byte, snapshot_header_bytes> into) noexcept {
    std::fill(into.begin(), into.end(), std::byte{0});
    std::memcpy(into.data(), magic.data(), magic.size());
    put(into, 8, snapshot_format_version);
    put(into, 12, header.record_crc);
    put(into, 16, header.epoch);
    put(into, 24, header.position);
    put(into, 32, header.ceiling_ns);
    put(into, 40, header.commands);
    put(into, 48, header.last_sequence);
    put(into, 56, header.engine_bytes);
    put(into, 64, header.topics_bytes);
    put(into, 72, header.history_bytes);
    put(into, 80, header.hash);
    put(into, 112, header.body_crc);
    put(into, crc_offset, crc32c(into.first(crc_offset)));
}

HeaderReading read_snapshot_header(std::span<const std::byte, snapshot_header_bytes> from,
                                   SnapshotHeader& header) noexcept {
    const bool sound = get<std::uint32_t>(from, crc_offset) == crc32c(from.first(crc_offset));
    if (std::memcmp(from.data(), magic.data(), magic.size()) != 0) {
        return sound ? HeaderReading::not_a_segment : HeaderReading::damaged;
    }
    if (!sound) return HeaderReading::damaged;
    if (get<std::uint32_t>(from, 8) != snapshot_format_version) return HeaderReading::wrong_version;
    header.record_crc = get<decltype(header.record_crc)>(from, 12);
    header.epoch = get<decltype(header.epoch)>(from, 16);
    header.position = get<decltype(header.position)>(from, 24);
    header.ceiling_ns = get<decltype(header.ceiling_ns)>(from, 32);
    header.commands = get<decltype(header.commands)>(from, 40);
    header.last_sequence = get<decltype(header.last_sequence)>(from, 48);
    header.engine_bytes = get<decltype(header.engine_bytes)>(from, 56);
    header.topics_bytes = get<decltype(header.topics_bytes)>(from, 64);
    header.history_bytes = get<decltype(header.history_bytes)>(from, 72);
    header.hash = get<decltype(header.hash)>(from, 80);
    header.body_crc = get<decltype(header.body_crc)>(from, 112);
    return HeaderReading::good;
}

std::string snapshot_name(std::uint64_t position) {
    return std::string(prefix) + position_text(position) + std::string(suffix);
}

std::optional<std::uint64_t> snapshot_position_of(std::string_view name) noexcept {
    if (name.size() != prefix.size() + position_digits + suffix.size()) return std::nullopt;
    return number_between(name, prefix, suffix);
}

bool is_snapshot_remains(std::string_view name) noexcept {
    for (const std::string_view what : {snapshot_draft_suffix, snapshot_old_suffix}) {
        if (name.ends_with(what)) return snapshot_position_of(name.substr(0, name.size() - what.size())).has_value();
    }
    return false;
}

}  // namespace tiebreak::daemon
