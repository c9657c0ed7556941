// The gate: takes every message off the command socket, stamps it before anything else is done with it, and hands it
// on; sends what comes back. A thread of its own, because every microsecond of other work here lets a later offer overtake an
// earlier one.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include <zmq.hpp>

#include "daemon/limits.hpp"
#include "daemon/metrics.hpp"
#include "daemon/spsc_queue.hpp"
#include "daemon/stamps.hpp"
#include "daemon/wake.hpp"
#include "matching/instant.hpp"
#include "wire/query.hpp"
#include "wire/reply.hpp"

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

// The queues between the gate and its neighbours, with who sleeps at which end. All of them outlive the threads.
struct Passage {
    explicit Passage(const Limits& limits)
        : requests(limits.requests_in_flight_max),
          responses(limits.requests_in_flight_max),
          queries(limits.queries_in_flight_max),
          answers(limits.queries_in_flight_max) {}

    StampFence fence;
    SpscQueue<Request> requests;    // gate to loop
    SpscQueue<Response> responses;  // loop to gate; in the order of the requests
    SpscQueue<Request> queries;     // gate to archive
    SpscQueue<Response> answers;    // archive to gate
    alignas(64) std::atomic<std::uint64_t> durable_position{0};
    Waker gate;
    Waker loop;
    Waker archive;
};

class Gate {
public:
    // Binds; throws zmq::error_t if it can't. `first_stamp_ns` is above every stamp of an earlier life.
    Gate(zmq::context_t& context, const std::string& endpoint, const Limits& limits, Clock& clock,
         matching::Instant first_stamp_ns, Passage& passage, Metrics& metrics);

    [[nodiscard]] std::string endpoint() const;

    // The thread's whole life: until finish() was called and what may still be sent has been sent.
    void run();

    // Any thread. No message is taken off the socket any more; run() goes on sending replies.
    void stop_taking() noexcept;
    // True once the last message that was taken has been pushed.
    [[nodiscard]] bool has_stopped_taking() const noexcept { return stopped_taking_.load(std::memory_order_acquire); }
    // Any thread, when nothing more will become durable. Replies that wait for more are dropped: their clients have no
    // acknowledgement, which is the truth.
    void finish() noexcept;

private:
    bool take_burst();
    bool take_one();
    void hand_on(Sender sender, zmq::message_t body);
    void hand_to_loop(Sender sender, zmq::message_t body);
    void hand_to_archive(Sender sender, zmq::message_t body);
    void refuse(Sender& sender, const zmq::message_t& body, matching::Code code, std::string_view detail);
    bool send_ready();
    void send(Sender& sender, zmq::message_t& body) noexcept;
    void watch_connections();
    void wait();

    const Limits limits_;
    Passage& passage_;
    decltype(Metrics::gate)& metrics_;
    Stamper stamper_;
    zmq::socket_t socket_;
    zmq::socket_t connections_;  // libzmq's reports about the socket's connections
    std::uint64_t in_flight_ = 0;
    std::uint64_t in_flight_bytes_ = 0;
    std::uint64_t queries_in_flight_ = 0;
    wire::ReplyWriter replies_;
    wire::AnswerWriter answers_;
    std::atomic<bool> stop_taking_{false};
    std::atomic<bool> stopped_taking_{false};
    std::atomic<bool> finish_{false};
};

}  // namespace tiebreak::daemon
