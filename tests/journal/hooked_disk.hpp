// A disk with a moment before and after each call, in which other threads run, or the process ends.
#pragma once

#include <cstdint>
#include <functional>
#include <system_error>

#include "daemon/disk.hpp"

namespace tiebreak::tests {

class HookedDisk final : public daemon::Disk {
public:
    enum class Call : std::uint8_t { list, remove, sync_directory };

    // The disk behind must outlive this.
    explicit HookedDisk(daemon::Disk& behind) noexcept : behind_(behind) {}

    std::function<void()> before;
    std::function<void()> after;
    std::function<void(const daemon::path& from)> renaming;
    std::function<void(const daemon::path& directory)> making_directory;
    std::function<void(const daemon::path& directory)> syncing_directory;
    // Asked before a list, a remove or a sync of a directory: what it fails with, if it is to.
    std::function<std::error_code(Call, const daemon::path&)> refusal;
    bool lies = false;  // says that it has synced, and has not

    daemon::DiskResult<std::unique_ptr<daemon::DiskFile>> open(const daemon::path& file, Open how) override;
    daemon::DiskResult<Made> make_directory(const daemon::path& directory) override;
    daemon::DiskResult<std::vector<std::string>> list(const daemon::path& directory) override;
    std::error_code rename(const daemon::path& from, const daemon::path& to) override;
    std::error_code link(const daemon::path& from, const daemon::path& to) override;
    std::error_code remove(const daemon::path& file) override;
    std::error_code sync_directory(const daemon::path& directory) override;
    daemon::DiskResult<std::uint64_t> free_bytes(const daemon::path& directory) override;
    daemon::LockOutcome lock(const daemon::path& file) override;

    template <typename Call>
    auto hooked(Call&& call) {
        if (before) before();
        auto result = call();
        if (after) after();
        return result;
    }

private:
    daemon::Disk& behind_;
};

}  // namespace tiebreak::tests
