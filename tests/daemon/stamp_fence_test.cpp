// The promise on which every award rests: a deadline is applied only once everything stamped before it is applied.
#include <atomic>
#include <cstdint>
#include <random>
#include <thread>

#include "daemon/spsc_queue.hpp"
#include "daemon/stamps.hpp"
#include "tests/catch.hpp"

namespace tiebreak::daemon {
namespace {

using matching::Instant;

// Two threads read it at once, and it goes back now and then.
class UnsteadyClock final : public Clock {
public:
    [[nodiscard]] Instant wall_ns() noexcept override {
        const Instant tick = ticks_.fetch_add(1, std::memory_order_relaxed);
        return 1'000'000 + tick - (tick % 97 == 0 ? 40 : 0);
    }

private:
    std::atomic<Instant> ticks_{0};
};

TEST_CASE("once the floor is raised to a deadline, nothing stamped before it can still come") {
    UnsteadyClock clock;
    StampFence fence;
    SpscQueue<Instant> queue(1024);
    std::atomic<bool> stop{false};

    std::thread gate([&] {
        Stamper stamper(clock, fence, 0);
        std::mt19937 random(3);
        while (!stop.load(std::memory_order_relaxed)) {
            fence.enter();
            Instant stamp = stamper.take(8);
            const bool pushed = queue.push(std::move(stamp));
            fence.leave();
            if (!pushed) std::this_thread::yield();
            for (auto wait = random() % 50; wait > 0; --wait) std::atomic_signal_fence(std::memory_order_seq_cst);
        }
    });

    std::uint64_t late = 0, not_rising = 0, deadlines = 0, messages = 0;
    Instant applied = 0;  // the engine's clock
    Instant last_stamp = 0;
    const auto apply_next = [&] {
        const Instant stamp = *queue.front();
        queue.pop();
        late += stamp < applied ? 1U : 0U;
        not_rising += stamp <= last_stamp ? 1U : 0U;
        last_stamp = stamp;
        applied = std::max(applied, stamp);
        ++messages;
    };
    while (deadlines < 20'000 || messages < 20'000) {
        for (int i = 0; i < 3 && queue.front(); ++i) apply_next();
        const Instant deadline = clock.wall_ns();
        if (deadline <= applied) continue;
        fence.raise_floor(deadline);
        while (queue.front() && *queue.front() < deadline) apply_next();
        applied = std::max(applied, deadline);
        ++deadlines;
    }
    stop = true;
    gate.join();
    while (queue.front()) apply_next();
    CHECK(late == 0);
    CHECK(not_rising == 0);
}

}  // namespace
}  // namespace tiebreak::daemon
