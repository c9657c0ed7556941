// What happened, as a hash of all of it and the last steps in words. Equal seeds give equal hashes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "tests/simulation/schedule.hpp"

namespace tiebreak::simulation {

[[nodiscard]] inline std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) noexcept {
    hash = (hash ^ value) * 0x9e37'79b9'7f4a'7c15U;
    return hash ^ (hash >> 29U);
}

[[nodiscard]] inline std::uint64_t hash_of(std::span<const std::byte> bytes) noexcept {
    std::uint64_t hash = mixed(0x7469'6562'7265'616bU, bytes.size());
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), 8);
        hash = mixed(hash, word);
    }
    std::uint64_t rest = 0;
    if (!bytes.empty()) std::memcpy(&rest, bytes.data(), bytes.size());
    return mixed(hash, rest);
}

[[nodiscard]] inline std::uint64_t hash_of(std::string_view text) noexcept {
    return hash_of(std::as_bytes(std::span(text.data(), text.size())));
}

class Trace {
public:
    explicit Trace(const Schedule& schedule) : schedule_(schedule), started_(schedule.now()) {}

    // `what` must be a literal; a and b are whatever tells this step from others of its kind.
    void note(const char* what, std::uint64_t a = 0, std::uint64_t b = 0) noexcept {
        hash_ = mixed(mixed(mixed(hash_, static_cast<std::uint64_t>(schedule_.now())), a), b);
        last_[notes_ % last_.size()] = {schedule_.now(), what, a, b};
        ++notes_;
    }

    [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }
    [[nodiscard]] std::uint64_t notes() const noexcept { return notes_; }
    // The last `count` steps, a line each.
    [[nodiscard]] std::string last(std::size_t count) const;

private:
    struct Note {
        TrueTime when = 0;
        const char* what = "";
        std::uint64_t a = 0, b = 0;
    };

    const Schedule& schedule_;
    TrueTime started_;
    std::uint64_t hash_ = 0;
    std::uint64_t notes_ = 0;
    std::array<Note, 512> last_{};
};

// "3d 04:05:06.000000789"
[[nodiscard]] std::string span_text(std::int64_t ns);

}  // namespace tiebreak::simulation
