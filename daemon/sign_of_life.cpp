#include "daemon/sign_of_life.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "daemon/journal_crc32c.hpp"

namespace tiebreak::daemon {
namespace {

const char* const file_name = "sign-of-life";

struct Slot {
    std::uint64_t magic = 0;
    std::int64_t first_ns = 0;
    std::int64_t second_ns = 0;
    std::uint32_t checksum = 0;
    std::uint32_t zero = 0;
};
static_assert(sizeof(Slot) == 32);

constexpr std::uint64_t slot_distance = 4096;  // in blocks of their own, so that writing one never tears the other
constexpr std::uint64_t life_magic = 0x316566696c2d4254;    // TB-life1
constexpr std::uint64_t outage_magic = 0x316e776f642d4254;  // TB-down1

std::uint32_t checksum_of(const Slot& slot) {
    return crc32c(std::as_bytes(std::span{&slot, 1}).first(offsetof(Slot, checksum)));
}

std::error_code write_slot(DiskFile& file, std::uint64_t offset, std::uint64_t magic, std::int64_t first_ns, std::int64_t second_ns) {
    Slot slot{magic, first_ns, second_ns, 0, 0};
    slot.checksum = checksum_of(slot);
    return write_all(file, offset, std::as_bytes(std::span{&slot, 1}));
}

// Nothing where nothing was ever written; `garbage` where something was that is no slot.
DiskResult<std::optional<Slot>> read_slot(DiskFile& file, std::uint64_t offset, std::uint64_t magic, bool& garbage) {
    Slot slot;
    const auto got = read_all(file, offset, std::as_writable_bytes(std::span{&slot, 1}));
    if (!got) return got.error();
    const auto bytes = std::as_bytes(std::span{&slot, 1}).first(*got);
    if (std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; })) return std::optional<Slot>{};
    const bool whole = *got == sizeof slot && slot.magic == magic && slot.checksum == checksum_of(slot) && slot.first_ns >= 0 &&
                       slot.second_ns >= 0;
    garbage = !whole;
    return whole ? std::optional{slot} : std::optional<Slot>{};
}

}  // namespace

Outcome<SignOfLife> SignOfLife::open(Disk& disk, const path& directory) {
    const path name = directory / file_name;
    auto file = disk.open(name, Disk::Open::read_write);
    if (!file && file.error() == std::errc::no_such_file_or_directory) {
        file = disk.open(name, Disk::Open::create);
        if (file) {
            if (const auto error = disk.sync_directory(directory)) return names_fault(name.string(), error);
        }
    }
    if (!file) return disk_fault("open", name.string(), file.error());
    SignOfLife sign(std::move(*file));
    if (const auto error = sign.read()) return disk_fault("read", name.string(), error);
    return sign;
}

std::error_code SignOfLife::read() {
    bool garbage = false;
    const auto life = read_slot(*file_, 0, life_magic, garbage);
    if (!life) return life.error();
    if (garbage) remarks_.emplace_back("the sign of life in the data directory can't be read: an outage counts from the last command");
    if (*life) last_ns_ = (*life)->first_ns;
    garbage = false;
    const auto outage = read_slot(*file_, slot_distance, outage_magic, garbage);
    if (!outage) return outage.error();
    if (garbage) remarks_.emplace_back("the note of an earlier outage in the data directory can't be read and is left aside");
    if (*outage) outage_ = Outage{(*outage)->first_ns, (*outage)->second_ns};
    return {};
}

std::error_code SignOfLife::live(matching::Instant now_ns) { return write_slot(*file_, 0, life_magic, now_ns, 0); }

std::error_code SignOfLife::begin(const Outage& outage) {
    if (const auto error = write_slot(*file_, slot_distance, outage_magic, outage.from_ns, outage.until_ns)) return error;
    return sync();
}

std::error_code SignOfLife::sync() { return file_->sync_data(); }

}  // namespace tiebreak::daemon
