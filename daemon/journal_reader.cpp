#include "daemon/journal_reader.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "daemon/journal_segment.hpp"

namespace tiebreak::daemon {

namespace {

constexpr const char* not_as_written =
    "the record there had been made durable and does not read back as it was written";

std::string records_text(std::uint64_t from, std::uint64_t to) {
    if (from == to) return "record " + std::to_string(from);
    return "records " + std::to_string(from) + " to " + std::to_string(to);
}

}  // namespace

class JournalReader::Impl {
public:
    Impl(Disk& disk, path directory) : disk_(disk), directory_(std::move(directory)) {}

    // Takes the epoch from the oldest segment that is not in the archive: whoever reads on from a later record does not
    // depend on what was put away.
    Outcome<void> open() {
        if (auto listed = list(); !listed) return listed.error();
        if (firsts_.empty()) return {};
        wanted_ = firsts_.front();
        auto segment = open_segment(first_not_archived_ != 0 ? first_not_archived_ : firsts_.front());
        if (!segment) return segment.error();
        epoch_ = segment->header().epoch;
        return {};
    }

    Outcome<void> seek(std::uint64_t position) {
        wanted_ = std::max<std::uint64_t>(position, 1);
        if (segment_ && last_position_ < wanted_ && segment_->header().first_position <= wanted_) {
            const auto after = std::upper_bound(firsts_.begin(), firsts_.end(), segment_->header().first_position);
            if (after == firsts_.end() || *after > wanted_) return {};  // ahead in the segment we are in
        }
        segment_.reset();
        if (auto listed = list(); !listed) return listed.error();
        if (firsts_.empty()) return {};
        const auto after = std::upper_bound(firsts_.begin(), firsts_.end(), wanted_);
        if (after == firsts_.begin()) return gone(wanted_);
        return enter(*std::prev(after));
    }

    Outcome<std::optional<RecordView>> next() {
        auto found = advance();
        if (!found) segment_.reset();
        return found;
    }

    void limit_to(std::uint64_t position) noexcept { limit_ = position; }
    [[nodiscard]] std::uint64_t epoch() const noexcept { return epoch_; }
    [[nodiscard]] std::uint64_t first_position() const noexcept { return firsts_.empty() ? 0 : firsts_.front(); }
    [[nodiscard]] const JournalTail& tail() const noexcept { return tail_; }
    [[nodiscard]] const std::vector<std::string>& remarks() const noexcept { return remarks_; }
    [[nodiscard]] std::uint64_t segments_read() const noexcept { return segments_read_; }
    [[nodiscard]] std::uint64_t marks_read() const noexcept { return marks_read_; }

private:
    // The journal first, then the archive: a segment that is moved meanwhile is met at least once.
    Outcome<void> list() {
        firsts_.clear();
        if (auto listed = list(directory_); !listed) return listed.error();
        first_not_archived_ = firsts_.empty() ? 0 : *std::min_element(firsts_.begin(), firsts_.end());
        if (auto listed = list(directory_ / archive_name); !listed) return listed.error();
        std::sort(firsts_.begin(), firsts_.end());
        firsts_.erase(std::unique(firsts_.begin(), firsts_.end()), firsts_.end());
        return {};
    }

    Outcome<void> list(const path& directory) {
        auto names = disk_.list(directory);
        if (!names) {
            const bool no_archive = directory != directory_ && names.error() == std::errc::no_such_file_or_directory;
            if (no_archive) return {};
            return disk_fault("read", directory.string(), names.error());
        }
        for (const std::string& name : *names) {
            if (const auto first = first_position_of(name)) firsts_.push_back(*first);
        }
        return {};
    }

    // Wherever it lies. `missing` if it is in neither directory.
    Outcome<SegmentReader> open_segment(std::uint64_t first_position) {
        auto segment = SegmentReader::open(disk_, directory_, first_position);
        if (segment || segment.error().kind != FaultKind::missing) return segment;
        return SegmentReader::open(disk_, directory_ / archive_name, first_position);
    }

