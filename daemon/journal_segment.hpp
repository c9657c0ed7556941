#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "daemon/disk.hpp"
#include "daemon/journal_fault.hpp"
#include "daemon/journal_format.hpp"

namespace tiebreak::daemon {

// A record or mark as it lies in its segment.
struct SegmentRecord {
    RecordHeader header;
    std::span<const std::byte> payload;  // until the next call
    std::uint32_t crc = 0;               // its header_crc
    std::uint64_t end = 0;               // offset of what follows
};

// What lies behind the last record of a segment.
struct SegmentRest {
    std::uint64_t stray_end = 0;   // offset after the last byte that is not zero, or where looking began
    std::uint64_t proven_end = 0;  // the largest durable_offset in any whole record header found there, 0 if none
};

// One segment, read through a window. One thread.
class SegmentReader {
public:
    // Checks name, header and length. `missing` if there is no such file.
    [[nodiscard]] static Outcome<SegmentReader> open(Disk& disk, const path& directory, std::uint64_t first_position);

    [[nodiscard]] const SegmentHeader& header() const noexcept { return header_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] const std::string& directory() const noexcept { return directory_; }
    [[nodiscard]] std::string place() const { return directory_ + "/" + name_; }

    enum class Read : std::uint8_t { record, nothing };
    // The record at `offset`, if it is the one that must come after `last_position` and `previous_crc`: whole, sound
    // and part of the chain. `nothing` says only that it is not there.
    [[nodiscard]] Outcome<Read> read(std::uint64_t offset, std::uint64_t last_position, std::uint32_t previous_crc,
                                     SegmentRecord& record);
    // Looks through everything from `offset` to the end of the segment.
    [[nodiscard]] Outcome<SegmentRest> look_behind(std::uint64_t offset, std::uint64_t last_position);
    // Reads from the disk again what has been read before: it may have been written since.
    void forget() noexcept { window_end_ = window_begin_ = 0; }

private:
    SegmentReader(std::unique_ptr<DiskFile> file, std::string directory, std::string name, const SegmentHeader& header);

    // Those bytes, or fewer at the end of the file.
    [[nodiscard]] Outcome<std::span<const std::byte>> bytes_at(std::uint64_t offset, std::size_t count);
    [[nodiscard]] bool plausible(const RecordHeader& header, std::uint64_t offset) const noexcept;

    std::unique_ptr<DiskFile> file_;
    std::string directory_;
    std::string name_;
    SegmentHeader header_;
    std::uint32_t seed_;
    std::vector<std::uint64_t> window_;  // words, so that payloads are aligned in memory as they are in the file
    std::uint64_t window_begin_ = 0;     // divisible by eight
    std::uint64_t window_end_ = 0;
};

}  // namespace tiebreak::daemon
