#include "daemon/unread.hpp"

#include <cstring>
#include <new>
#include <utility>

namespace tiebreak::daemon {
namespace {

struct Kept {
    zmq::message_t body;
    std::shared_ptr<Unread> where;
};

void let_go_of_kept(void*, void* hint) {
    const std::unique_ptr<Kept> kept(static_cast<Kept*>(hint));
    kept->where->take_away(kept->body.size());
}

// The bytes come behind it: one allocation less for each event.
struct Copied {
    std::shared_ptr<Unread> where;
    std::size_t size;
};

void let_go_of_copied(void*, void* hint) {
    auto* const copied = static_cast<Copied*>(hint);
    copied->where->take_away(copied->size);
    copied->~Copied();
    ::operator delete(hint);
}

}  // namespace

void Unread::add(std::uint64_t more) noexcept {
    for (Unread* each = this; each != nullptr; each = each->whole.get()) each->bytes.fetch_add(more, std::memory_order_relaxed);
}

void Unread::take_away(std::uint64_t less) noexcept {
    for (Unread* each = this; each != nullptr; each = each->whole.get()) each->bytes.fetch_sub(less, std::memory_order_relaxed);
}

zmq::message_t counted(zmq::message_t body, std::shared_ptr<Unread> where) {
    where->add(body.size());
    std::unique_ptr<Kept> kept(new Kept{std::move(body), std::move(where)});
    zmq::message_t message(kept->body.data(), kept->body.size(), &let_go_of_kept, kept.get());
    static_cast<void>(kept.release());
    return message;
}

zmq::message_t counted_copy(std::span<const std::byte> bytes, std::shared_ptr<Unread> where) {
    where->add(bytes.size());
    void* const room = ::operator new(sizeof(Copied) + bytes.size());
    auto* const copied = new (room) Copied{std::move(where), bytes.size()};
    std::byte* const place = static_cast<std::byte*>(room) + sizeof(Copied);
    if (!bytes.empty()) std::memcpy(place, bytes.data(), bytes.size());
    return {place, bytes.size(), &let_go_of_copied, copied};
}

}  // namespace tiebreak::daemon
