// Ends connections whose other side takes off too little. libzmq can't be told to: it names each connection's descriptor, and who shuts
// that down ends the connection like a peer that goes away. The peer's own ZeroMQ connects again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include <sys/socket.h>
#include <zmq.hpp>

#include "daemon/connection_reports.hpp"

namespace tiebreak::daemon {

// One thread: the one that owns the socket.
class SlowConnections {
public:
    // Of a socket as for ConnectionReports.
    SlowConnections(zmq::context_t& context, zmq::socket_t& socket);

    // Takes in which connections have come and gone. Now and then: the reports wait in memory.
    void take_reports();

    // Ends those to which the kernel could not send all they were given, at the last call and now, and which took off less than half
    // of `bytes` meanwhile. How many.
    std::size_t end_slower_than(std::uint64_t bytes);

private:
    struct Connection {
        sockaddr_storage peer{};             // so that a descriptor that has become another connection's is known
        std::optional<std::uint64_t> taken;  // bytes that it had taken off at the last look, if more was waiting for it
    };

    ConnectionReports reports_;
    std::unordered_map<int, Connection> connections_;  // by descriptor
};

}  // namespace tiebreak::daemon
