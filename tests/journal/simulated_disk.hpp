#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "daemon/disk.hpp"

namespace tiebreak::tests {

// A disk in memory that keeps apart what programs see and what would survive a power cut, and that fails on demand.
// What was not synced survives in part, in any order, torn at any byte; names likewise until their directory is synced.
// A failed sync loses what it should have saved, though it can still be read, and the next sync says nothing of it; that of a directory
// loses every name given or taken away in it since the last one. Not for ever: file systems refuse every change after that until they are mounted
// anew, or try again, so what the next process still sees there, its own sync saves.
class SimulatedDisk final : public daemon::Disk {
public:
    enum class Call : std::uint8_t { open, read, write, sync, allocate, size, shorten, make_directory, list, rename, link,
                                     remove, sync_directory, free_bytes, lock };
    enum class Fails : std::uint8_t {
        no,
        with_io_error,
        with_disk_full,
        by_half,   // a write takes half of what it was given; other calls are not touched
        power,     // the power goes in the middle of the call, and stays away until power_returns
        killed,    // the process dies in the middle of the call; everything fails until kill_processes
    };
    // What becomes of what was not synced when the power goes.
    enum class Unsynced : std::uint8_t { lost, kept, torn };

    explicit SimulatedDisk(std::uint64_t seed, std::uint64_t capacity_bytes = std::uint64_t{1} << 40);

    // The n-th call from now on (1 is the next) fails that way, once. Replaces what was asked for before.
    void fail_call(std::uint64_t n, Fails how);
    [[nodiscard]] std::uint64_t calls() const;
    [[nodiscard]] std::optional<Call> failed_call() const;  // the one that was made to fail, if it has come

    void cut_power();
    void power_returns(Unsynced unsynced);
    // Every process dies, and new ones may come: open files and locks go; what was written is still seen, and as
    // little durable as before.
    void kill_processes();

    // A file as programs see it, for a look or for doing damage (which counts as durable). Must exist.
    [[nodiscard]] std::vector<std::byte> content(const daemon::path& file) const;
    void overwrite(const daemon::path& file, std::uint64_t offset, std::span<const std::byte> bytes);
    void truncate(const daemon::path& file, std::uint64_t bytes);
    void set_capacity(std::uint64_t bytes);

    daemon::DiskResult<std::unique_ptr<daemon::DiskFile>> open(const daemon::path& file, Open how) override;
    daemon::DiskResult<Made> make_directory(const daemon::path& directory) override;
    daemon::DiskResult<std::vector<std::string>> list(const daemon::path& directory) override;
    std::error_code rename(const daemon::path& from, const daemon::path& to) override;
    std::error_code link(const daemon::path& from, const daemon::path& to) override;
    std::error_code remove(const daemon::path& file) override;
    std::error_code sync_directory(const daemon::path& directory) override;
    daemon::DiskResult<std::uint64_t> free_bytes(const daemon::path& directory) override;
    daemon::LockOutcome lock(const daemon::path& file) override;

private:
    struct Write {
        std::uint64_t offset = 0;
        std::vector<std::byte> bytes;
    };
    struct Inode {
        std::vector<std::byte> seen;
        std::vector<std::byte> durable;
        std::vector<Write> unsynced;
    };
    using Names = std::map<std::string, std::shared_ptr<Inode>>;
    struct NameChange {
        std::string directory;
        std::function<void(Names&)> apply;
    };
    class File;
    class Lock;

    // Counts the call and says how it is to fail; every call fails while the power is away.
    Fails step(Call call);
    static std::error_code error_of(Fails how);
    void write_seen(Inode& inode, std::uint64_t offset, std::span<const std::byte> bytes);
    static void apply(std::vector<std::byte>& to, std::uint64_t offset, std::span<const std::byte> bytes);
    void survive(Inode& inode, Unsynced unsynced);
    void find_lost_names();
    void change_names(const daemon::path& file, std::function<void(Names&)> change);
    [[nodiscard]] std::uint64_t used_bytes() const;
    [[nodiscard]] bool coin() { return (random_() & 1) != 0; }

    mutable std::mutex mutex_;
    std::mt19937_64 random_;
    std::uint64_t capacity_bytes_;
    Names seen_names_;
    Names durable_names_;
    std::vector<NameChange> unsynced_names_;
    std::set<std::string> lost_directories_;  // a sync of theirs has failed in this life
    std::set<std::string> directories_;  // as soon as they are made, for good
    std::set<std::string> locked_;
    std::uint64_t processes_ = 0;  // files and locks of an earlier generation are dead
    std::uint64_t calls_ = 0;
    std::uint64_t fail_at_ = 0;
    Fails fail_how_ = Fails::no;
    std::optional<Call> failed_call_;
    bool power_ = true;
    bool killed_ = false;
};

}  // namespace tiebreak::tests
