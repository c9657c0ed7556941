#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "daemon/descriptors.hpp"
#include "daemon/disk.hpp"

namespace tiebreak::daemon {

namespace {

std::error_code last_error() noexcept { return {errno, std::generic_category()}; }

class Descriptor {
public:
    explicit Descriptor(int number) noexcept : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const noexcept { return number_; }

private:
    int number_;
};

template <class Call>
auto again_if_interrupted(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
}

class RealFile final : public DiskFile {
public:
    explicit RealFile(int number) noexcept : file_(number) {}

    DiskResult<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
        const auto count = again_if_interrupted(
            [&] { return ::pread(file_.number(), into.data(), into.size(), static_cast<off_t>(offset)); });
        if (count < 0) return last_error();
        return static_cast<std::size_t>(count);
    }

    DiskResult<std::size_t> write_at(std::uint64_t offset, std::span<const std::byte> from) override {
        const auto count = again_if_interrupted(
            [&] { return ::pwrite(file_.number(), from.data(), from.size(), static_cast<off_t>(offset)); });
        if (count < 0) return last_error();
        return static_cast<std::size_t>(count);
    }

    std::error_code sync_data() override {
        return ::fdatasync(file_.number()) == 0 ? std::error_code{} : last_error();
    }

    std::error_code allocate(std::uint64_t bytes) override {
        const auto length = static_cast<off_t>(bytes);
        if (again_if_interrupted([&] { return ::fallocate(file_.number(), 0, 0, length); }) == 0) return {};
        if (errno != EOPNOTSUPP) return last_error();
        // The zeros written next take the room instead.
        return ::ftruncate(file_.number(), length) == 0 ? std::error_code{} : last_error();
    }

    DiskResult<std::uint64_t> size() override {
        struct stat status {};
        if (::fstat(file_.number(), &status) != 0) return last_error();
        return static_cast<std::uint64_t>(status.st_size);
    }

    std::error_code shorten(std::uint64_t bytes) override {
        const auto length = static_cast<off_t>(bytes);
        return again_if_interrupted([&] { return ::ftruncate(file_.number(), length); }) == 0 ? std::error_code{} : last_error();
    }

private:
    Descriptor file_;
};

class RealLock final : public DiskLock {
public:
    explicit RealLock(std::unique_ptr<Descriptor> file) noexcept : file_(std::move(file)) {}

private:
    std::unique_ptr<Descriptor> file_;
};

int open_number(const path& file, int flags) {
    return with_reserve([&] { return again_if_interrupted([&] { return ::open(file.c_str(), flags | O_CLOEXEC, 0640); }); });
}

std::error_code sync_directory_at(const path& directory) {
    const Descriptor file(open_number(directory, O_RDONLY | O_DIRECTORY));
    if (file.number() < 0) return last_error();
    return ::fsync(file.number()) == 0 ? std::error_code{} : last_error();
}

// All of it, at the file's beginning; the system may take it in pieces.
std::error_code write_whole(const Descriptor& file, std::string_view text) {
    for (std::size_t done = 0; done < text.size();) {
        const auto count = again_if_interrupted(
            [&] { return ::pwrite(file.number(), text.data() + done, text.size() - done, static_cast<off_t>(done)); });
        if (count < 0) return last_error();
        if (count == 0) return std::make_error_code(std::errc::io_error);
        done += static_cast<std::size_t>(count);
    }
    return {};
}

std::uint64_t pid_in(const Descriptor& file) {
    std::array<char, 24> text{};
    const auto count = ::pread(file.number(), text.data(), text.size(), 0);
    std::uint64_t pid = 0;
    if (count > 0) std::from_chars(text.data(), text.data() + count, pid);
    return pid;
}

class RealDisk final : public Disk {
public:
    DiskResult<std::unique_ptr<DiskFile>> open(const path& file, Open how) override {
        const int access = how == Open::read ? O_RDONLY : O_RDWR;
        const int number = open_number(file, access | (how == Open::create ? O_CREAT | O_EXCL : 0));
        if (number < 0) return last_error();
        return std::unique_ptr<DiskFile>(std::make_unique<RealFile>(number));
    }

    DiskResult<Made> make_directory(const path& directory) override {
        if (::mkdir(directory.c_str(), 0750) == 0) return Made::now;
        if (errno != EEXIST) return last_error();
        struct stat status {};
        if (::stat(directory.c_str(), &status) != 0) return last_error();
        if (!S_ISDIR(status.st_mode)) return std::make_error_code(std::errc::not_a_directory);
        return Made::before;
    }

    DiskResult<std::vector<std::string>> list(const path& directory) override {
        std::error_code error;
        std::vector<std::string> names;
        std::filesystem::directory_iterator entry;
        with_reserve([&] {
            entry = std::filesystem::directory_iterator(directory, error);
            errno = error.value();
            return error ? -1 : 0;
        });
        for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
            names.push_back(entry->path().filename().string());
        }
        if (error) return std::error_code(error.value(), std::generic_category());
        std::sort(names.begin(), names.end());
        return names;
    }

    std::error_code rename(const path& from, const path& to) override {
        if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
        if (errno != EINVAL && errno != ENOSYS) return last_error();  // a file system that lacks the flag
        return ::rename(from.c_str(), to.c_str()) == 0 ? std::error_code{} : last_error();
    }

    std::error_code link(const path& from, const path& to) override {
        return ::link(from.c_str(), to.c_str()) == 0 ? std::error_code{} : last_error();
    }

    std::error_code remove(const path& file) override {
        return ::unlink(file.c_str()) == 0 ? std::error_code{} : last_error();
    }

    std::error_code sync_directory(const path& directory) override { return sync_directory_at(directory); }

    DiskResult<std::uint64_t> free_bytes(const path& directory) override {
        struct statvfs status {};
        if (again_if_interrupted([&] { return ::statvfs(directory.c_str(), &status); }) != 0) return last_error();
        return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
    }

    LockOutcome lock(const path& name) override {
        auto file = std::make_unique<Descriptor>(open_number(name, O_RDWR | O_CREAT));
        if (file->number() < 0) return {nullptr, 0, last_error()};
        if (again_if_interrupted([&] { return ::flock(file->number(), LOCK_EX | LOCK_NB); }) != 0) {
            if (errno != EWOULDBLOCK) return {nullptr, 0, last_error()};
            return {nullptr, pid_in(*file), {}};
        }
        // The lock is the promise; the pid is a courtesy to whoever is refused.
        if (::ftruncate(file->number(), 0) != 0) return {nullptr, 0, last_error()};
        if (const auto error = write_whole(*file, std::to_string(::getpid()) + "\n")) return {nullptr, 0, error};
        return {std::make_unique<RealLock>(std::move(file)), 0, {}};
    }
};

}  // namespace

Disk& real_disk() noexcept {
    static RealDisk disk;
    return disk;
}

}  // namespace tiebreak::daemon
