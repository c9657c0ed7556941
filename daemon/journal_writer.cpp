#include "daemon/journal_writer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <string>
#include <utility>

#include "matching/invariant.hpp"

namespace tiebreak::daemon {

namespace {

// A segment always keeps this much after its last record, for the mark that proves it.
constexpr std::uint64_t mark_bytes = record_bytes(0);
constexpr std::size_t copy_bytes = std::size_t{1} << 20;

std::uint64_t system_random() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

void SegmentList::set(std::vector<std::uint64_t> first_positions) {
    const std::scoped_lock lock(mutex_);
    first_positions_ = std::move(first_positions);
}

void SegmentList::add(std::uint64_t first_position) {
    const std::scoped_lock lock(mutex_);
    first_positions_.push_back(first_position);
}

std::optional<std::uint64_t> SegmentList::oldest_before(std::uint64_t position) const {
    const std::scoped_lock lock(mutex_);
    if (first_positions_.size() < 2 || first_positions_[1] > position) return std::nullopt;
    return first_positions_.front();
}

void SegmentList::remove_oldest() {
    const std::scoped_lock lock(mutex_);
    first_positions_.erase(first_positions_.begin());
}

SegmentList::Sealed SegmentList::sealed_after(std::uint64_t position) const {
    const std::scoped_lock lock(mutex_);
    Sealed sealed;
    for (std::size_t next = 1; next < first_positions_.size(); ++next) {
        const std::uint64_t last = first_positions_[next] - 1;
        if (last <= position) continue;
        ++sealed.segments;
        sealed.last_position = last;
    }
    return sealed;
}

std::size_t SegmentList::count() const {
    const std::scoped_lock lock(mutex_);
    return first_positions_.size();
}

std::uint64_t SegmentList::first_position() const {
    const std::scoped_lock lock(mutex_);
    return first_positions_.empty() ? 0 : first_positions_.front();
}

std::uint64_t random_number(const JournalOptions& options) {
    return options.random ? options.random() : system_random();
}

JournalWriter::JournalWriter(Disk& disk, path directory, const JournalOptions& options, std::uint64_t epoch,
                             SpareSegments& spares, SegmentList& segments)
    : disk_(disk),
      directory_(std::move(directory)),
      options_(options),
      epoch_(epoch),
      spares_(spares),
      segments_(segments) {}

Fault JournalWriter::failed(const char* attempt, std::error_code error) const {
    return disk_fault(attempt, (directory_ / segment_name(active_.header.first_position)).string(), error);
}

Outcome<void> JournalWriter::resume(const JournalTail& tail) {
    last_position_ = tail.last_position;
    last_crc_ = tail.last_crc;
    if (tail.segment.empty()) return {};
    auto file = disk_.open(directory_ / tail.segment, Disk::Open::read_write);
    if (!file) return disk_fault("open", (directory_ / tail.segment).string(), file.error());
    active_.file = std::move(*file);
    std::array<std::byte, segment_header_bytes> block{};
    const auto count = read_all(*active_.file, 0, block);
    if (!count) return disk_fault("read", (directory_ / tail.segment).string(), count.error());
    if (read_segment_header(block, active_.header) != HeaderReading::good) {
        return damage_fault(directory_.string(), tail.segment, 0, tail.last_position,
                            "the header of the segment has changed since it was read a moment ago");
    }
    active_.seed = segment_seed(active_.header);
    active_.offset = tail.offset;
    synced_offset_ = tail.offset;
    // What is cleared away may have been the only proof of what is before it.
    marked_ = tail.proven && tail.stray_bytes == 0;
    // What was written before a crash may be readable without being on the disk, even after a sync that failed: so
    // what nothing proves is written once more before anything is built on it.
    if (auto done = rewrite(std::max<std::uint64_t>(tail.proven_end, segment_header_bytes), tail.offset); !done) {
        return done.error();
    }
    if (auto done = clear(tail.offset, tail.offset + tail.stray_bytes); !done) return done.error();
    if (const auto error = active_.file->sync_data()) return failed("sync", error);
    if (const auto error = disk_.sync_directory(directory_)) return names_fault((directory_ / segment_name(active_.header.first_position)).string(), error);
    if (auto proof = mark(); !proof) return proof.error();
    return {};
}

Outcome<void> JournalWriter::rewrite(std::uint64_t begin, std::uint64_t end) {
    std::vector<std::byte> bytes(copy_bytes);
    while (begin < end) {
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(copy_bytes, end - begin));
        const auto part = std::span(bytes).first(size);
        const auto count = read_all(*active_.file, begin, part);
        if (!count) return failed("read", count.error());
        if (*count < part.size()) return failed("read", std::make_error_code(std::errc::io_error));
        if (const auto error = write_all(*active_.file, begin, part)) return failed("write", error);
        begin += part.size();
    }
    return {};
}

Outcome<void> JournalWriter::clear(std::uint64_t begin, std::uint64_t end) {
    const std::vector<std::byte> zeros(static_cast<std::size_t>(std::min<std::uint64_t>(copy_bytes, end - begin)));
    while (begin < end) {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(zeros.size(), end - begin));
        if (const auto error = write_all(*active_.file, begin, std::span(zeros).first(count))) {
            return failed("write", error);
        }
        begin += count;
    }
    return {};
}

