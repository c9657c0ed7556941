#include "daemon/disk.hpp"

namespace tiebreak::daemon {

std::error_code make_directories(Disk& disk, const path& directory) {
    if (!directory.has_filename() && directory.has_relative_path()) return make_directories(disk, directory.parent_path());
    const bool has_parent = directory.has_parent_path() && directory.parent_path() != directory;
    auto made = disk.make_directory(directory);
    if (!made && made.error() == std::errc::no_such_file_or_directory && has_parent) {
        if (const auto error = make_directories(disk, directory.parent_path())) return error;
        made = disk.make_directory(directory);
    }
    if (!made) return made.error();
    const auto error = disk.sync_directory(directory.has_parent_path() ? directory.parent_path() : path("."));
    // A directory that was given to us, in one that we may not read: whoever gave it has seen to its name.
    if (*made == Disk::Made::before && error == std::errc::permission_denied) return {};
    return error;
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
