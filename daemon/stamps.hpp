// Arrival stamps: the only clock that matching sees.
//
// Invariants, each with a test in tests/daemon/stamps_test.cpp:
//   - stamps rise strictly, whatever the wall clock does, also over restarts;
//   - once the loop has raised the floor to an instant and the fence is settled, every message stamped before that
//     instant is in the loop's queue, and none will be stamped before it any more.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "daemon/clock.hpp"
#include "matching/instant.hpp"

namespace tiebreak::daemon {

// How the loop learns that it may apply a deadline: that everything stamped before it has been applied.
//
// The gate enters the fence, reads the floor and the clock, stamps, pushes the message, and leaves. To apply a
// deadline the loop raises the floor to it and waits until the gate is not inside, or has left and entered again. All four
// accesses are sequentially consistent, so either the gate saw the new floor (its stamp is not before the deadline) or the
// loop saw the gate inside (and waits for a push that takes well under a microsecond). A message that still lies in the
// kernel or in ZeroMQ has no stamp yet and is late by the meaning of the arrival stamp. The wall clock takes no part
// in this: it may step back between the two threads' readings and no stamp falls below an applied deadline.
class StampFence {
public:
    // Gate thread.
    void enter() noexcept { crossings_.store(++crossing_, std::memory_order_seq_cst); }
    void leave() noexcept { crossings_.store(++crossing_, std::memory_order_seq_cst); }
    [[nodiscard]] matching::Instant floor_ns() const noexcept { return floor_ns_.load(std::memory_order_seq_cst); }

    // Loop thread. From the return on, every message stamped before `floor_ns` has been pushed and no later stamp is
    // before it. Waits for the gate if it is between its stamp and its push.
    void raise_floor(matching::Instant floor_ns) noexcept;

private:
    alignas(64) std::atomic<std::uint64_t> crossings_{0};  // odd while the gate is inside
    std::uint64_t crossing_ = 0;                           // the gate's own copy
    alignas(64) std::atomic<matching::Instant> floor_ns_{0};
};

// Gives the stamps. Gate thread alone, inside the fence.
class Stamper {
public:
    // `first_ns` is above every stamp given in an earlier life (see Ceiling).
    Stamper(Clock& clock, const StampFence& fence, matching::Instant first_ns) noexcept
        : clock_(clock), fence_(fence), next_ns_(first_ns) {}
    // The same, for a `first_ns` that is known later; before the first stamp.
    void begin_at(matching::Instant first_ns) noexcept { next_ns_ = first_ns; }

    // The stamp of a message of this size. Command i of a batch has this stamp + i: a command takes more than eight
    // bytes, so the room left up to the next message's stamp is always enough (the decoder refuses a batch that claims more).
    [[nodiscard]] matching::Instant take(std::size_t size_bytes) noexcept;

    [[nodiscard]] static constexpr std::int64_t room(std::size_t size_bytes) noexcept {
        return size_bytes < 16 ? 1 : static_cast<std::int64_t>(size_bytes / 8);
    }

private:
    Clock& clock_;
    const StampFence& fence_;
    matching::Instant next_ns_;
};

// The instant that stamps must stay under until the journal holds a higher one. A restart begins at the last one
// journaled, so its stamps lie above all that were given out, whatever the wall clock says by then.
//
// "Given out" means: seen outside the daemon, in a reply or an event. The loop asks for an extension as soon as a stamp or a deadline
// comes near the ceiling and journals it ahead of the command in question, so a reply that waits for its command to be
// durable has waited for its ceiling too: the gate itself never waits, and an idle daemon journals nothing.
class Ceiling {
public:
    Ceiling(matching::Duration horizon_ns, matching::Instant standing_ns) noexcept
        : horizon_ns_(horizon_ns), standing_ns_(standing_ns) {}

    // The ceiling to journal now so that `instant_ns` stays well under it; nothing while the standing one has room.
    // The caller journals what is returned before anything at or after `instant_ns` leaves the daemon.
    [[nodiscard]] std::optional<matching::Instant> extend_for(matching::Instant instant_ns) noexcept;

    [[nodiscard]] matching::Instant standing_ns() const noexcept { return standing_ns_; }
    // How long before a deadline the ceiling should be asked for, so that it is durable by then.
    [[nodiscard]] matching::Duration lead_ns() const noexcept { return horizon_ns_ / 2; }

private:
    matching::Duration horizon_ns_;
    matching::Instant standing_ns_;
};

}  // namespace tiebreak::daemon
