#include "daemon/journal.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "daemon/journal_impl.hpp"

namespace tiebreak::daemon {

namespace {

std::optional<Fault> check(const JournalOptions& options) {
    const auto bad = [](std::string sentence) { return Fault{FaultKind::bad_option, std::move(sentence), {}, 0, 0}; };
    const std::uint64_t record = record_bytes(options.payload_bytes_max);
    const std::uint64_t least = segment_header_bytes + record + record_bytes(0);
    if (options.segment_bytes < least || options.segment_bytes > segment_bytes_most ||
        options.segment_bytes % segment_header_bytes != 0) {
        return bad("a journal segment must be a multiple of " + std::to_string(segment_header_bytes) + " bytes, from " +
                   std::to_string(least) + " (the longest record must fit) to " + std::to_string(segment_bytes_most) +
                   ", not " + std::to_string(options.segment_bytes));
    }
    if (options.buffer_bytes_max < record) {
        return bad("the journal's buffer must have room for the longest record, " + std::to_string(record) +
                   " bytes, not " + std::to_string(options.buffer_bytes_max));
    }
    return std::nullopt;
}

class Cursor final : public JournalCursor {
public:
    explicit Cursor(Journal::Impl& journal) : journal_(journal) {}

    Outcome<JournalBatch> read_from(std::uint64_t position, std::size_t bytes_max) override {
        JournalBatch batch;
        position = std::max<std::uint64_t>(position, 1);
        batch.last_position = position - 1;
        const std::uint64_t durable = journal_.durable_position_.load(std::memory_order_acquire);
        batch.end = durable < position;
        if (batch.end) return batch;
        if (auto ready = go_to(position); !ready) return ready.error();
        reader_->limit_to(durable);
        while (batch.bytes.size() < bytes_max || batch.entries.empty()) {
            const auto record = reader_->next();
            if (!record) return fail(record.error());
            if (!*record) break;
            batch.add(**record);
        }
        next_position_ = batch.last_position + 1;
        batch.end = batch.last_position >= durable;
        return batch;
    }

private:
    Outcome<void> go_to(std::uint64_t position) {
        if (!reader_) {
            auto reader = JournalReader::open(journal_.disk_, journal_.directory_);
            if (!reader) return reader.error();
            reader_ = std::move(*reader);
            next_position_ = 0;
        }
        if (next_position_ == position) return {};
        if (auto sought = reader_->seek(position); !sought) return fail(sought.error());
        return {};
    }

    Fault fail(const Fault& fault) {
        reader_.reset();
        return fault;
    }

