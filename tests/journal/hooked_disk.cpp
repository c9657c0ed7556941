#include "tests/journal/hooked_disk.hpp"

#include <utility>

namespace tiebreak::tests {

using daemon::DiskFile;
using daemon::DiskResult;
using daemon::path;

namespace {

class HookedFile final : public DiskFile {
public:
    HookedFile(HookedDisk& disk, std::unique_ptr<DiskFile> behind) : disk_(disk), behind_(std::move(behind)) {}

    DiskResult<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
        return disk_.hooked([&] { return behind_->read_at(offset, into); });
    }
    DiskResult<std::size_t> write_at(std::uint64_t offset, std::span<const std::byte> from) override {
        return disk_.hooked([&] { return behind_->write_at(offset, from); });
    }
    std::error_code sync_data() override {
        return disk_.hooked([&] { return disk_.lies ? std::error_code{} : behind_->sync_data(); });
    }
    std::error_code allocate(std::uint64_t bytes) override {
        return disk_.hooked([&] { return behind_->allocate(bytes); });
    }
    DiskResult<std::uint64_t> size() override {
        return disk_.hooked([&] { return behind_->size(); });
    }
    std::error_code shorten(std::uint64_t bytes) override {
        return disk_.hooked([&] { return behind_->shorten(bytes); });
    }

private:
    HookedDisk& disk_;
    std::unique_ptr<DiskFile> behind_;
};

}  // namespace

DiskResult<std::unique_ptr<DiskFile>> HookedDisk::open(const path& file, Open how) {
    auto opened = hooked([&] { return behind_.open(file, how); });
    if (!opened) return opened;
    return std::unique_ptr<DiskFile>(std::make_unique<HookedFile>(*this, std::move(*opened)));
}

DiskResult<daemon::Disk::Made> HookedDisk::make_directory(const path& directory) {
    if (making_directory) making_directory(directory);
    return hooked([&] { return behind_.make_directory(directory); });
}

DiskResult<std::vector<std::string>> HookedDisk::list(const path& directory) {
    if (refusal) {
        if (const auto error = refusal(Call::list, directory)) return error;
    }
    return hooked([&] { return behind_.list(directory); });
}

std::error_code HookedDisk::rename(const path& from, const path& to) {
    if (renaming) renaming(from);
    return hooked([&] { return behind_.rename(from, to); });
}

std::error_code HookedDisk::link(const path& from, const path& to) {
    return hooked([&] { return behind_.link(from, to); });
}

std::error_code HookedDisk::remove(const path& file) {
    if (refusal) {
        if (const auto error = refusal(Call::remove, file)) return error;
    }
    return hooked([&] { return behind_.remove(file); });
}

std::error_code HookedDisk::sync_directory(const path& directory) {
    if (syncing_directory) syncing_directory(directory);
    if (refusal) {
        if (const auto error = refusal(Call::sync_directory, directory)) return error;
    }
    return hooked([&] { return behind_.sync_directory(directory); });
}

DiskResult<std::uint64_t> HookedDisk::free_bytes(const path& directory) {
    return hooked([&] { return behind_.free_bytes(directory); });
}

daemon::LockOutcome HookedDisk::lock(const path& file) {
    return hooked([&] { return behind_.lock(file); });
}

}  // namespace tiebreak::tests