bool JournalWriter::fits(std::uint64_t offset, std::uint64_t bytes) const noexcept {
    return offset + bytes + mark_bytes <= active_.header.segment_bytes;
}

// Gives as many records as the active segment has room for their final headers; returns how many bytes those are.
std::size_t JournalWriter::seal(std::span<std::byte> records) {
    std::size_t sealed = 0;
    while (sealed < records.size()) {
        const auto head = records.subspan(sealed).first<record_header_bytes>();
        RecordHeader header = drafted_record_header(head);
        const auto bytes = static_cast<std::size_t>(record_bytes(header.payload_bytes));
        if (!fits(active_.offset + sealed, bytes)) break;
        TIEBREAK_INVARIANT(header.position == last_position_ + 1, "records are committed in the order of positions");
        const auto padded = records.subspan(sealed + record_header_bytes, bytes - record_header_bytes);
        header.payload_crc = crc32c(padded);
        header.previous_crc = last_crc_;
        header.durable_offset = static_cast<std::uint32_t>(synced_offset_.load(std::memory_order_acquire));
        last_crc_ = write_record_header(header, active_.seed, head);
        last_position_ = header.position;
        sealed += bytes;
    }
    return sealed;
}

Outcome<void> JournalWriter::write_sealed(std::span<const std::byte> bytes) {
    if (const auto error = write_all(*active_.file, active_.offset, bytes)) return failed("write", error);
    active_.offset += bytes.size();
    marked_.store(false, std::memory_order_relaxed);
    return {};
}

Outcome<std::int64_t> JournalWriter::sync(const Written& written) {
    if (synced_offset_.load(std::memory_order_relaxed) >= written.offset) return 0;
    const auto before = std::chrono::steady_clock::now();
    if (const auto error = active_.file->sync_data()) return failed("sync", error);
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - before;
    synced_offset_.store(written.offset, std::memory_order_release);
    return took.count();
}

Outcome<JournalWriter::Written> JournalWriter::write(std::span<std::byte> records) {
    while (!records.empty()) {
        const std::size_t sealed = active_.file ? seal(records) : 0;
        if (sealed > 0) {
            if (auto done = write_sealed(records.first(sealed)); !done) return done.error();
            records = records.subspan(sealed);
        }
        if (records.empty()) break;
        if (active_.file) {
            if (const auto synced = sync(written()); !synced) return synced.error();
        }
        const auto begun = begin_segment(records);
        if (!begun) return begun.error();
        records = records.subspan(*begun);
    }
    return written();
}

// Everything before is durable. The new segment gets its name only once its header and first records are too, so a
// segment that can be seen proves what came before it and its own beginning.
Outcome<std::size_t> JournalWriter::begin_segment(std::span<std::byte> records) {
    if (spares_.ready() == 0) segments_late_.fetch_add(1, std::memory_order_relaxed);
    auto spare = spares_.take_or_prepare();
    if (!spare) return spare.error();
    SegmentHeader header;
    header.epoch = epoch_;
    header.first_position = last_position_ + 1;
    header.segment_bytes = options_.segment_bytes;
    header.salt = random_number(options_);
    header.previous_crc = last_crc_;
    active_ = Active{std::move(spare->file), header, segment_seed(header), segment_header_bytes};
    synced_offset_ = segment_header_bytes;

    const std::size_t sealed = seal(records);
    TIEBREAK_INVARIANT(sealed > 0, "every record fits into an empty segment");
    active_.header.birth_end = static_cast<std::uint32_t>(segment_header_bytes + sealed);
    std::array<std::byte, segment_header_bytes> block{};
    write_segment_header(active_.header, block);
    if (const auto error = write_all(*active_.file, 0, block)) return failed("write", error);
    if (auto done = write_sealed(records.first(sealed)); !done) return done.error();
    if (const auto synced = sync(written()); !synced) return synced.error();
    if (const auto error = disk_.rename(directory_ / spare->name, directory_ / segment_name(header.first_position))) {
        return failed("rename a spare segment to", error);
    }
    if (const auto error = disk_.sync_directory(directory_)) return names_fault((directory_ / segment_name(active_.header.first_position)).string(), error);
    segments_.add(header.first_position);
    if (options_.on_segment_sealed) options_.on_segment_sealed();
    marked_ = true;
    return sealed;
}

Outcome<bool> JournalWriter::mark() {
    if (marked_ || !active_.file || active_.offset + mark_bytes > active_.header.segment_bytes) return false;
    if (synced_offset_ < active_.offset) return false;
    std::array<std::byte, mark_bytes> record{};
    RecordHeader header;
    header.position = last_position_;
    header.payload_crc = crc32c({});
    header.previous_crc = last_crc_;
    header.durable_offset = static_cast<std::uint32_t>(active_.offset);
    last_crc_ = write_record_header(header, active_.seed, record);
    if (auto done = write_sealed(record); !done) return done.error();
    if (const auto synced = sync(written()); !synced) return synced.error();
    marked_ = true;
    return true;
}

}  // namespace tiebreak::daemon