    Journal::Impl& journal_;
    std::unique_ptr<JournalReader> reader_;
    std::uint64_t next_position_ = 0;  // where the reader stands, 0 if nowhere
};

}  // namespace

void JournalBatch::add(const RecordView& record) {
    const std::size_t offset = bytes.size();
    entries.push_back({record.position, record.stamp_ns, record.kind, offset, record.payload.size()});
    bytes.insert(bytes.end(), record.payload.begin(), record.payload.end());
    bytes.resize((bytes.size() + 7) & ~std::size_t{7});
    last_position = record.position;
}

Journal::Impl::Impl(Disk& disk, path directory, JournalOptions options)
    : disk_(disk),
      directory_(std::move(directory)),
      options_(std::move(options)),
      spares_(disk_, directory_, options_.segment_bytes) {}

Outcome<void> Journal::Impl::lock() {
    const path file = directory_ / lock_name;
    LockOutcome outcome = disk_.lock(file);
    if (outcome.error) return disk_fault("lock", file.string(), outcome.error);
    if (!outcome.lock) {
        const std::string who = outcome.holder_pid != 0 ? " (pid " + std::to_string(outcome.holder_pid) + ")" : "";
        return Fault{FaultKind::in_use, "another process" + who + " is using the journal in " + directory_.string() +
                                            ": two on the same data would lose offers", {}, 0, 0};
    }
    lock_ = std::move(outcome.lock);
    return {};
}

Outcome<void> Journal::Impl::open() {
    if (const auto fault = check(options_)) return *fault;
    // Of the directories above this one a failure means nothing for the names in it.
    if (const auto error = make_directories(disk_.behind(), directory_)) {
        return disk_fault("make the directory", directory_.string(), error);
    }
    if (auto locked = lock(); !locked) return locked.error();
    auto names = disk_.list(directory_);
    if (!names) return disk_fault("read", directory_.string(), names.error());
    names_ = std::move(*names);
    std::vector<std::uint64_t> first_positions;
    for (const std::string& name : names_) {
        if (const auto first = first_position_of(name)) first_positions.push_back(*first);
    }
    std::sort(first_positions.begin(), first_positions.end());
    segments_.set(first_positions);
    const std::uint64_t needed = options_.first_position_needed;
    if (needed != 0 && (first_positions.empty() ? needed > 1 : first_positions.front() > needed)) {
        const std::string begins = first_positions.empty()
                                       ? "holds no record at all"
                                       : "begins at record " + std::to_string(first_positions.front());
        return Fault{FaultKind::missing, "the journal in " + directory_.string() + " " + begins + ", but record " +
                                             std::to_string(needed) + " and what follows it is needed", {}, 0, needed};
    }
    return find_end();
}

Outcome<void> Journal::Impl::find_end() {
    if (segments_.count() == 0) {
        while (epoch_ == 0) epoch_ = random_number(options_);
        return {};
    }
    auto reader = JournalReader::open(disk_, directory_);
    if (!reader) return reader.error();
    epoch_ = (*reader)->epoch();
    std::uint64_t last_segment = 0;
    for (const std::string& name : names_) last_segment = std::max(last_segment, first_position_of(name).value_or(0));
    if (auto sought = (*reader)->seek(last_segment); !sought) return sought.error();
    while (true) {
        const auto record = (*reader)->next();
        if (!record) return record.error();
        if (!*record) break;
    }
    tail_ = (*reader)->tail();
    if (tail_.stray_bytes > 0) {
        remarks_.push_back((directory_ / tail_.segment).string() + " ends in " + std::to_string(tail_.stray_bytes) +
                           " bytes of a commit that was cut short, after position " +
                           std::to_string(tail_.last_position) + " at offset " + std::to_string(tail_.offset) +
                           ": nothing shows that it was ever acknowledged, so it is dropped");
    }
    durable_position_.store(tail_.last_position, std::memory_order_release);
    return {};
}

Outcome<void> Journal::Impl::begin_writing() {
    if (auto adopted = spares_.adopt(names_); !adopted) return adopted.error();
    if (auto looked = look_for_room(false); !looked) return looked.error();
    writer_ = std::make_unique<JournalWriter>(disk_, directory_, options_, epoch_, spares_, segments_);
    return writer_->resume(tail_);
}

Outcome<void> Journal::Impl::prepare_spare() {
    auto prepared = spares_.prepare();
    const bool full = !prepared && prepared.error().kind == FaultKind::disk_full;
    if (auto looked = look_for_room(full); !looked) return looked.error();
    return prepared;
}

Outcome<void> Journal::Impl::look_for_room(bool known_full) {
    const auto free = disk_.free_bytes(directory_);
    if (!free) return disk_fault("see how much room is left for", directory_.string(), free.error());
    disk_free_bytes_.store(*free, std::memory_order_relaxed);
    disk_low_.store(known_full || *free < options_.disk_free_bytes_min, std::memory_order_relaxed);
    return {};
}

Outcome<std::uint64_t> Journal::Impl::recycle_before(std::uint64_t position) {
    const std::scoped_lock one_at_a_time(recycling_);
    std::uint64_t recycled = 0;
    while (const auto first = segments_.oldest_before(position)) {
        const std::string name = spares_.new_name();
        if (const auto error = disk_.rename(directory_ / segment_name(*first), directory_ / name)) {
            return disk_fault("rename", (directory_ / segment_name(*first)).string(), error);
        }
        // Before anything is written into it, and before the next one goes: so what is left is always an unbroken
        // end of the journal, whatever a crash makes of the names.
        if (const auto error = disk_.sync_directory(directory_)) return names_fault((directory_ / name).string(), error);
        segments_.remove_oldest();
        spares_.add(name);
        segments_recycled_.fetch_add(1, std::memory_order_relaxed);
        ++recycled;
    }
    return recycled;
}

Outcome<Journal::Archived> Journal::Impl::archive_before(std::uint64_t position) {
    const std::scoped_lock one_at_a_time(recycling_);
    Journal::Archived archived;
    while (const auto first = segments_.oldest_before(position)) {
        auto obstacle = archive(*first);
        if (!obstacle) return obstacle.error();
        archived.obstacle = std::move(*obstacle);
        if (archived.obstacle) break;
        segments_.remove_oldest();
        segments_archived_.fetch_add(1, std::memory_order_relaxed);
        ++archived.segments;
    }
    return archived;
}

// A name in the archive, synced; only then the other one goes. A rename would do both at once, and a file system that makes the old
// directory durable before the new one would lose the segment to a power cut in between.
Outcome<std::optional<std::string>> Journal::Impl::archive(std::uint64_t first_position) {
    const path archive = directory_ / archive_name;
    const path from = directory_ / segment_name(first_position);
    const path to = archive / segment_name(first_position);
    const auto obstacle = [&](const std::string& what) {
        return std::optional<std::string>("cannot move " + from.string() + " to " + archive.string() + ": " + what);
    };
    const auto made = disk_.make_directory(archive);
    if (!made) return obstacle(made.error().message());
    if (*made == Disk::Made::now || !archive_is_durable_) {
        if (const auto error = disk_.sync_directory(directory_)) return names_fault(archive.string(), error);
        archive_is_durable_ = true;
    }
    if (const auto error = disk_.link(from, to)) {
        if (error != std::errc::file_exists) return obstacle(error.message());
        // A crash came between the two names, then it is this very segment.
        const auto same = same_segment(from, to);
        if (!same) return same.error();
        if (!*same) return obstacle("another file has that name there");
    }
    if (const auto error = disk_.sync_directory(archive)) return names_fault(to.string(), error);
    if (const auto error = disk_.remove(from)) return disk_fault("remove the old name of", to.string(), error);
    if (const auto error = disk_.sync_directory(directory_)) return names_fault(from.string(), error);
    return std::optional<std::string>();
}

// By their headers, in which each segment has a random number of its own.
Outcome<bool> Journal::Impl::same_segment(const path& one, const path& other) {
    std::array<std::array<std::byte, segment_header_bytes>, 2> headers{};
    for (std::size_t i = 0; i < 2; ++i) {
        const path& name = i == 0 ? one : other;
        auto file = disk_.open(name, Disk::Open::read);
        if (!file) return disk_fault("open", name.string(), file.error());
        const auto count = daemon::read_all(**file, 0, headers[i]);
        if (!count) return disk_fault("read", name.string(), count.error());
        if (*count < headers[i].size()) return false;
    }
    return headers[0] == headers[1];
}

JournalCounters Journal::Impl::counters() const {
    JournalCounters counters;
    counters.segments = segments_.count();
    counters.segments_spare = spares_.ready();
    counters.segments_recycled = segments_recycled_.load(std::memory_order_relaxed);
    counters.segments_archived = segments_archived_.load(std::memory_order_relaxed);
    counters.segments_late = writer_ ? writer_->segments_late() : 0;
    counters.disk_free_bytes = disk_free_bytes_.load(std::memory_order_relaxed);
    counters.disk_low = disk_low_.load(std::memory_order_relaxed);
    return counters;
}

Journal::Journal(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Journal::~Journal() = default;

Outcome<std::unique_ptr<Journal>> Journal::open(Disk& disk, const path& directory, JournalOptions options) {
    auto impl = std::make_unique<Impl>(disk, directory, std::move(options));
    if (auto opened = impl->open(); !opened) return opened.error();
    return std::unique_ptr<Journal>(new Journal(std::move(impl)));
}

std::uint64_t Journal::epoch() const noexcept { return impl_->epoch_; }
bool Journal::is_new() const noexcept { return last_position() == 0; }
std::uint64_t Journal::first_position() const noexcept { return impl_->segments_.first_position(); }
std::uint64_t Journal::last_position() const noexcept {
    return impl_->durable_position_.load(std::memory_order_acquire);
}
const std::vector<std::string>& Journal::remarks() const noexcept { return impl_->remarks_; }
const JournalOptions& Journal::options() const noexcept { return impl_->options_; }
Disk& Journal::disk() const noexcept { return impl_->disk_; }
const path& Journal::directory() const noexcept { return impl_->directory_; }

Outcome<JournalSummary> Journal::read_all(const OnRecord& on_record, std::uint64_t from_position) {
    JournalSummary summary;
    auto reader = JournalReader::open(impl_->disk_, impl_->directory_);
    if (!reader) return reader.error();
    (*reader)->limit_to(last_position());
    if (auto sought = (*reader)->seek(from_position); !sought) return sought.error();
    while (true) {
        const auto record = (*reader)->next();
        if (!record) return record.error();
        if (!*record) break;
        if (summary.records++ == 0) summary.first_position = (*record)->position;
        summary.last_position = (*record)->position;
        summary.payload_bytes += (*record)->payload.size();
        if (!on_record(**record)) break;
    }
    summary.segments = (*reader)->segments_read();
    impl_->remarks_.insert(impl_->remarks_.end(), (*reader)->remarks().begin(), (*reader)->remarks().end());
    return summary;
}

std::unique_ptr<JournalCursor> Journal::cursor() { return std::make_unique<Cursor>(*impl_); }
Outcome<std::uint64_t> Journal::recycle_before(std::uint64_t position) { return impl_->recycle_before(position); }
Outcome<Journal::Archived> Journal::archive_before(std::uint64_t position) { return impl_->archive_before(position); }
JournalCounters Journal::counters() const { return impl_->counters(); }

Journal::Sealed Journal::sealed_after(std::uint64_t position) const {
    const SegmentList::Sealed sealed = impl_->segments_.sealed_after(position);
    return {sealed.segments, sealed.segments * impl_->options_.segment_bytes, sealed.last_position};
}

}  // namespace tiebreak::daemon
