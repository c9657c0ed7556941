#include "daemon/snapshot_file.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

namespace tiebreak::daemon {

namespace {

// Synced after each, so that a commit in between does not wait for a whole snapshot to reach the disk.
constexpr std::uint64_t paced_bytes = std::uint64_t{4} << 20;
// What is freed at a time.
constexpr std::uint64_t shortened_bytes = std::uint64_t{8} << 20;

// The body's bytes, one part after the other.
class Parts {
public:
    explicit Parts(const Snapshot& snapshot) : parts_{snapshot.engine, snapshot.topics, snapshot.history} {}

    // As many of the next bytes as fit; how many those are.
    std::size_t take(std::span<std::byte> into) {
        std::size_t taken = 0;
        for (std::string_view& part : parts_) {
            const std::size_t count = std::min(part.size(), into.size() - taken);
            if (count == 0) continue;
            std::memcpy(into.data() + taken, part.data(), count);
            part.remove_prefix(count);
            taken += count;
        }
        return taken;
    }

private:
    std::array<std::string_view, 3> parts_;
};

class Writer {
public:
    Writer(Disk& disk, const path& directory, const Snapshot& snapshot)
        : disk_(disk),
          directory_(directory),
          snapshot_(snapshot),
          header_(snapshot.header),
          name_(snapshot_name(header_.position)),
          draft_(directory / (name_ + std::string(snapshot_draft_suffix))) {
        header_.engine_bytes = snapshot.engine.size();
        header_.topics_bytes = snapshot.topics.size();
        header_.history_bytes = snapshot.history.size();
    }

    Outcome<bool> write(std::uint64_t free_bytes_min, const std::function<bool()>& go_on) {
        if (auto made = make_draft(free_bytes_min); !made) return made.error();
        auto written = write_body(go_on);
        if (!written || !*written) return written;
        std::array<std::byte, snapshot_header_bytes> block{};
        write_snapshot_header(header_, block);
        if (const auto error = write_all(*file_, 0, block)) return failed("write", error);
        if (const auto error = file_->sync_data()) return failed("sync", error);
        file_.reset();
        if (const auto error = disk_.rename(draft_, directory_ / name_)) return failed("give its final name to", error);
        if (const auto error = disk_.sync_directory(directory_)) return names_fault((directory_ / name_).string(), error);
        return true;
    }

private:
    Fault failed(const char* attempt, std::error_code error) const { return disk_fault(attempt, draft_.string(), error); }

    Outcome<void> make_draft(std::uint64_t free_bytes_min) {
        const std::uint64_t bytes = snapshot_file_bytes(header_).value_or(UINT64_MAX);
        const auto free = disk_.free_bytes(directory_);
        if (!free) return disk_fault("see how much room is left for", draft_.string(), free.error());
        if (*free < free_bytes_min || *free - free_bytes_min < bytes) {
            return Fault{FaultKind::disk_full, "there is no room for " + draft_.string() + " of " + std::to_string(bytes) +
                                                   " bytes: it would leave less than " + std::to_string(free_bytes_min),
                         {}, 0, 0};
        }
        auto file = disk_.open(draft_, Disk::Open::create);
        if (!file && file.error() == std::errc::file_exists) {
            if (const auto error = disk_.remove(draft_)) return failed("remove", error);
            file = disk_.open(draft_, Disk::Open::create);
        }
        if (!file) return failed("create", file.error());
        file_ = std::move(*file);
        if (const auto error = file_->allocate(bytes)) {
            file_.reset();
            (void)disk_.remove(draft_);  // the room it has taken is the journal's
            return failed("make room for", error);
        }
        return {};
    }

    Outcome<bool> write_body(const std::function<bool()>& go_on) {
        Parts parts(snapshot_);
        std::vector<std::byte> block(snapshot_block_bytes + snapshot_checksum_bytes);
        std::uint64_t offset = snapshot_header_bytes, synced = offset;
        header_.body_crc = snapshot_seed(header_);
        while (const std::size_t count = parts.take(std::span(block).first(snapshot_block_bytes))) {
            if (!go_on()) return false;
            header_.body_crc = crc32c(std::span(block).first(count), header_.body_crc);
            std::memcpy(block.data() + count, &header_.body_crc, sizeof header_.body_crc);
            const auto whole = std::span(block).first(count + sizeof header_.body_crc);
            if (const auto error = write_all(*file_, offset, whole)) return failed("write", error);
            offset += whole.size();
            if (offset - synced < paced_bytes) continue;
            if (const auto error = file_->sync_data()) return failed("sync", error);
            synced = offset;
        }
        return true;
    }

    Disk& disk_;
    const path& directory_;
    const Snapshot& snapshot_;
    SnapshotHeader header_;
    const std::string name_;
    const path draft_;
    std::unique_ptr<DiskFile> file_;
};

class Reader {
public:
    Reader(Disk& disk, const path& directory, std::uint64_t position)
        : disk_(disk), place_((directory / snapshot_name(position)).string()), position_(position) {}

    Outcome<Snapshot> read() {
        auto file = disk_.open(place_, Disk::Open::read);
        if (!file) {
            Fault fault = disk_fault("open", place_, file.error());
            if (file.error() == std::errc::no_such_file_or_directory) fault.kind = FaultKind::missing;
            return fault;
        }
        file_ = std::move(*file);
        Snapshot snapshot;
        if (auto read = read_header(snapshot.header); !read) return read.error();
        if (auto read = read_body(snapshot); !read) return read.error();
        return snapshot;
    }

private:
    Fault damaged(std::uint64_t offset, const std::string& what) const {
        return {FaultKind::damaged, "the snapshot is damaged: " + place_ + ", offset " + std::to_string(offset) + ": " + what,
                snapshot_name(position_), offset, position_};
    }

