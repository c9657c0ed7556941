#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include <boost/system/result.hpp>

namespace tiebreak::daemon {

using std::filesystem::path;

// What a call on the disk came to: a value, or the errno in std::generic_category.
template <class T>
using DiskResult = boost::system::result<T, std::error_code>;

// One open file. Calls come from one thread at a time, but for write_at, which may come while another thread waits in sync_data. Closing
// is the destructor and never fails in a way that matters, since whatever had to be durable has been synced before.
class DiskFile {
public:
    virtual ~DiskFile() = default;
    // How many bytes were read or written: fewer than asked for is no error, 0 from read_at is the end of the file.
    virtual DiskResult<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) = 0;
    virtual DiskResult<std::size_t> write_at(std::uint64_t offset, std::span<const std::byte> from) = 0;
    // Returns once every byte written before the call is on the medium (fdatasync). After an error nothing is known
    // about those bytes: never call it again in the hope of better.
    virtual std::error_code sync_data() = 0;
    // Makes the file `bytes` long with room on the disk for all of it.
    virtual std::error_code allocate(std::uint64_t bytes) = 0;
    virtual DiskResult<std::uint64_t> size() = 0;
    // Makes the file `bytes` long, no longer than it is: what lay behind is gone.
    virtual std::error_code shorten(std::uint64_t bytes) = 0;
};

// Held as long as it lives; goes with the process, however that ends.
class DiskLock {
public:
    virtual ~DiskLock() = default;
};

struct LockOutcome {
    std::unique_ptr<DiskLock> lock;  // null if it could not be had
    std::uint64_t holder_pid = 0;    // who has it instead, 0 if that is not known
    std::error_code error;           // set if the call itself failed
};

// Everything that the journal asks of a file system, so that tests can put a disk behind it that forgets what was
// not synced, tears writes, or fails at the n-th call. Calls may come from several threads at once.
class Disk {
public:
    enum class Open : std::uint8_t { read, read_write, create };  // create: read_write, and must not exist yet
    enum class Made : std::uint8_t { now, before };

    virtual ~Disk() = default;
    virtual DiskResult<std::unique_ptr<DiskFile>> open(const path& file, Open how) = 0;
    // In a directory that is there. Whoever needs its name to be durable syncs the directory that it is in, in either case: who made it
    // before may not have come to that.
    virtual DiskResult<Made> make_directory(const path& directory) = 0;
    // Names (not paths) of all in the directory, sorted.
    virtual DiskResult<std::vector<std::string>> list(const path& directory) = 0;
    // Replaces nothing: the journal never renames onto a name that exists.
    virtual std::error_code rename(const path& from, const path& to) = 0;
    // A second name for the same file, in whichever directory; no name that exists is taken away from another.
    virtual std::error_code link(const path& from, const path& to) = 0;
    virtual std::error_code remove(const path& file) = 0;
    // Returns once every name given or taken away in it before is durable. After an error nothing is known about those, whoever's they are.
    virtual std::error_code sync_directory(const path& directory) = 0;
    virtual DiskResult<std::uint64_t> free_bytes(const path& directory) = 0;
    // Exclusive, does not wait. The file is made if it is missing and then holds the pid of who has the lock.
    virtual LockOutcome lock(const path& file) = 0;
};

// The one of this machine.
[[nodiscard]] Disk& real_disk() noexcept;

// With all its parents. On return each that had to be made is durable, and so is each that was there, unless the directory that it is in can't be
// synced by us.
[[nodiscard]] std::error_code make_directories(Disk& disk, const path& directory);

// All of it, however many calls that takes. read_all may end short only at the end of the file.
[[nodiscard]] DiskResult<std::size_t> read_all(DiskFile& file, std::uint64_t offset, std::span<std::byte> into);
[[nodiscard]] std::error_code write_all(DiskFile& file, std::uint64_t offset, std::span<const std::byte> from);

}  // namespace tiebreak::daemon
