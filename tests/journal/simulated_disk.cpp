#include "tests/journal/simulated_disk.hpp"

#include <algorithm>

namespace tiebreak::tests {

using daemon::DiskFile;
using daemon::DiskLock;
using daemon::DiskResult;
using daemon::LockOutcome;
using daemon::path;

namespace {

constexpr std::uint64_t sector_bytes = 512;

}  // namespace

class SimulatedDisk::File final : public DiskFile {
public:
    File(SimulatedDisk& disk, std::shared_ptr<Inode> inode)
        : disk_(disk), inode_(std::move(inode)), process_(disk.processes_) {}

    DiskResult<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
        const std::scoped_lock lock(disk_.mutex_);
        if (const auto error = refuse(Call::read)) return error;
        if (offset >= inode_->seen.size()) return std::size_t{0};
        const auto count = std::min<std::size_t>(into.size(), inode_->seen.size() - static_cast<std::size_t>(offset));
        std::copy_n(inode_->seen.begin() + static_cast<std::ptrdiff_t>(offset), count, into.begin());
        return count;
    }

    DiskResult<std::size_t> write_at(std::uint64_t offset, std::span<const std::byte> from) override {
        const std::scoped_lock lock(disk_.mutex_);
        if (dead()) return std::make_error_code(std::errc::bad_file_descriptor);
        const Fails how = disk_.step(Call::write);
        if (how == Fails::power || how == Fails::killed) {
            disk_.write_seen(*inode_, offset, from.first(disk_.random_() % (from.size() + 1)));
        }
        if (const auto error = error_of(how)) return error;
        const std::size_t count = how == Fails::by_half ? (from.size() + 1) / 2 : from.size();
        disk_.write_seen(*inode_, offset, from.first(count));
        return count;
    }

    std::error_code sync_data() override {
        const std::scoped_lock lock(disk_.mutex_);
        if (dead()) return std::make_error_code(std::errc::bad_file_descriptor);
        const Fails how = disk_.step(Call::sync);
        if (how == Fails::with_io_error || how == Fails::with_disk_full) inode_->unsynced.clear();
        if (const auto error = error_of(how)) return error;
        disk_.survive(*inode_, Unsynced::kept);
        return {};
    }

    std::error_code allocate(std::uint64_t bytes) override {
        const std::scoped_lock lock(disk_.mutex_);
        if (const auto error = refuse(Call::allocate)) return error;
        if (bytes > inode_->seen.size()) {
            const std::uint64_t more = bytes - inode_->seen.size();
            if (disk_.used_bytes() + more > disk_.capacity_bytes_) return error_of(Fails::with_disk_full);
            inode_->seen.resize(static_cast<std::size_t>(bytes));
        }
        return {};
    }

    DiskResult<std::uint64_t> size() override {
        const std::scoped_lock lock(disk_.mutex_);
        if (const auto error = refuse(Call::size)) return error;
        return std::uint64_t{inode_->seen.size()};
    }

    std::error_code shorten(std::uint64_t bytes) override {
        const std::scoped_lock lock(disk_.mutex_);
        if (const auto error = refuse(Call::shorten)) return error;
        // How a length survives is the file system's affair: whoever shortens a file has done with what is in it.
        inode_->seen.resize(static_cast<std::size_t>(bytes));
        inode_->durable.resize(std::min(inode_->durable.size(), inode_->seen.size()));
        std::erase_if(inode_->unsynced, [&](const Write& write) { return write.offset + write.bytes.size() > bytes; });
        return {};
    }

private:
    [[nodiscard]] bool dead() const { return process_ != disk_.processes_; }
    std::error_code refuse(Call call) {
        if (dead()) return std::make_error_code(std::errc::bad_file_descriptor);
        return error_of(disk_.step(call));
    }

    SimulatedDisk& disk_;
    std::shared_ptr<Inode> inode_;
    std::uint64_t process_;
};

class SimulatedDisk::Lock final : public DiskLock {
public:
    Lock(SimulatedDisk& disk, std::string name) : disk_(disk), name_(std::move(name)), process_(disk.processes_) {}
    ~Lock() override {
        const std::scoped_lock lock(disk_.mutex_);
        if (process_ == disk_.processes_) disk_.locked_.erase(name_);
    }

private:
    SimulatedDisk& disk_;
    std::string name_;
    std::uint64_t process_;
};

