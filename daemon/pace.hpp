// How fast the loop gets through requests when it has to hurry: what tells the gate how many may wait.
#pragma once

#include <algorithm>
#include <cstdint>

namespace tiebreak::daemon {

// Loop thread. Only turns that had more to do than they may count: with little to do a turn is mostly overhead.
class Pace {
public:
    // So much at least may always wait, some ten thousand offers: then neither one slow command nor a thread that was kept off its core
    // for a moment shuts the gate, and the next look shows the usual pace again.
    static constexpr std::uint64_t bytes_waiting_min = 1U << 20;

    // A full turn: bytes of requests, and how long it took by the wall clock (a step back counts as no time).
    void note(std::uint64_t bytes, std::int64_t took_ns) noexcept {
        bytes_ += bytes;
        took_ns_ += std::max<std::int64_t>(0, took_ns);
        if (took_ns_ < window_ns) return;
        const std::uint64_t now_per_ms = std::max<std::uint64_t>(1, bytes_ * ms_ns / static_cast<std::uint64_t>(took_ns_));
        bytes_per_ms_ = bytes_per_ms_ == 0 ? now_per_ms : (bytes_per_ms_ + now_per_ms) / 2;
        bytes_ = 0;
        took_ns_ = 0;
    }

    // 0: it never had to hurry so far.
    [[nodiscard]] std::uint64_t bytes_per_ms() const noexcept { return bytes_per_ms_; }

    // What may wait if none is to wait for longer than `wait_ms`.
    [[nodiscard]] static constexpr std::uint64_t bytes_waiting_max(std::uint64_t bytes_per_ms, std::uint64_t wait_ms) noexcept {
        if (bytes_per_ms == 0 || wait_ms > UINT64_MAX / bytes_per_ms) return UINT64_MAX;
        return std::max(bytes_waiting_min, bytes_per_ms * wait_ms);
    }

private:
    static constexpr std::uint64_t ms_ns = 1'000'000;
    static constexpr std::int64_t window_ns = 20'000'000;  // long enough to be off one's core for a while

    std::uint64_t bytes_ = 0;
    std::int64_t took_ns_ = 0;
    std::uint64_t bytes_per_ms_ = 0;
};

}  // namespace tiebreak::daemon
