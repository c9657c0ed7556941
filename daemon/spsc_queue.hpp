// A bounded queue from one thread to one other. Wait-free on both sides; no allocation after construction.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <utility>

namespace tiebreak::daemon {

// T needs a default constructor and a move assignment; a slot keeps its moved-from value until it is filled again,
// so a T that holds memory should give it up when moved from.
template <typename T>
class SpscQueue {
public:
    // Room for at least `capacity` items (rounded up to a power of two).
    explicit SpscQueue(std::size_t capacity)
        : mask_(std::bit_ceil(capacity < 2 ? std::size_t{2} : capacity) - 1), slots_(new T[mask_ + 1]) {}
    SpscQueue(const SpscQueue&) = delete;
    SpscQueue& operator=(const SpscQueue&) = delete;

    // Producer. False, and `item` untouched, when full. The store that publishes the item is sequentially consistent, so a Waker's
    // flag may be read right after it.
    [[nodiscard]] bool push(T&& item) noexcept {
        const std::size_t tail = tail_.load(std::memory_order_relaxed);
        if (tail - head_seen_ > mask_) {
            head_seen_ = head_.load(std::memory_order_acquire);
            if (tail - head_seen_ > mask_) return false;
        }
        slots_[tail & mask_] = std::move(item);
        tail_.store(tail + 1, std::memory_order_seq_cst);
        return true;
    }

    // Consumer. The oldest item, or nullptr; it stays in place until pop().
    [[nodiscard]] T* front() noexcept {
        const std::size_t head = head_.load(std::memory_order_relaxed);
        if (head == tail_seen_) {
            tail_seen_ = tail_.load(std::memory_order_seq_cst);
            if (head == tail_seen_) return nullptr;
        }
        return &slots_[head & mask_];
    }

    // Consumer. The item that front() will be after `places` more have been taken, or nullptr if it is not there yet.
    [[nodiscard]] const T* ahead(std::size_t places) noexcept {
        const std::size_t head = head_.load(std::memory_order_relaxed);
        if (tail_seen_ - head <= places) {
            tail_seen_ = tail_.load(std::memory_order_seq_cst);
            if (tail_seen_ - head <= places) return nullptr;
        }
        return &slots_[(head + places) & mask_];
    }

    // Consumer. Frees the slot that front() returned.
    void pop() noexcept { head_.store(head_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

    // Any thread: how many items there are, as of some moment in the recent past.
    [[nodiscard]] std::size_t size() const noexcept {
        const std::size_t head = head_.load(std::memory_order_relaxed);
        const std::size_t tail = tail_.load(std::memory_order_relaxed);
        return tail > head ? tail - head : 0;
    }
    [[nodiscard]] std::size_t capacity() const noexcept { return mask_ + 1; }

private:
    const std::size_t mask_;
    const std::unique_ptr<T[]> slots_;
    alignas(64) std::atomic<std::size_t> tail_{0};
    std::size_t head_seen_ = 0;  // the producer's last look at head_
    alignas(64) std::atomic<std::size_t> head_{0};
    std::size_t tail_seen_ = 0;  // the consumer's last look at tail_
};

}  // namespace tiebreak::daemon