SimulatedDisk::SimulatedDisk(std::uint64_t seed, std::uint64_t capacity_bytes)
    : random_(seed), capacity_bytes_(capacity_bytes) {}

void SimulatedDisk::fail_call(std::uint64_t n, Fails how) {
    const std::scoped_lock lock(mutex_);
    fail_at_ = calls_ + n;
    fail_how_ = how;
    failed_call_.reset();
}

std::uint64_t SimulatedDisk::calls() const {
    const std::scoped_lock lock(mutex_);
    return calls_;
}

std::optional<SimulatedDisk::Call> SimulatedDisk::failed_call() const {
    const std::scoped_lock lock(mutex_);
    return failed_call_;
}

SimulatedDisk::Fails SimulatedDisk::step(Call call) {
    ++calls_;
    if (!power_ || killed_) return Fails::with_io_error;
    if (fail_how_ == Fails::no || calls_ != fail_at_) return Fails::no;
    failed_call_ = call;
    if (fail_how_ == Fails::power) power_ = false;
    if (fail_how_ == Fails::killed) killed_ = true;
    return fail_how_;
}

std::error_code SimulatedDisk::error_of(Fails how) {
    switch (how) {
        case Fails::no:
        case Fails::by_half: return {};
        case Fails::with_disk_full: return std::make_error_code(std::errc::no_space_on_device);
        case Fails::with_io_error:
        case Fails::killed:
        case Fails::power: return std::make_error_code(std::errc::io_error);
    }
    return {};
}

void SimulatedDisk::write_seen(Inode& inode, std::uint64_t offset, std::span<const std::byte> bytes) {
    apply(inode.seen, offset, bytes);
    inode.unsynced.push_back({offset, {bytes.begin(), bytes.end()}});
}

void SimulatedDisk::apply(std::vector<std::byte>& to, std::uint64_t offset, std::span<const std::byte> bytes) {
    const auto end = static_cast<std::size_t>(offset) + bytes.size();
    if (to.size() < end) to.resize(end);
    std::copy(bytes.begin(), bytes.end(), to.begin() + static_cast<std::ptrdiff_t>(offset));
}

// Moves what was not synced to what is durable: all of it, none of it, or each sector whole, not at all, or torn.
void SimulatedDisk::survive(Inode& inode, Unsynced unsynced) {
    if (unsynced == Unsynced::kept || (unsynced == Unsynced::torn && coin())) inode.durable.resize(inode.seen.size());
    for (const Write& write : inode.unsynced) {
        if (unsynced == Unsynced::lost) continue;
        if (unsynced == Unsynced::kept) {
            apply(inode.durable, write.offset, write.bytes);
            continue;
        }
        for (std::size_t at = 0; at < write.bytes.size();) {
            const std::uint64_t offset = write.offset + at;
            const auto count = std::min<std::size_t>(write.bytes.size() - at,
                                                     static_cast<std::size_t>(sector_bytes - offset % sector_bytes));
            const auto sector = std::span<const std::byte>(write.bytes).subspan(at, count);
            const std::size_t cut = random_() % (count + 1);
            switch (random_() % 4) {
                case 0: apply(inode.durable, offset, sector); break;
                case 1: apply(inode.durable, offset, sector.first(cut)); break;
                case 2: apply(inode.durable, offset + cut, sector.subspan(cut)); break;
                default: break;
            }
            at += count;
        }
    }
    inode.unsynced.clear();
}

void SimulatedDisk::cut_power() {
    const std::scoped_lock lock(mutex_);
    power_ = false;
}

void SimulatedDisk::power_returns(Unsynced unsynced) {
    const std::scoped_lock lock(mutex_);
    // In the order of their names, not of their addresses: what survives has to be the same in each run of a seed.
    std::set<Inode*> met;
    std::vector<Inode*> inodes;
    for (const Names* names : {&seen_names_, &durable_names_}) {
        for (const auto& [name, inode] : *names) {
            if (met.insert(inode.get()).second) inodes.push_back(inode.get());
        }
    }
    for (Inode* inode : inodes) {
        survive(*inode, unsynced);
        inode->seen = inode->durable;
    }
    for (const NameChange& change : unsynced_names_) {
        if (unsynced == Unsynced::kept || (unsynced == Unsynced::torn && coin())) change.apply(durable_names_);
    }
    unsynced_names_.clear();
    lost_directories_.clear();
    seen_names_ = durable_names_;
    power_ = true;
    killed_ = false;
    fail_how_ = Fails::no;
    locked_.clear();
    ++processes_;
}

