#include "daemon/disk.hpp"

#include <cstddef>

namespace tiebreak::daemon {

namespace {

path directory_of(const path& name) { return name.has_parent_path() ? name.parent_path() : path("."); }
bool is_top(const path& directory) { return !directory.has_parent_path() || directory.parent_path() == directory; }

// How many of them had to be made, from the last one up.
DiskResult<std::size_t> make_missing(Disk& disk, const path& directory) {
    auto made = disk.make_directory(directory);
    std::size_t count = 0;
    if (!made && made.error() == std::errc::no_such_file_or_directory && !is_top(directory)) {
        const auto above = make_missing(disk, directory.parent_path());
        if (!above) return above.error();
        count = *above;
        made = disk.make_directory(directory);
    }
    if (!made) return made.error();
    return count + (*made == Disk::Made::now ? 1 : 0);
}

// A directory that was there before us may be in one that we may not read, or that can't be synced: whoever gave it has seen to its name.
bool is_not_ours(std::error_code error) {
    return error == std::errc::permission_denied || error == std::errc::operation_not_permitted || error == std::errc::invalid_argument ||
           error == std::errc::not_supported;
}

}  // namespace

std::error_code make_directories(Disk& disk, const path& directory) {
    if (!directory.has_filename() && directory.has_relative_path()) return make_directories(disk, directory.parent_path());
    const auto made = make_missing(disk, directory);
    if (!made) return made.error();
    // All the way up: who made those that were there may not have come to that.
    std::size_t level = 0;
    for (path name = directory; !name.empty() && name != name.root_path(); name = name.parent_path()) {
        const auto error = disk.sync_directory(directory_of(name));
        const bool is_new = level++ < *made;
        if (error && (is_new || !is_not_ours(error))) return error;
    }
    return {};
}

DiskResult<std::size_t> read_all(DiskFile& file, std::uint64_t offset, std::span<std::byte> into) {
    std::size_t done = 0;
    while (done < into.size()) {
        const auto part = file.read_at(offset + done, into.subspan(done));
        if (!part) return part.error();
        if (*part == 0) break;
        done += *part;
    }
    return done;
}

std::error_code write_all(DiskFile& file, std::uint64_t offset, std::span<const std::byte> from) {
    std::size_t done = 0;
    while (done < from.size()) {
        const auto part = file.write_at(offset + done, from.subspan(done));
        if (!part) return part.error();
        // A write that takes nothing and gives no error would be tried for ever.
        if (*part == 0) return std::make_error_code(std::errc::io_error);
        done += *part;
    }
    return {};
}

}  // namespace tiebreak::daemon
