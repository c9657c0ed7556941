// Bytes that ZeroMQ keeps for peers who have not taken them off. It says nothing of its queues, but it lets go of a message's bytes once they
// are written to the last connection they were for, or dropped with it, and that is counted here.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include <zmq.hpp>

namespace tiebreak::daemon {

// What is kept, for one peer or for all. Lives as long as a message that counts in it.
struct Unread {
    std::atomic<std::uint64_t> bytes{0};
    std::shared_ptr<Unread> whole;  // what this one is a part of, or null

    void add(std::uint64_t more) noexcept;
    void take_away(std::uint64_t less) noexcept;
};

// The same message, without a copy; its bytes count in `where`, and in what that is a part of, until ZeroMQ lets go of them, on whatever
// thread. What ZeroMQ itself needs for a message is not counted.
[[nodiscard]] zmq::message_t counted(zmq::message_t body, std::shared_ptr<Unread> where);

// Likewise a message with a copy of the bytes.
[[nodiscard]] zmq::message_t counted_copy(std::span<const std::byte> bytes, std::shared_ptr<Unread> where);

}  // namespace tiebreak::daemon