// What is seen in a directory, and would not survive, waits for a sync again.
void SimulatedDisk::find_lost_names() {
    for (const std::string& directory : lost_directories_) {
        std::erase_if(unsynced_names_, [&](const NameChange& change) { return change.directory == directory; });
        const auto is_lost = [&](const auto& entry, const Names& elsewhere) {
            const auto found = elsewhere.find(entry.first);
            return path(entry.first).parent_path() == directory && (found == elsewhere.end() || found->second != entry.second);
        };
        // By file, since a rename survives whole or not at all; in the order of their names.
        struct Lost {
            std::shared_ptr<Inode> file;
            std::vector<std::string> gone, given;
        };
        std::vector<Lost> lost;
        const auto of = [&](const std::shared_ptr<Inode>& file) -> Lost& {
            const auto met = std::ranges::find(lost, file, &Lost::file);
            return met != lost.end() ? *met : lost.emplace_back(Lost{file, {}, {}});
        };
        for (const auto& entry : durable_names_) {
            if (is_lost(entry, seen_names_)) of(entry.second).gone.push_back(entry.first);
        }
        for (const auto& entry : seen_names_) {
            if (is_lost(entry, durable_names_)) of(entry.second).given.push_back(entry.first);
        }
        for (Lost& one : lost) {
            unsynced_names_.push_back({directory, [one = std::move(one)](Names& names) {
                for (const std::string& name : one.gone) {
                    if (const auto found = names.find(name); found != names.end() && found->second == one.file) names.erase(found);
                }
                for (const std::string& name : one.given) names[name] = one.file;
            }});
        }
    }
    lost_directories_.clear();
}

void SimulatedDisk::kill_processes() {
    const std::scoped_lock lock(mutex_);
    find_lost_names();
    killed_ = false;
    fail_how_ = Fails::no;
    locked_.clear();
    ++processes_;
}

std::vector<std::byte> SimulatedDisk::content(const path& file) const {
    const std::scoped_lock lock(mutex_);
    return seen_names_.at(file.string())->seen;
}

void SimulatedDisk::overwrite(const path& file, std::uint64_t offset, std::span<const std::byte> bytes) {
    const std::scoped_lock lock(mutex_);
    Inode& inode = *seen_names_.at(file.string());
    apply(inode.seen, offset, bytes);
    apply(inode.durable, offset, bytes);
}

void SimulatedDisk::truncate(const path& file, std::uint64_t bytes) {
    const std::scoped_lock lock(mutex_);
    Inode& inode = *seen_names_.at(file.string());
    inode.seen.resize(static_cast<std::size_t>(bytes));
    inode.durable.resize(static_cast<std::size_t>(bytes));
}

void SimulatedDisk::set_capacity(std::uint64_t bytes) {
    const std::scoped_lock lock(mutex_);
    capacity_bytes_ = bytes;
}

std::uint64_t SimulatedDisk::used_bytes() const {
    std::uint64_t used = 0;
    std::set<const Inode*> counted;  // a file with two names takes room once
    for (const auto& [name, inode] : seen_names_) {
        if (counted.insert(inode.get()).second) used += inode->seen.size();
    }
    return used;
}

void SimulatedDisk::change_names(const path& file, std::function<void(Names&)> change) {
    change(seen_names_);
    unsynced_names_.push_back({file.parent_path().string(), std::move(change)});
}

