// The queues between the gate, the loop and the archive, and what goes through them.
//
// A zmq::message_t is nothing but bytes with an owner here: no socket is needed to make, fill or read one.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include <zmq.hpp>

#include "daemon/limits.hpp"
#include "daemon/spsc_queue.hpp"
#include "daemon/stamps.hpp"
#include "daemon/wake.hpp"
#include "matching/instant.hpp"

namespace tiebreak::daemon {

// Where a message came from, and so where its reply goes.
struct Sender {
    zmq::message_t routing_id;
    bool delimited = false;  // an empty frame came before the body; the reply mirrors it
};

// A request with its stamp, on the way to the loop; or a query (stamp 0), on the way to the archive.
struct Request {
    Sender sender;
    zmq::message_t body;
    matching::Instant stamp_ns = 0;
};

// A reply that may leave once `position` is durable.
struct Response {
    Sender sender;
    zmq::message_t body;
    std::uint64_t position = 0;
    std::uint64_t request_bytes = 0;  // of the body that it answers
};

// That the loop applied deadlines by its timer: when, and before which event.
struct DeadlinesApplied {
    std::uint64_t first_sequence = 0;
    matching::Instant at_ns = 0;
};

// The queues between the gate and its neighbours, with who sleeps at which end. All of them outlive the threads.
struct Passage {
    explicit Passage(const Limits& limits)
        : requests(limits.requests_in_flight_max),
          responses(limits.requests_in_flight_max),
          queries(limits.queries_in_flight_max),
          answers(limits.queries_in_flight_max),
          applied(1024) {}

    StampFence fence;
    SpscQueue<Request> requests;    // gate to loop
    SpscQueue<Response> responses;  // loop to gate; in the order of the requests
    SpscQueue<Request> queries;     // gate to archive
    SpscQueue<Response> answers;    // archive to gate
    SpscQueue<DeadlinesApplied> applied;  // loop to archive, for the log: what finds no room is left out
    alignas(64) std::atomic<std::uint64_t> durable_position{0};
    // Written by the loop: bytes of the requests that it has handled, and its pace (see Pace).
    alignas(64) std::atomic<std::uint64_t> handled_bytes{0};
    std::atomic<std::uint64_t> bytes_per_ms{0};
    Waker gate;
    Waker loop;
    Waker archive;
};

[[nodiscard]] inline std::span<const std::byte> bytes_of(const zmq::message_t& message) noexcept {
    return {static_cast<const std::byte*>(message.data()), message.size()};
}

}  // namespace tiebreak::daemon
