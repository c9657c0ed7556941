// Options that both of the daemon's sockets need. Set before binding.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <zmq.hpp>

namespace tiebreak::daemon {

[[nodiscard]] inline int as_int(std::uint64_t value) noexcept {
    return static_cast<int>(std::min<std::uint64_t>(value, std::numeric_limits<int>::max()));
}

inline void set_common_options(zmq::socket_t& socket) {
    socket.set(zmq::sockopt::ipv6, true);
    socket.set(zmq::sockopt::backlog, 1'024);
    socket.set(zmq::sockopt::handshake_ivl, 5'000);      // ms: half-open connections end after it
    socket.set(zmq::sockopt::heartbeat_ivl, 2'000);      // ms
    socket.set(zmq::sockopt::heartbeat_timeout, 10'000); // ms of silence before a peer counts as gone
    socket.set(zmq::sockopt::tcp_maxrt, 15'000);         // ms that a peer may take nothing off, or not be reached; ends it where heartbeats do not
    socket.set(zmq::sockopt::linger, 1'000);             // ms for the last replies when closing
}

// Where a bound socket can be reached: a wildcard port is a number here. IPv4 addresses are written as such; a socket that speaks IPv6
// too calls them ::ffff:127.0.0.1.
[[nodiscard]] inline std::string endpoint_of(const zmq::socket_t& socket) {
    std::string endpoint = socket.get(zmq::sockopt::last_endpoint);
    constexpr std::string_view mapped = "[::ffff:";
    const std::size_t begin = endpoint.find(mapped);
    const std::size_t end = endpoint.find(']');
    if (begin == std::string::npos || end == std::string::npos || endpoint.find('.') == std::string::npos) return endpoint;
    endpoint.erase(end, 1);
    endpoint.erase(begin, mapped.size());
    return endpoint;
}

}  // namespace tiebreak::daemon
