#include "daemon/snapshot_format.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>

namespace tiebreak::daemon {

static_assert(std::endian::native == std::endian::little);

namespace {

constexpr std::array<unsigned char, 8> magic = {0x89, 'T', 'B', 'S', '\r', '\n', 0x1a, '\n'};
constexpr std::size_t crc_offset = snapshot_header_bytes - 4;
constexpr std::uint64_t part_bytes_most = std::uint64_t{1} << 48;  // three of them can be added up
constexpr std::size_t digits = 20;
constexpr std::string_view prefix = "snapshot-";
constexpr std::string_view suffix = ".tbs";

template <class T>
void put(std::span<std::byte> into, std::size_t offset, const T& value) noexcept {
    std::memcpy(into.data() + offset, &value, sizeof value);
}

template <class T>
void get(std::span<const std::byte> from, std::size_t offset, T& value) noexcept {
    std::memcpy(&value, from.data() + offset, sizeof value);
}

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
    std::uint32_t crc = 0, version = 0;
    get(from, crc_offset, crc);
    const bool sound = crc == crc32c(from.first(crc_offset));
    if (std::memcmp(from.data(), magic.data(), magic.size()) != 0) {
        return sound ? HeaderReading::not_a_segment : HeaderReading::damaged;
    }
    if (!sound) return HeaderReading::damaged;
    get(from, 8, version);
    if (version != snapshot_format_version) return HeaderReading::wrong_version;
    get(from, 12, header.record_crc);
    get(from, 16, header.epoch);
    get(from, 24, header.position);
    get(from, 32, header.ceiling_ns);
    get(from, 40, header.commands);
    get(from, 48, header.last_sequence);
    get(from, 56, header.engine_bytes);
    get(from, 64, header.topics_bytes);
    get(from, 72, header.history_bytes);
    get(from, 80, header.hash);
    get(from, 112, header.body_crc);
    return HeaderReading::good;
}

std::string snapshot_name(std::uint64_t position) {
    const std::string number = std::to_string(position);
    return std::string(prefix) + std::string(digits - number.size(), '0') + number + std::string(suffix);
}

std::optional<std::uint64_t> snapshot_position_of(std::string_view name) noexcept {
    if (name.size() != prefix.size() + digits + suffix.size() || !name.starts_with(prefix) || !name.ends_with(suffix)) {
        return std::nullopt;
    }
    name.remove_prefix(prefix.size());
    std::uint64_t position = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + digits, position);
    if (error != std::errc{} || end != name.data() + digits) return std::nullopt;
    return position;
}

bool is_snapshot_remains(std::string_view name) noexcept {
    for (const std::string_view what : {snapshot_draft_suffix, snapshot_old_suffix}) {
        if (name.ends_with(what)) return snapshot_position_of(name.substr(0, name.size() - what.size())).has_value();
    }
    return false;
}

}  // namespace tiebreak::daemon
