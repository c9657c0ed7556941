// A disk on which the first failed sync of a directory is final: every later one fails too, on whichever thread.
#pragma once

#include <mutex>

#include "daemon/disk.hpp"

namespace tiebreak::daemon {

// Several threads give names in the journal's directory: the commit thread to segments, the one that prepares to spares, the one of
// the snapshots to those. A sync that fails may lose the names that another of them has given and not synced yet, and that one's
// own sync then says nothing of it. So a failure is remembered, under a lock that is held until the system has answered: whoever has given a
// name before learns of it by his own sync, before he builds anything on that name.
class LatchedDisk final : public Disk {
public:
    // The disk behind must outlive this.
    explicit LatchedDisk(Disk& behind) noexcept : behind_(behind) {}

    [[nodiscard]] Disk& behind() const noexcept { return behind_; }

    DiskResult<std::unique_ptr<DiskFile>> open(const path& file, Open how) override { return behind_.open(file, how); }
    DiskResult<Made> make_directory(const path& directory) override { return behind_.make_directory(directory); }
    DiskResult<std::vector<std::string>> list(const path& directory) override { return behind_.list(directory); }
    std::error_code rename(const path& from, const path& to) override { return behind_.rename(from, to); }
    std::error_code link(const path& from, const path& to) override { return behind_.link(from, to); }
    std::error_code remove(const path& file) override { return behind_.remove(file); }
    std::error_code sync_directory(const path& directory) override {
        const std::scoped_lock lock(mutex_);
        if (!failed_) failed_ = behind_.sync_directory(directory);
        return failed_;
    }
    DiskResult<std::uint64_t> free_bytes(const path& directory) override { return behind_.free_bytes(directory); }
    LockOutcome lock(const path& file) override { return behind_.lock(file); }

private:
    Disk& behind_;
    std::mutex mutex_;
    std::error_code failed_;  // what the first one that failed came to
};

}  // namespace tiebreak::daemon
