#include "daemon/spsc_queue.hpp"

#include <cstdint>
#include <memory>
#include <thread>

#include "tests/catch.hpp"

namespace tiebreak::daemon {
namespace {

TEST_CASE("a queue gives items back in order and refuses one more than it holds, which stays whole") {
    SpscQueue<std::unique_ptr<int>> queue(4);
    REQUIRE(queue.capacity() == 4);
    for (int i = 0; i < 4; ++i) REQUIRE(queue.push(std::make_unique<int>(i)));
    auto fifth = std::make_unique<int>(4);
    CHECK_FALSE(queue.push(std::move(fifth)));
    REQUIRE(fifth);
    CHECK(queue.size() == 4);
    for (int i = 0; i < 4; ++i) {
        REQUIRE(queue.front());
        CHECK(**queue.front() == i);
        queue.pop();
    }
    CHECK(queue.front() == nullptr);
    CHECK(queue.push(std::move(fifth)));
}

TEST_CASE("a queue shows what comes later, as far as it is there, and takes nothing away") {
    SpscQueue<int> queue(4);
    CHECK(queue.ahead(0) == nullptr);
    for (int round = 0; round < 3; ++round) {  // beyond the end of the slots too
        for (int i = 0; i < 3; ++i) REQUIRE(queue.push(int{i}));
        for (int i = 0; i < 3; ++i) {
            REQUIRE(queue.ahead(static_cast<std::size_t>(i)));
            CHECK(*queue.ahead(static_cast<std::size_t>(i)) == i);
        }
        CHECK(queue.ahead(3) == nullptr);
        REQUIRE(queue.front());
        CHECK(*queue.front() == 0);
        for (int i = 0; i < 3; ++i) queue.pop();
    }
}

TEST_CASE("a queue between two threads loses nothing and changes no order") {
    SpscQueue<std::uint64_t> queue(64);
    constexpr std::uint64_t count = 300'000;
    std::thread producer([&] {
        for (std::uint64_t i = 1; i <= count; ++i) {
            while (!queue.push(std::uint64_t{i})) std::this_thread::yield();
        }
    });
    std::uint64_t wrong = 0;
    for (std::uint64_t expected = 1; expected <= count;) {
        const std::uint64_t* item = queue.front();
        if (!item) {
            std::this_thread::yield();
            continue;
        }
        wrong += *item != expected ? 1U : 0U;
        ++expected;
        queue.pop();
    }
    producer.join();
    CHECK(wrong == 0);
    CHECK(queue.size() == 0);
}

}  // namespace
}  // namespace tiebreak::daemon
