#include "daemon/subscriber_watch.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>
#include <vector>

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>

namespace tiebreak::daemon {
namespace {

// The other end's address; all zero if it has none any more.
sockaddr_storage peer_of(int descriptor) noexcept {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
    return address;
}

bool is_still(const sockaddr_storage& peer, int descriptor) noexcept {
    const sockaddr_storage now = peer_of(descriptor);
    return std::memcmp(&peer, &now, sizeof now) == 0;
}

// Whether something waits that the other end has no room for. Only of TCP the kernel knows what was sent and what was not; of anything
// else, what was not taken off.
bool has_waiting(int descriptor) noexcept {
    int bytes = 0;
    if (::ioctl(descriptor, SIOCOUTQNSD, &bytes) != 0 && ::ioctl(descriptor, SIOCOUTQ, &bytes) != 0) return false;
    return bytes > 0;
}

tcp_info info_of(int descriptor) noexcept {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return {};
    return info;
}

bool end(int descriptor) noexcept { return ::shutdown(descriptor, SHUT_RDWR) == 0; }

}  // namespace

void SubscriberWatch::take_reports(Moment now) {
    while (const auto report = reports_.take()) {
        if (report->what == ZMQ_EVENT_ACCEPTED) {
            connections_.insert_or_assign(report->descriptor, Connection{peer_of(report->descriptor), now, std::nullopt});
        } else {
            connections_.erase(report->descriptor);
        }
    }
}

std::size_t SubscriberWatch::end_slower_than(std::uint64_t bytes) {
    std::size_t ended = 0;
    for (auto& [descriptor, connection] : connections_) {
        if (!is_still(connection.peer, descriptor) || !has_waiting(descriptor)) {
            connection.taken.reset();
            continue;
        }
        const std::uint64_t taken = info_of(descriptor).tcpi_bytes_acked;
        const auto before = std::exchange(connection.taken, taken);
        if (!before || taken - *before >= bytes / 2) continue;
        if (end(descriptor)) ++ended;
        connection.taken.reset();
    }
    return ended;
}

std::size_t SubscriberWatch::end_those_who_said_most(std::uint64_t bytes_max, Moment now) {
    std::vector<std::pair<std::uint64_t, int>> said;
    std::uint64_t all = 0;
    for (const auto& [descriptor, connection] : connections_) {
        if (!is_still(connection.peer, descriptor)) continue;
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - connection.since).count();
        const std::uint64_t heartbeats = heartbeat_bytes_a_second * static_cast<std::uint64_t>(seconds);
        const std::uint64_t received = info_of(descriptor).tcpi_bytes_received;
        if (received <= heartbeats) continue;
        all += received - heartbeats;
        said.emplace_back(received - heartbeats, descriptor);
    }
    if (all <= bytes_max) return 0;
    std::ranges::sort(said, std::greater{});
    std::size_t ended = 0;
    for (const auto& [bytes, descriptor] : said) {
        if (all <= bytes_max) break;
        all -= bytes;
        if (end(descriptor)) ++ended;
    }
    return ended;
}

}  // namespace tiebreak::daemon
