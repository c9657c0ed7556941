// What libzmq reports about the connections of a socket.
#pragma once

#include <cstdint>
#include <optional>

#include <zmq.hpp>

namespace tiebreak::daemon {

// One thread: the one that owns the socket.
class ConnectionReports {
public:
    struct Report {
        int what = 0;        // ZMQ_EVENT_…
        int descriptor = 0;  // the connection's, or an error's number: it depends on what
    };

    // Of `socket`, which is not bound yet, is reported on to nobody else and lives longer. `wanted`: ZMQ_EVENT_… together. Throws zmq::error_t.
    ConnectionReports(zmq::context_t& context, zmq::socket_t& socket, int wanted);
    // Ends the reports, before the socket is closed: one that found its reader gone would hold up the I/O thread.
    ~ConnectionReports();
    ConnectionReports(const ConnectionReports&) = delete;
    ConnectionReports& operator=(const ConnectionReports&) = delete;

    // The next one, or nothing if there is none yet. They wait in memory: take them off now and then.
    [[nodiscard]] std::optional<Report> take();

    // To wait on, for input.
    [[nodiscard]] void* handle() noexcept { return reports_.handle(); }

private:
    zmq::socket_t& socket_;
    zmq::socket_t reports_;
};

}  // namespace tiebreak::daemon
