#include "daemon/disk.hpp"

namespace tiebreak::daemon {

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
