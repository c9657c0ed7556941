// A small file in the data directory that tells the next start when this life ended.
//
// Nothing that was promised rests on it: without it, or with one that is out of date, a start takes the outage for longer than it
// was, and windows are extended by more.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "daemon/disk.hpp"
#include "daemon/journal_fault.hpp"
#include "matching/instant.hpp"

namespace tiebreak::daemon {

// A time in which nobody kept the windows: from the last sign of life to the next start.
struct Outage {
    matching::Instant from_ns = 0;
    matching::Instant until_ns = 0;
    friend bool operator==(const Outage&, const Outage&) = default;
};

// One thread at a time. The file has two slots of 32 bytes, little-endian, at 0 and at 4,096: a magic of 8 bytes, two instants, the
// CRC32C of those 24 bytes, four zeros. The first holds the last sign of life (and 0), the second the outage that a start was extending windows for.
class SignOfLife {
public:
    // Opens the file, or makes it, and reads what an earlier life has left.
    [[nodiscard]] static Outcome<SignOfLife> open(Disk& disk, const path& directory);

    [[nodiscard]] std::optional<matching::Instant> last_ns() const noexcept { return last_ns_; }
    [[nodiscard]] const std::optional<Outage>& outage() const noexcept { return outage_; }
    // Sentences for the log about what could not be read.
    [[nodiscard]] const std::vector<std::string>& remarks() const noexcept { return remarks_; }

    // Not synced: it outlives the process, not the power.
    std::error_code live(matching::Instant now_ns);
    // Durable on return.
    std::error_code begin(const Outage& outage);
    std::error_code sync();

private:
    explicit SignOfLife(std::unique_ptr<DiskFile> file) noexcept : file_(std::move(file)) {}
    std::error_code read();

    std::unique_ptr<DiskFile> file_;
    std::optional<matching::Instant> last_ns_;
    std::optional<Outage> outage_;
    std::vector<std::string> remarks_;
};

}  // namespace tiebreak::daemon
