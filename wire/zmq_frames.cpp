#include "wire/zmq_frames.hpp"

#include <algorithm>
#include <cerrno>

namespace tiebreak::wire {
namespace {

// The C interface, because cppzmq's throws where a signal interrupts it.
bool receive_frame(void* socket, zmq::message_t& frame, int& error) {
    int received = -1;
    do {
        received = zmq_msg_recv(frame.handle(), socket, ZMQ_DONTWAIT);
    } while (received < 0 && zmq_errno() == EINTR);
    error = received < 0 ? zmq_errno() : 0;
    return received >= 0;
}

}  // namespace

Received receive(zmq::socket_ref socket, std::size_t frames_max, std::vector<zmq::message_t>& frames) {
    frames.clear();
    bool oversized = false;
    for (bool more = true; more;) {
        zmq::message_t frame;
        int error = 0;
        // Within a message no frame is ever missing: ZeroMQ hands over all or none.
        if (!receive_frame(socket.handle(), frame, error)) {
            return error == ETERM || error == ENOTSOCK ? Received::closed : Received::nothing;
        }
        more = frame.more();
        oversized = oversized || frames.size() == frames_max;
        if (!oversized) frames.push_back(std::move(frame));
    }
    return oversized ? Received::oversized : Received::message;
}

bool send_frame(zmq::socket_ref socket, std::span<const std::byte> frame, bool more) {
    int sent = -1;
    do {
        sent = zmq_send(socket.handle(), frame.data(), frame.size(), ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0));
    } while (sent < 0 && zmq_errno() == EINTR);
    return sent >= 0;
}

void wait_readable(std::span<const zmq::socket_ref> sockets, std::chrono::milliseconds timeout) {
    std::vector<zmq_pollitem_t> items;
    for (const zmq::socket_ref& socket : sockets) items.push_back({zmq::socket_ref{socket}.handle(), 0, ZMQ_POLLIN, 0});
    const long wait_ms = static_cast<long>(std::max<std::chrono::milliseconds::rep>(timeout.count(), 0));
    static_cast<void>(zmq_poll(items.data(), static_cast<int>(items.size()), wait_ms));
}

}  // namespace tiebreak::wire