    Outcome<void> enter(std::uint64_t first_position) {
        auto segment = open_segment(first_position);
        if (!segment) return segment.error().kind == FaultKind::missing ? gone(first_position) : segment.error();
        if (epoch_ == 0) epoch_ = segment->header().epoch;
        if (segment->header().epoch != epoch_) return of_another_journal(*segment);
        enter(std::move(*segment));
        return {};
    }

    void enter(SegmentReader&& segment) {
        segment_.emplace(std::move(segment));
        offset_ = segment_header_bytes;
        last_position_ = segment_->header().first_position - 1;
        last_crc_ = segment_->header().previous_crc;
        proven_ = segment_->header().birth_end;
        last_record_end_ = offset_;
        fresh_ = suspicious_ = false;
        ++segments_read_;
    }

    Outcome<std::optional<RecordView>> advance() {
        if (!segment_) {
            // Nothing there yet when it was opened, or seek has found nothing.
            if (auto entered = seek(std::max(wanted_, last_position_ + 1)); !entered) return entered.error();
            if (!segment_) return at_end_of_nothing();
        }
        while (last_position_ < limit_) {
            SegmentRecord record;
            const auto read = segment_->read(offset_, last_position_, last_crc_, record);
            if (!read) return read.error();
            if (*read == SegmentReader::Read::record) {
                pass(record);
                if (record.header.kind == RecordKind::mark || last_position_ < wanted_) continue;
                return view_of(record);
            }
            const auto more = find_more();
            if (!more) return more.error();
            if (!*more) break;
        }
        return std::optional<RecordView>();
    }

    static std::optional<RecordView> view_of(const SegmentRecord& record) {
        return RecordView{record.header.position, record.header.stamp_ns, record.header.kind, record.payload};
    }

    void pass(const SegmentRecord& record) {
        offset_ = record.end;
        last_crc_ = record.crc;
        last_position_ = record.header.position;
        proven_ = std::max<std::uint64_t>(proven_, record.header.durable_offset);
        fresh_ = suspicious_ = false;
        if (record.header.kind == RecordKind::mark) {
            ++marks_read_;
        } else {
            last_record_end_ = record.end;
        }
    }

    // The next record is not where it should be. True: try again, from where the reader stands now. False: the
    // journal ends here, for the present.
    Outcome<bool> find_more() {
        if (!fresh_) {
            // The window or the list of segments may be older than what is on the disk: look again before judging.
            segment_->forget();
            if (auto listed = list(); !listed) return listed.error();
            fresh_ = true;
            if (!std::binary_search(firsts_.begin(), firsts_.end(), segment_->header().first_position)) {
                return gone(last_position_ + 1);
            }
            return true;
        }
        const auto rest = segment_->look_behind(offset_, last_position_);
        if (!rest) return rest.error();
        const auto after = std::upper_bound(firsts_.begin(), firsts_.end(), segment_->header().first_position);
        auto found = after == firsts_.end() ? end_of_journal(*rest) : next_segment(*after, *rest);
        if (found || suspicious_ || found.error().kind == FaultKind::disk) return found;
        // A daemon may have written the record, or recycled the segment, between one look and the other. What spoke
        // against it was on the disk before the next look, so a second finding is one.
        suspicious_ = true;
        fresh_ = false;
        return true;
    }

    Outcome<bool> end_of_journal(const SegmentRest& rest) {
        if (offset_ < std::max(proven_, rest.proven_end)) {
            return damage(not_as_written);
        }
        tail_.last_position = last_position_;
        tail_.segment = segment_->name();
        tail_.offset = offset_;
        tail_.last_crc = last_crc_;
        tail_.stray_bytes = rest.stray_end - offset_;
        tail_.proven_end = std::max(proven_, rest.proven_end);
        tail_.proven = last_record_end_ <= tail_.proven_end;
        fresh_ = false;
        return false;
    }

