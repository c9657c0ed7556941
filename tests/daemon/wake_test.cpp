#include "daemon/wake.hpp"

#include <poll.h>

#include <cstdint>
#include <thread>

#include "daemon/spsc_queue.hpp"
#include "tests/catch.hpp"

namespace tiebreak::daemon {
namespace {

bool readable(int fd, int timeout_ms) {
    pollfd entry{fd, POLLIN, 0};
    return ::poll(&entry, 1, timeout_ms) == 1;
}

TEST_CASE("a sleeper that is awake is not signalled") {
    Waker waker;
    waker.wake_if_asleep();
    CHECK_FALSE(readable(waker.fd(), 0));
}

TEST_CASE("a sleeper is signalled once, and its next sleep is quiet") {
    Waker waker;
    waker.going_to_sleep();
    waker.wake_if_asleep();
    waker.wake_if_asleep();
    CHECK(readable(waker.fd(), 0));
    waker.awake();
    waker.going_to_sleep();
    CHECK_FALSE(readable(waker.fd(), 0));
    waker.awake();
}

TEST_CASE("no item is slept over, however the two threads meet") {
    SpscQueue<int> queue(8);
    Waker waker;
    constexpr int count = 100'000;
    std::thread producer([&] {
        for (int i = 0; i < count; ++i) {
            while (!queue.push(int{i})) std::this_thread::yield();
            waker.wake_if_asleep();
        }
    });
    int received = 0;
    bool slept_over = false;
    while (received < count && !slept_over) {
        if (queue.front()) {
            queue.pop();
            ++received;
            continue;
        }
        waker.going_to_sleep();
        if (!queue.front()) slept_over = !readable(waker.fd(), 5000);
        waker.awake();
    }
    CHECK_FALSE(slept_over);
    while (received < count) {
        if (!queue.front()) continue;
        queue.pop();
        ++received;
    }
    producer.join();
}

}  // namespace
}  // namespace tiebreak::daemon
