// The journal's readers. The first byte of an input says what the rest is:
//   bit 0      set: a segment's file as it is, damage and all
//              clear: records with headers as the format has them, whose chain and checksums are made right first (no
//              fuzzer finds those), behind a segment header that is made here
//   bit 1, 2   of the latter: a second segment begins behind half of it; the first one lies in the archive
// Whatever it is, it is judged: no crash, no more reading than the size allows, and what is refused says why.
#include "daemon/data_verify.hpp"
#include "daemon/journal_format.hpp"
#include "daemon/journal_verify.hpp"
#include "matching/invariant.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/fuzz/memory_disk.hpp"

namespace {

using namespace tiebreak;
using namespace tiebreak::daemon;

constexpr std::uint32_t left_as_it_is = UINT32_MAX;  // as payload_bytes: from here on nothing is made right

struct Chain {
    std::uint64_t position = 0;
    std::uint32_t crc = 0;
};

// A segment's file of these records, made right as far as they go.
fuzz::Bytes segment_of(std::span<const std::byte> records, Chain& chain) {
    fuzz::Bytes file(segment_header_bytes + records.size());
    std::ranges::copy(records, file.begin() + segment_header_bytes);
    const SegmentHeader header{7, chain.position + 1, file.size(), 5, segment_header_bytes, chain.crc};
    const std::span<std::byte> bytes(file);
    write_segment_header(header, bytes.first<segment_header_bytes>());
    std::size_t at = segment_header_bytes;
    while (bytes.size() - at >= record_header_bytes) {
        const auto place = bytes.subspan(at).first<record_header_bytes>();
        RecordHeader record = drafted_record_header(place);
        if (record.payload_bytes == left_as_it_is) break;
        const std::size_t room = bytes.size() - at - record_header_bytes;
        record.kind = static_cast<RecordKind>(static_cast<unsigned>(record.kind) % 5);  // one more than there are
        record.payload_bytes = record.kind == RecordKind::mark ? 0 : static_cast<std::uint32_t>(record.payload_bytes % (room + 1));
        if (at + record_bytes(record.payload_bytes) > bytes.size()) break;
        if (record.kind != RecordKind::mark) ++chain.position;
        record.position = chain.position;
        record.previous_crc = chain.crc;
        record.durable_offset = static_cast<std::uint32_t>(std::min<std::uint64_t>(record.durable_offset, at));
        const auto end = static_cast<std::size_t>(record_bytes(record.payload_bytes));
        record.payload_crc = crc32c(bytes.subspan(at + record_header_bytes, end - record_header_bytes));
        chain.crc = write_record_header(record, segment_seed(header), place);
        at += end;
    }
    return file;
}

void put_repaired(std::span<const std::byte> records, unsigned how, fuzz::MemoryDisk& disk) {
    Chain chain;
    const bool two = (how & 2U) != 0;
    const auto first = two ? records.first(records.size() / 2) : records;
    const daemon::path place = (how & 4U) != 0 ? fuzz::data_directory / archive_name : fuzz::data_directory;
    disk.files[place / segment_name(1)] = segment_of(first, chain);
    if (two) disk.files[fuzz::data_directory / segment_name(chain.position + 1)] = segment_of(records.subspan(first.size()), chain);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    fuzz::MemoryDisk disk;
    const auto rest = std::as_bytes(std::span(data, size)).subspan(1);
    if ((data[0] & 1U) != 0) disk.files[fuzz::data_directory / segment_name(1)].assign(rest.begin(), rest.end());
    else put_repaired(rest, data[0], disk);

    std::uint64_t bytes = 0;
    for (const auto& [name, content] : disk.files) bytes += content.size();
    const JournalReport journal = verify_journal(disk, fuzz::data_directory);
    TIEBREAK_INVARIANT(disk.bytes_read <= 32 * bytes, "no more is read than the size allows");
    TIEBREAK_INVARIANT((journal.records + journal.marks) * record_header_bytes <= bytes, "no record comes twice");
    TIEBREAK_INVARIANT(!journal.damage || !journal.damage->sentence.empty(), "damage says where and why");

    const DataReport report = verify_data(disk, fuzz::data_directory);
    for (const DataFinding& finding : report.findings) TIEBREAK_INVARIANT(!finding.sentence.empty(), "a finding says why");
    TIEBREAK_INVARIANT(!journal.damage || !report.findings.empty(), "what one verification finds the other does");
    return 0;
}
