#include "daemon/slow_connections.hpp"

#include <cstring>
#include <utility>

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

// Whether something waits that the other end has no room for. Only of TCP the kernel knows what was sent and what was not; of anything
// else, what was not taken off.
bool has_waiting(int descriptor) noexcept {
    int bytes = 0;
    if (::ioctl(descriptor, SIOCOUTQNSD, &bytes) != 0 && ::ioctl(descriptor, SIOCOUTQ, &bytes) != 0) return false;
    return bytes > 0;
}

// Bytes that the other end has taken off since it connected. The kernel says so of TCP alone: of anything else, that it took nothing.
std::uint64_t taken_by(int descriptor) noexcept {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
    return info.tcpi_bytes_acked;
}

}  // namespace

SlowConnections::SlowConnections(zmq::context_t& context, zmq::socket_t& socket)
    : reports_(context, socket, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED) {}

void SlowConnections::take_reports() {
    while (const auto report = reports_.take()) {
        if (report->what == ZMQ_EVENT_ACCEPTED) {
            connections_.insert_or_assign(report->descriptor, Connection{peer_of(report->descriptor), std::nullopt});
        } else {
            connections_.erase(report->descriptor);
        }
    }
}

std::size_t SlowConnections::end_slower_than(std::uint64_t bytes) {
    take_reports();
    std::size_t ended = 0;
    for (auto& [descriptor, connection] : connections_) {
        const sockaddr_storage peer = peer_of(descriptor);
        if (std::memcmp(&peer, &connection.peer, sizeof peer) != 0 || !has_waiting(descriptor)) {
            connection.taken.reset();
            continue;
        }
        const std::uint64_t taken = taken_by(descriptor);
        const auto before = std::exchange(connection.taken, taken);
        if (!before || taken - *before >= bytes / 2) continue;
        if (::shutdown(descriptor, SHUT_RDWR) == 0) ++ended;
        connection.taken.reset();
    }
    return ended;
}

}  // namespace tiebreak::daemon