DiskResult<std::unique_ptr<DiskFile>> SimulatedDisk::open(const path& file, Open how) {
    const std::scoped_lock lock(mutex_);
    if (const auto error = error_of(step(Call::open))) return error;
    const std::string name = file.string();
    const auto found = seen_names_.find(name);
    if (how == Open::create) {
        if (found != seen_names_.end()) return std::make_error_code(std::errc::file_exists);
        auto inode = std::make_shared<Inode>();
        change_names(file, [name, inode](Names& names) { names[name] = inode; });
        return std::unique_ptr<DiskFile>(std::make_unique<File>(*this, std::move(inode)));
    }
    if (found == seen_names_.end()) return std::make_error_code(std::errc::no_such_file_or_directory);
    return std::unique_ptr<DiskFile>(std::make_unique<File>(*this, found->second));
}

DiskResult<daemon::Disk::Made> SimulatedDisk::make_directory(const path& directory) {
    const std::scoped_lock lock(mutex_);
    if (const auto error = error_of(step(Call::make_directory))) return error;
    return directories_.insert(directory.string()).second ? Made::now : Made::before;
}

DiskResult<std::vector<std::string>> SimulatedDisk::list(const path& directory) {
    const std::scoped_lock lock(mutex_);
    if (const auto error = error_of(step(Call::list))) return error;
    std::vector<std::string> names;
    for (const auto& [name, inode] : seen_names_) {
        if (path(name).parent_path() == directory) names.push_back(path(name).filename().string());
    }
    return names;
}

std::error_code SimulatedDisk::rename(const path& from, const path& to) {
    const std::scoped_lock lock(mutex_);
    const Fails how = step(Call::rename);
    if (how != Fails::power && how != Fails::killed) {
        if (const auto error = error_of(how)) return error;
    }
    const std::string old_name = from.string();
    const std::string new_name = to.string();
    if (!seen_names_.contains(old_name)) return std::make_error_code(std::errc::no_such_file_or_directory);
    if (seen_names_.contains(new_name)) return std::make_error_code(std::errc::file_exists);
    const auto inode = seen_names_.at(old_name);
    change_names(from, [old_name, new_name, inode](Names& names) {
        names.erase(old_name);
        names[new_name] = inode;
    });
    return error_of(how);
}

std::error_code SimulatedDisk::link(const path& from, const path& to) {
    const std::scoped_lock lock(mutex_);
    const Fails how = step(Call::link);
    if (how != Fails::power && how != Fails::killed) {
        if (const auto error = error_of(how)) return error;
    }
    const auto found = seen_names_.find(from.string());
    if (found == seen_names_.end()) return std::make_error_code(std::errc::no_such_file_or_directory);
    if (seen_names_.contains(to.string())) return std::make_error_code(std::errc::file_exists);
    change_names(to, [name = to.string(), inode = found->second](Names& names) { names[name] = inode; });
    return error_of(how);
}

std::error_code SimulatedDisk::remove(const path& file) {
    const std::scoped_lock lock(mutex_);
    if (const auto error = error_of(step(Call::remove))) return error;
    const std::string name = file.string();
    if (!seen_names_.contains(name)) return std::make_error_code(std::errc::no_such_file_or_directory);
    change_names(file, [name](Names& names) { names.erase(name); });
    return {};
}

// What was changed in that directory is durable; what was changed in another is not.
std::error_code SimulatedDisk::sync_directory(const path& directory) {
    const std::scoped_lock lock(mutex_);
    const Fails how = step(Call::sync_directory);
    if (how == Fails::power || how == Fails::killed) return error_of(how);
    const auto error = error_of(how);
    if (error) lost_directories_.insert(directory.string());
    std::erase_if(unsynced_names_, [&](const NameChange& change) {
        if (path(change.directory) != directory) return false;
        if (!error) change.apply(durable_names_);
        return true;
    });
    return error;
}

DiskResult<std::uint64_t> SimulatedDisk::free_bytes(const path&) {
    const std::scoped_lock lock(mutex_);
    if (const auto error = error_of(step(Call::free_bytes))) return error;
    return capacity_bytes_ - std::min(capacity_bytes_, used_bytes());
}

LockOutcome SimulatedDisk::lock(const path& file) {
    const std::scoped_lock lock(mutex_);
    if (const auto error = error_of(step(Call::lock))) return {nullptr, 0, error};
    if (!locked_.insert(file.string()).second) return {nullptr, 4711, {}};
    return {std::make_unique<Lock>(*this, file.string()), 0, {}};
}

}  // namespace tiebreak::tests