    Outcome<bool> next_segment(std::uint64_t first_position, const SegmentRest& rest) {
        const std::uint64_t expected = last_position_ + 1;
        if (first_position != expected) {
            if (rest.stray_end > offset_ || first_position < expected) {
                return damage(std::string(not_as_written) + " (the next segment begins at position " +
                              std::to_string(first_position) + ")");
            }
            return Fault{FaultKind::missing,
                         records_text(expected, first_position - 1) + " of the journal are missing: " +
                             segment_->place() + " ends before them at offset " +
                             std::to_string(offset_) + ", and the next segment begins at position " +
                             std::to_string(first_position),
                         segment_->name(), offset_, expected};
        }
        auto next = open_segment(first_position);
        if (!next) return next.error().kind == FaultKind::missing ? gone(first_position) : next.error();
        if (next->header().epoch != epoch_) return of_another_journal(*next);
        if (next->header().previous_crc != last_crc_) {
            // Either the mark that ends this segment does not read back, or one of the two is from another time.
            if (rest.stray_end > offset_) return damage("what was written there does not read back as it was written");
            return damage_fault(next->directory(), next->name(), 0, expected,
                                "the segment does not follow from the one before it");
        }
        if (rest.stray_end > offset_) {
            remarks_.push_back(segment_->place() + " has bytes that are not zero after its last "
                               "record, from offset " + std::to_string(offset_) + " to " +
                               std::to_string(rest.stray_end) + ", where nothing was ever written");
        }
        enter(std::move(*next));
        return true;
    }

    [[nodiscard]] Fault damage(const std::string& what) const {
        return damage_fault(segment_->directory(), segment_->name(), offset_, last_position_ + 1, what);
    }
    [[nodiscard]] static Fault of_another_journal(const SegmentReader& segment) {
        return damage_fault(segment.directory(), segment.name(), 0, segment.header().first_position,
                            "the segment belongs to another journal");
    }
    [[nodiscard]] Fault gone(std::uint64_t position) const {
        const std::string begins =
            firsts_.empty() ? "" : ", which begins at record " + std::to_string(firsts_.front());
        return {FaultKind::gone, "record " + std::to_string(position) + " is no longer in the journal in " +
                                     directory_.string() + begins, {}, 0, position};
    }

    Outcome<std::optional<RecordView>> at_end_of_nothing() {
        tail_ = JournalTail{};
        return std::optional<RecordView>();
    }

    Disk& disk_;
    path directory_;
    std::vector<std::uint64_t> firsts_;  // first positions of the segments, sorted
    std::uint64_t first_not_archived_ = 0;  // 0 if there is none
    std::optional<SegmentReader> segment_;
    std::uint64_t epoch_ = 0;
    std::uint64_t offset_ = 0;
    std::uint64_t last_position_ = 0;
    std::uint64_t last_record_end_ = 0;
    std::uint64_t proven_ = 0;   // what lies before this offset of the segment had been synced
    std::uint32_t last_crc_ = 0;
    bool fresh_ = false;         // window and list are newer than the last record
    bool suspicious_ = false;    // damage was found here once
    std::uint64_t wanted_ = 1;
    std::uint64_t limit_ = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t segments_read_ = 0;
    std::uint64_t marks_read_ = 0;
    JournalTail tail_;
    std::vector<std::string> remarks_;
};

JournalReader::JournalReader(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
JournalReader::~JournalReader() = default;

Outcome<std::unique_ptr<JournalReader>> JournalReader::open(Disk& disk, const path& directory) {
    auto impl = std::make_unique<Impl>(disk, directory);
    if (auto opened = impl->open(); !opened) return opened.error();
    return std::unique_ptr<JournalReader>(new JournalReader(std::move(impl)));
}

Outcome<void> JournalReader::seek(std::uint64_t position) { return impl_->seek(position); }
Outcome<std::optional<RecordView>> JournalReader::next() { return impl_->next(); }
void JournalReader::limit_to(std::uint64_t position) noexcept { impl_->limit_to(position); }
std::uint64_t JournalReader::epoch() const noexcept { return impl_->epoch(); }
std::uint64_t JournalReader::first_position() const noexcept { return impl_->first_position(); }
const JournalTail& JournalReader::tail() const noexcept { return impl_->tail(); }
const std::vector<std::string>& JournalReader::remarks() const noexcept { return impl_->remarks(); }
std::uint64_t JournalReader::segments_read() const noexcept { return impl_->segments_read(); }
std::uint64_t JournalReader::marks_read() const noexcept { return impl_->marks_read(); }

}  // namespace tiebreak::daemon
