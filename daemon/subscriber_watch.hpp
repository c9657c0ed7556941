// Ends the connections of subscribers that take what others need: memory for events that they don't take off, or for subscriptions. libzmq
// bounds neither in bytes, and can't be told to end a connection; but it names each one's descriptor, and who shuts that down ends it like a peer that
// goes away. The peer's own ZeroMQ connects again, sees a hole and asks for the history.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include <sys/socket.h>
#include <zmq.hpp>

#include "daemon/connection_reports.hpp"

namespace tiebreak::daemon {

// One thread, which need not be the socket's. What the kernel knows is known of TCP alone: of another transport, that a peer takes nothing off and has said
// nothing.
class SubscriberWatch {
public:
    using Moment = std::chrono::steady_clock::time_point;

    // What a connection may say in a second beside its subscriptions: heartbeats.
    static constexpr std::uint64_t heartbeat_bytes_a_second = 32;

    // Of a socket as for ConnectionReports.
    SubscriberWatch(zmq::context_t& context, zmq::socket_t& socket) : reports_(context, socket, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED) {}

    // Takes in which connections have come and gone. Once a second or so: the reports wait in memory.
    void take_reports(Moment now);

    // Ends those to which the kernel could not send all they were given, at the last call and now, and which took off less than half
    // of `bytes` meanwhile. How many.
    std::size_t end_slower_than(std::uint64_t bytes);

    // Where all connections together have said more than that, heartbeats left out, ends those that said most, until the others have not. How many.
    std::size_t end_those_who_said_most(std::uint64_t bytes_max, Moment now);

private:
    struct Connection {
        sockaddr_storage peer{};             // so that a descriptor that has become another connection's is known
        Moment since;
        std::optional<std::uint64_t> taken;  // bytes that it had taken off at the last look, if more was waiting for it
    };

    ConnectionReports reports_;
    std::unordered_map<int, Connection> connections_;  // by descriptor
};

}  // namespace tiebreak::daemon
