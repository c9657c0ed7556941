#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/disk.hpp"
#include "daemon/journal_fault.hpp"
#include "daemon/journal_format.hpp"

namespace tiebreak::daemon {

struct RecordView {
    std::uint64_t position = 0;
    std::int64_t stamp_ns = 0;
    RecordKind kind = RecordKind::mark;
    std::span<const std::byte> payload;  // begins at an address divisible by eight; lives until the next call
};

// What comes after the last record.
struct JournalTail {
    std::uint64_t last_position = 0;  // 0: no record yet
    std::string segment;              // the last one, empty if there is none
    std::uint64_t offset = 0;         // where the next record goes
    std::uint64_t proven_end = 0;     // what lies before this offset had been synced, the disk itself says
    std::uint32_t last_crc = 0;       // header_crc of the last record or mark
    std::uint64_t stray_bytes = 0;    // from offset to the last byte that is not zero: a commit that was cut short
    bool proven = true;               // something on the disk says that the last record had been synced
};

// Reads a journal's records in order, checking all there is to check. Needs no lock and changes nothing, so it may
// read the directory of a daemon that is running: it then ends at the last record that is complete on the disk.
// One thread at a time. Segments are read through a window of at most 1 MiB or one record.
class JournalReader {
public:
    // A directory without a segment is an empty journal; one that does not exist is a fault.
    [[nodiscard]] static Outcome<std::unique_ptr<JournalReader>> open(Disk& disk, const path& directory);
    ~JournalReader();

    [[nodiscard]] std::uint64_t epoch() const noexcept;           // 0 if there is no segment yet
    [[nodiscard]] std::uint64_t first_position() const noexcept;  // of the oldest segment

    // Goes to that record: the next call of next() returns it, or nothing if it is not there yet. Fault `gone` if it
    // has been recycled.
    [[nodiscard]] Outcome<void> seek(std::uint64_t position);
    // The next record, or nothing at the (present) end. More may have come when it is called again. After a fault
    // only seek may be called.
    [[nodiscard]] Outcome<std::optional<RecordView>> next();
    // Positions beyond this are not returned though they be on the disk. No limit to begin with.
    void limit_to(std::uint64_t position) noexcept;
    // What next() found when it last returned nothing for want of more.
    [[nodiscard]] const JournalTail& tail() const noexcept;
    // Bytes that are not zero where no record ever was, at the end of segments already read: harmless, yet a sign
    // that something else writes there. One sentence each.
    [[nodiscard]] const std::vector<std::string>& remarks() const noexcept;
    [[nodiscard]] std::uint64_t segments_read() const noexcept;
    [[nodiscard]] std::uint64_t marks_read() const noexcept;

    class Impl;

private:
    explicit JournalReader(std::unique_ptr<Impl> impl) noexcept;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tiebreak::daemon
