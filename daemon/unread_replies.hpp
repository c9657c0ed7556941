// How much may be kept for clients that ask and don't read. One client must not take the memory, nor the room of the others: each may
// hold as much as is still free. One alone then holds half of all, two a third each, and one that reads always finds room.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include <zmq.hpp>

#include "daemon/unread.hpp"

namespace tiebreak::daemon {

// Gate thread.
class UnreadReplies {
public:
    // Smaller replies are not counted, for the time that counting takes: their number is bounded for each client (peer_replies_max).
    static constexpr std::uint64_t counted_from_bytes = 1024;

    explicit UnreadReplies(std::uint64_t bytes_max) : bytes_max_(bytes_max), all_(std::make_shared<Unread>()) {}

    // A reply is about to be sent to `peer`, which it counts for from now on. False, and the reply is untouched: it must not be sent,
    // the peer would hold more than is free.
    [[nodiscard]] bool take(std::string_view peer, zmq::message_t& reply) {
        return reply.size() < counted_from_bytes || take_counted(peer, reply);
    }
    // Whether the peer holds something, and so much that a reply of these bytes would not be taken: it should not be begun. One that holds
    // nothing may always ask.
    [[nodiscard]] bool holds_too_much(std::string_view peer, std::uint64_t for_bytes) const;

    [[nodiscard]] std::uint64_t bytes() const noexcept { return all_->bytes.load(std::memory_order_relaxed); }

private:
    [[nodiscard]] bool take_counted(std::string_view peer, zmq::message_t& reply);
    [[nodiscard]] bool has_room_for(const Unread& its, std::uint64_t bytes) const noexcept;
    [[nodiscard]] std::uint64_t free_bytes() const noexcept { return bytes_max_ - std::min(bytes_max_, bytes()); }
    [[nodiscard]] const std::shared_ptr<Unread>& of(std::string_view peer);
    void forget_readers();

    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    const std::uint64_t bytes_max_;
    std::shared_ptr<Unread> all_;
    std::unordered_map<std::string, std::shared_ptr<Unread>, Hash, std::equal_to<>> peers_;  // by routing id
    std::size_t forget_at_ = 64;  // so many peers, and those that hold nothing are forgotten
};

}  // namespace tiebreak::daemon
