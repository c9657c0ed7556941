// As much of a disk as readers of journals and snapshots need, in memory. One thread.
#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "daemon/disk.hpp"

namespace tiebreak::fuzz {

using Bytes = std::vector<std::byte>;

class MemoryDisk final : public daemon::Disk {
public:
    std::map<daemon::path, Bytes> files;
    std::uint64_t bytes_read = 0;

    daemon::DiskResult<std::unique_ptr<daemon::DiskFile>> open(const daemon::path& file, Open how) override {
        if (how != Open::create && !files.contains(file)) return std::make_error_code(std::errc::no_such_file_or_directory);
        return std::unique_ptr<daemon::DiskFile>(std::make_unique<File>(files[file], bytes_read));
    }
    daemon::DiskResult<std::vector<std::string>> list(const daemon::path& directory) override {
        std::vector<std::string> names;
        for (const auto& [file, bytes] : files)
            if (file.parent_path() == directory) names.push_back(file.filename().string());
        return names;
    }
    std::error_code rename(const daemon::path& from, const daemon::path& to) override {
        files[to] = std::move(files[from]);
        files.erase(from);
        return {};
    }
    std::error_code remove(const daemon::path& file) override { return files.erase(file), std::error_code{}; }
    daemon::DiskResult<Made> make_directory(const daemon::path&) override { return Made::now; }
    std::error_code link(const daemon::path&, const daemon::path&) override { return {}; }
    std::error_code sync_directory(const daemon::path&) override { return {}; }
    daemon::DiskResult<std::uint64_t> free_bytes(const daemon::path&) override { return UINT64_MAX; }
    daemon::LockOutcome lock(const daemon::path&) override { return {}; }

private:
    class File final : public daemon::DiskFile {
    public:
        File(Bytes& bytes, std::uint64_t& bytes_read) : bytes_(bytes), bytes_read_(bytes_read) {}
        daemon::DiskResult<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
            const std::size_t count = offset < bytes_.size() ? std::min(bytes_.size() - offset, into.size()) : 0;
            if (count != 0) std::memcpy(into.data(), bytes_.data() + offset, count);
            bytes_read_ += count;
            return count;
        }
        daemon::DiskResult<std::size_t> write_at(std::uint64_t offset, std::span<const std::byte> from) override {
            bytes_.resize(std::max<std::size_t>(bytes_.size(), offset + from.size()));
            std::ranges::copy(from, bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
            return from.size();
        }
        std::error_code sync_data() override { return {}; }
        std::error_code allocate(std::uint64_t bytes) override { return bytes_.resize(bytes), std::error_code{}; }
        daemon::DiskResult<std::uint64_t> size() override { return std::uint64_t{bytes_.size()}; }
        std::error_code shorten(std::uint64_t bytes) override { return bytes_.resize(bytes), std::error_code{}; }

    private:
        Bytes& bytes_;
        std::uint64_t& bytes_read_;
    };
};

inline const daemon::path data_directory = "data";

}  // namespace tiebreak::fuzz
