#include "daemon/unread_replies.hpp"

#include <utility>

namespace tiebreak::daemon {

bool UnreadReplies::take_counted(std::string_view peer, zmq::message_t& reply) {
    const std::shared_ptr<Unread>& its = of(peer);
    if (!has_room_for(*its, reply.size())) return false;
    reply = counted(std::move(reply), its);
    return true;
}

bool UnreadReplies::holds_too_much(std::string_view peer, std::uint64_t for_bytes) const {
    const auto known = peers_.find(peer);
    return known != peers_.end() && known->second->bytes.load(std::memory_order_relaxed) > 0 && !has_room_for(*known->second, for_bytes);
}

bool UnreadReplies::has_room_for(const Unread& its, std::uint64_t bytes) const noexcept {
    const std::uint64_t would_hold = its.bytes.load(std::memory_order_relaxed) + bytes;
    return would_hold + bytes <= free_bytes();  // as much as would still be free then
}

const std::shared_ptr<Unread>& UnreadReplies::of(std::string_view peer) {
    auto known = peers_.find(peer);
    if (known == peers_.end()) {
        if (peers_.size() >= forget_at_) forget_readers();
        known = peers_.emplace(std::string{peer}, std::make_shared<Unread>()).first;
        known->second->whole = all_;
    }
    return known->second;
}

void UnreadReplies::forget_readers() {
    std::erase_if(peers_, [](const auto& peer) { return peer.second->bytes.load(std::memory_order_relaxed) == 0; });
    forget_at_ = 64 + 2 * peers_.size();
}

}  // namespace tiebreak::daemon