    Outcome<void> read_header(SnapshotHeader& header) {
        std::array<std::byte, snapshot_header_bytes> block{};
        const auto count = read_all(*file_, 0, block);
        if (!count) return disk_fault("read", place_, count.error());
        if (*count < block.size()) return damaged(0, "the file is shorter than the header of a snapshot");
        switch (read_snapshot_header(block, header)) {
            case HeaderReading::good: break;
            case HeaderReading::damaged: return damaged(0, "the header does not read back as it was written");
            case HeaderReading::not_a_segment: return damaged(0, "the file is no snapshot");
            case HeaderReading::wrong_version:
                return Fault{FaultKind::wrong_version, place_ + " was written by a Tiebreak with another snapshot format than " +
                                                           std::to_string(snapshot_format_version),
                             snapshot_name(position_), 0, position_};
        }
        if (header.position != position_) {
            return damaged(0, "the file holds the snapshot of position " + std::to_string(header.position));
        }
        const auto size = file_->size();
        if (!size) return disk_fault("read", place_, size.error());
        const auto expected = snapshot_file_bytes(header);
        if (!expected || *size != *expected) return damaged(0, "the file has " + std::to_string(*size) + " bytes, not those its header tells of");
        return {};
    }

    Outcome<void> read_body(Snapshot& snapshot) {
        const SnapshotHeader& header = snapshot.header;
        const std::array<std::pair<std::string*, std::uint64_t>, 3> parts{{{&snapshot.engine, header.engine_bytes},
                                                                            {&snapshot.topics, header.topics_bytes},
                                                                            {&snapshot.history, header.history_bytes}}};
        for (const auto& [part, bytes] : parts) part->reserve(static_cast<std::size_t>(bytes));
        std::vector<std::byte> block(snapshot_block_bytes + snapshot_checksum_bytes);
        std::uint64_t offset = snapshot_header_bytes, left = snapshot_body_bytes(header);
        std::uint32_t crc = snapshot_seed(header);
        auto part = parts.begin();
        while (left > 0) {
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, snapshot_block_bytes));
            const auto whole = std::span(block).first(count + snapshot_checksum_bytes);
            const auto got = read_all(*file_, offset, whole);
            if (!got) return disk_fault("read", place_, got.error());
            crc = crc32c(whole.first(count), crc);
            if (*got < whole.size() || std::memcmp(whole.data() + count, &crc, sizeof crc) != 0) {
                return damaged(offset, "the block there does not read back as it was written");
            }
            for (std::size_t at = 0; at < count;) {
                while (part->first->size() == part->second) ++part;
                const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(part->second - part->first->size(), count - at));
                part->first->append(reinterpret_cast<const char*>(block.data()) + at, room);
                at += room;
            }
            offset += whole.size();
            left -= count;
        }
        if (crc != header.body_crc) return damaged(0, "the blocks are not those that its header tells of");
        return {};
    }

    Disk& disk_;
    const std::string place_;
    const std::uint64_t position_;
    std::unique_ptr<DiskFile> file_;
};

}  // namespace

Outcome<std::vector<std::uint64_t>> list_snapshots(Disk& disk, const path& directory) {
    const auto names = disk.list(directory);
    if (!names) return disk_fault("read", directory.string(), names.error());
    std::vector<std::uint64_t> positions;
    for (const std::string& name : *names) {
        if (const auto position = snapshot_position_of(name)) positions.push_back(*position);
    }
    std::sort(positions.rbegin(), positions.rend());
    return positions;
}

Outcome<bool> write_snapshot(Disk& disk, const path& directory, const Snapshot& snapshot, std::uint64_t free_bytes_min,
                             const std::function<bool()>& go_on) {
    return Writer(disk, directory, snapshot).write(free_bytes_min, go_on);
}

Outcome<Snapshot> read_snapshot(Disk& disk, const path& directory, std::uint64_t position) {
    return Reader(disk, directory, position).read();
}

Outcome<void> remove_in_steps(Disk& disk, const path& directory, const std::string& name, const std::function<bool()>& pause) {
    path file = directory / name;
    const auto failed = [&](const char* attempt, std::error_code error) { return disk_fault(attempt, file.string(), error); };
    if (snapshot_position_of(name)) {
        const path old = directory / (name + std::string(snapshot_old_suffix));
        if (const auto error = disk.rename(file, old)) return failed("rename", error);
        if (const auto error = disk.sync_directory(directory)) return names_fault(file.string(), error);
        file = old;
    }
    {
        auto opened = disk.open(file, Disk::Open::read_write);
        if (!opened) return failed("open", opened.error());
        const auto size = (*opened)->size();
        if (!size) return failed("read", size.error());
        for (std::uint64_t left = *size; left > shortened_bytes;) {
            left -= shortened_bytes;
            if (const auto error = (*opened)->shorten(left)) return failed("shorten", error);
            if (!pause()) return {};
        }
    }
    if (const auto error = disk.remove(file)) return failed("remove", error);
    if (const auto error = disk.sync_directory(directory)) return names_fault(file.string(), error);
    return {};
}

}  // namespace tiebreak::daemon
