// Waking a thread that sleeps on an eventfd, and only then: a write to an eventfd costs a microsecond, and waking a thread on
// another core some 28, so a producer must not pay for a consumer that is awake anyway.
#pragma once

#include <atomic>

namespace tiebreak::daemon {

// Belongs to one sleeper; any number of threads wake it.
//
// The sleeper: going_to_sleep(); look at every source once more; if one has something, awake() and go on; else block
// until fd() is readable (or anything else it waits for), then awake().
// A producer: publish (a sequentially consistent store), then wake_if_asleep(). Either the sleeper's second look finds the item
// or the producer finds the flag.
class Waker {
public:
    Waker();  // throws std::system_error when there is no file descriptor left
    ~Waker();
    Waker(const Waker&) = delete;
    Waker& operator=(const Waker&) = delete;

    [[nodiscard]] int fd() const noexcept { return fd_; }

    // The sleeper's thread.
    void going_to_sleep() noexcept { asleep_.store(true, std::memory_order_seq_cst); }
    void awake() noexcept;

    // Any thread.
    void wake_if_asleep() noexcept {
        if (asleep_.load(std::memory_order_seq_cst) && asleep_.exchange(false, std::memory_order_seq_cst)) signal();
    }

private:
    void signal() noexcept;

    alignas(64) std::atomic<bool> asleep_{false};
    int fd_ = -1;
};

}  // namespace tiebreak::daemon
