#include "daemon/journal_segment.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace tiebreak::daemon {

namespace {

constexpr std::size_t window_bytes = std::size_t{1} << 20;

// Offset after the last byte that is not zero, 0 if all are.
std::size_t end_of_content(std::span<const std::byte> bytes) noexcept {
    // Nearly always all of it is zero, and comparing it with itself one byte on says so fastest.
    if (bytes.empty()) return 0;
    if (bytes[0] == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0) return 0;
    std::size_t end = bytes.size();
    while (end > 0 && bytes[end - 1] == std::byte{0}) --end;
    return end;
}

}  // namespace

SegmentReader::SegmentReader(std::unique_ptr<DiskFile> file, std::string directory, std::string name,
                             const SegmentHeader& header)
    : file_(std::move(file)),
      directory_(std::move(directory)),
      name_(std::move(name)),
      header_(header),
      seed_(segment_seed(header)) {}

Outcome<SegmentReader> SegmentReader::open(Disk& disk, const path& directory, std::uint64_t first_position) {
    std::string name = segment_name(first_position);
    const std::string where = (directory / name).string();
    const auto damaged = [&](const std::string& what) {
        return damage_fault(directory.string(), name, 0, first_position, what);
    };
    auto file = disk.open(directory / name, Disk::Open::read);
    if (!file) {
        Fault fault = disk_fault("open", where, file.error());
        if (file.error() == std::errc::no_such_file_or_directory) fault.kind = FaultKind::missing;
        return fault;
    }
    std::array<std::byte, segment_header_bytes> block{};
    const auto count = read_all(**file, 0, block);
    if (!count) return disk_fault("read", where, count.error());
    if (*count < block.size()) return damaged("the file is shorter than the header of a segment");
    SegmentHeader header;
    switch (read_segment_header(block, header)) {
        case HeaderReading::good: break;
        case HeaderReading::damaged: return damaged("the header of the segment does not read back as it was written");
        case HeaderReading::not_a_segment: return damaged("the file is no segment of a journal");
        case HeaderReading::wrong_version:
            return Fault{FaultKind::wrong_version,
                         where + " was written by a Tiebreak with another journal format than " +
                             std::to_string(journal_format_version),
                         name, 0, first_position};
    }
    if (header.first_position != first_position) {
        return damaged("the file holds the segment that begins at position " + std::to_string(header.first_position));
    }
    const auto size = (*file)->size();
    if (!size) return disk_fault("read", where, size.error());
    if (*size != header.segment_bytes) {
        return damaged("the file has " + std::to_string(*size) + " bytes and should have " +
                       std::to_string(header.segment_bytes));
    }
    return SegmentReader(std::move(*file), directory.string(), std::move(name), header);
}

Outcome<std::span<const std::byte>> SegmentReader::bytes_at(std::uint64_t offset, std::size_t count) {
    const std::uint64_t wanted_end = std::min<std::uint64_t>(offset + count, header_.segment_bytes);
    if (offset < window_begin_ || wanted_end > window_end_) {
        const std::uint64_t begin = offset & ~std::uint64_t{7};
        const std::uint64_t end =
            std::min<std::uint64_t>(std::max<std::uint64_t>(wanted_end, begin + window_bytes), header_.segment_bytes);
        const auto length = static_cast<std::size_t>(end - begin);
        window_.resize(std::max(window_.size(), (length + 7) / 8));
        window_begin_ = window_end_ = 0;
        const auto got = read_all(*file_, begin, std::as_writable_bytes(std::span(window_)).first(length));
        if (!got) return disk_fault("read", directory_ + "/" + name_, got.error());
        window_begin_ = begin;
        window_end_ = begin + *got;
    }
    const std::uint64_t end = std::max(offset, std::min(wanted_end, window_end_));
    return std::as_bytes(std::span(window_))
        .subspan(static_cast<std::size_t>(offset - window_begin_), static_cast<std::size_t>(end - offset));
}

bool SegmentReader::plausible(const RecordHeader& header, std::uint64_t offset) const noexcept {
    return header.durable_offset <= offset && offset + record_bytes(header.payload_bytes) <= header_.segment_bytes &&
           (header.kind != RecordKind::mark || header.payload_bytes == 0);
}

Outcome<SegmentReader::Read> SegmentReader::read(std::uint64_t offset, std::uint64_t last_position,
                                                 std::uint32_t previous_crc, SegmentRecord& record) {
    const auto head = bytes_at(offset, record_header_bytes);
    if (!head) return head.error();
    if (head->size() < record_header_bytes) return Read::nothing;
    const auto header = read_record_header(head->first<record_header_bytes>(), seed_);
    if (!header || !plausible(*header, offset) || header->previous_crc != previous_crc) return Read::nothing;
    if (header->position != last_position + (header->kind == RecordKind::mark ? 0 : 1)) return Read::nothing;
    record.header = *header;
    record.crc = header_crc_of(head->first<record_header_bytes>());
    record.end = offset + record_bytes(header->payload_bytes);

    const auto whole = bytes_at(offset, static_cast<std::size_t>(record.end - offset));
    if (!whole) return whole.error();
    if (whole->size() < record.end - offset) return Read::nothing;
    const auto padded = whole->subspan(record_header_bytes);
    if (crc32c(padded) != header->payload_crc) return Read::nothing;
    record.payload = padded.first(header->payload_bytes);
    return Read::record;
}

Outcome<SegmentRest> SegmentReader::look_behind(std::uint64_t offset, std::uint64_t last_position) {
    SegmentRest rest{offset, 0};
    // No more records than that fit behind; a header beyond is chance.
    const std::uint64_t position_most = last_position + header_.segment_bytes / record_header_bytes;
    for (std::uint64_t at = offset; at < header_.segment_bytes;) {
        const auto bytes = bytes_at(at, window_bytes);
        if (!bytes) return bytes.error();
        if (bytes->empty()) break;
        const std::size_t content = end_of_content(*bytes);
        if (content > 0) rest.stray_end = at + content;
        for (std::size_t i = 0; i < content && i + record_header_bytes <= bytes->size(); i += record_alignment_bytes) {
            const auto candidate = bytes->subspan(i).first<record_header_bytes>();
            const auto header = read_record_header(candidate, seed_);
            if (!header || !plausible(*header, at + i)) continue;
            if (header->position < last_position || header->position > position_most) continue;
            rest.proven_end = std::max<std::uint64_t>(rest.proven_end, header->durable_offset);
        }
        // The windows overlap by a header, so that none is missed between two of them.
        const bool last = at + bytes->size() >= header_.segment_bytes || bytes->size() <= record_header_bytes;
        at += last ? bytes->size() : bytes->size() - record_header_bytes;
    }
    return rest;
}

}  // namespace tiebreak::daemon
