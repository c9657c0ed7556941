// Whole messages in and out of a ZeroMQ socket, without exceptions and without waiting.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

#include <zmq.hpp>

namespace tiebreak::wire {

enum class Received {
    message,    // `frames` holds it
    oversized,  // it had more frames than asked for; all were read and thrown away
    nothing,    // none is waiting
    closed,     // the context is gone
};

// Takes one message of at most `frames_max` frames if there is one. A signal does not disturb it.
[[nodiscard]] Received receive(zmq::socket_ref socket, std::size_t frames_max, std::vector<zmq::message_t>& frames);

// Hands one frame to the socket; false if it takes none at present.
[[nodiscard]] bool send_frame(zmq::socket_ref socket, std::span<const std::byte> frame, bool more = false);

// Waits until one of the sockets has something to read, or time is up, or a signal came.
void wait_readable(std::span<const zmq::socket_ref> sockets, std::chrono::milliseconds timeout);

[[nodiscard]] inline std::span<const std::byte> bytes_of(const zmq::message_t& frame) noexcept {
    return {static_cast<const std::byte*>(frame.data()), frame.size()};
}

}  // namespace tiebreak::wire
