#include "daemon/journal_spares.hpp"

#include <algorithm>
#include <utility>

#include "daemon/journal_format.hpp"

namespace tiebreak::daemon {

namespace {

constexpr std::size_t fill_bytes = std::size_t{1} << 20;
// Synced after each while nobody waits for the spare, so that a commit in between does not wait for a whole segment of
// zeros to reach the disk. (64 MiB on a busy virtual disk: 0.2 s so, 0.5 to 1.1 s by the single MiB, 0.07 s in one go.)
constexpr std::uint64_t paced_bytes = std::uint64_t{4} << 20;
// More than these are removed at the start; a journal that is recycled steadily needs no more.
constexpr std::size_t kept_at_start_most = 4;

}  // namespace

SpareSegments::SpareSegments(Disk& disk, path directory, std::uint64_t segment_bytes)
    : disk_(disk), directory_(std::move(directory)), segment_bytes_(segment_bytes) {}

Fault SpareSegments::failed(const char* attempt, const std::string& name, std::error_code error) const {
    return disk_fault(attempt, (directory_ / name).string(), error);
}

Outcome<void> SpareSegments::adopt(const std::vector<std::string>& names) {
    path removed;
    for (const std::string& name : names) {
        const auto number = spare_number(name);
        if (!number) continue;
        next_number_ = std::max(next_number_, *number + 1);
        auto file = disk_.open(directory_ / name, Disk::Open::read_write);
        if (!file) return failed("open", name, file.error());
        const auto size = (*file)->size();
        if (!size) return failed("read", name, size.error());
        // Whatever is in it (an old segment, half the zeros, a commit that a crash kept from getting its name) will be
        // overwritten before it is used.
        if (*size == segment_bytes_ && waiting_.size() < kept_at_start_most) {
            waiting_.push_back(name);
            continue;
        }
        file->reset();
        if (const auto error = disk_.remove(directory_ / name)) return failed("remove", name, error);
        removed = directory_ / name;
    }
    if (!removed.empty()) {
        if (const auto error = disk_.sync_directory(directory_)) return names_fault(removed.string(), error);
    }
    return {};
}

std::string SpareSegments::new_name() {
    const std::scoped_lock lock(lists_);
    return spare_name(next_number_++);
}

void SpareSegments::add(std::string name) {
    const std::scoped_lock lock(lists_);
    waiting_.push_back(std::move(name));
}

std::size_t SpareSegments::ready() const {
    const std::scoped_lock lock(lists_);
    return ready_.size();
}

std::optional<SpareSegment> SpareSegments::take() {
    const std::scoped_lock lock(lists_);
    if (ready_.empty()) return std::nullopt;
    SpareSegment spare = std::move(ready_.front());
    ready_.pop_front();
    return spare;
}

std::optional<std::string> SpareSegments::next_waiting() {
    const std::scoped_lock lock(lists_);
    if (waiting_.empty()) return std::nullopt;
    std::string name = std::move(waiting_.front());
    waiting_.pop_front();
    return name;
}

Outcome<SpareSegment> SpareSegments::take_or_prepare() {
    auto spare = take();
    if (spare) return std::move(*spare);
    hurry_.store(true, std::memory_order_relaxed);
    const auto prepared = prepare();
    hurry_.store(false, std::memory_order_relaxed);
    if (!prepared) return prepared.error();
    spare = take();
    if (!spare) return Fault{FaultKind::disk, "no segment was prepared: the journal is being closed", {}, 0, 0};
    return std::move(*spare);
}

Outcome<void> SpareSegments::prepare() {
    const std::scoped_lock one_at_a_time(preparing_);
    if (ready() > 0 || stop_.load(std::memory_order_relaxed)) return {};
    const auto waiting = next_waiting();
    const std::string name = waiting ? *waiting : new_name();
    auto file = disk_.open(directory_ / name, waiting ? Disk::Open::read_write : Disk::Open::create);
    if (!file) return failed(waiting ? "open" : "create", name, file.error());
    const auto filled = fill_with_zeros(**file, name);
    if (!filled || !*filled) {
        add(name);  // begins again once there is room
        if (!filled) return filled.error();
        return {};
    }
    // Its first commit would see to that too, and wait longer for it.
    if (const auto error = disk_.sync_directory(directory_)) return names_fault((directory_ / name).string(), error);
    const std::scoped_lock lock(lists_);
    ready_.push_back({std::move(*file), name});
    return {};
}

Outcome<bool> SpareSegments::fill_with_zeros(DiskFile& file, const std::string& name) {
    if (const auto error = file.allocate(segment_bytes_)) return failed("make room for", name, error);
    const std::vector<std::byte> zeros(static_cast<std::size_t>(std::min<std::uint64_t>(fill_bytes, segment_bytes_)));
    for (std::uint64_t at = 0; at < segment_bytes_; at += zeros.size()) {
        if (stop_.load(std::memory_order_relaxed)) return false;
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(zeros.size(), segment_bytes_ - at));
        if (const auto error = write_all(file, at, std::span(zeros).first(count))) return failed("write", name, error);
        const bool at_end = at + count == segment_bytes_;
        const bool at_pace = (at + count) % paced_bytes == 0 && !hurry_.load(std::memory_order_relaxed);
        if (!at_end && !at_pace) continue;
        if (const auto error = file.sync_data()) return failed("sync", name, error);
    }
    return true;
}

}  // namespace tiebreak::daemon
