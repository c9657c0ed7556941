// The gate: takes every message off the command socket, stamps it before anything else is done with it, and hands it
// on; sends what comes back. A thread of its own, because every microsecond of other work here lets a later offer overtake an
// earlier one.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include <zmq.hpp>

#include "daemon/connection_reports.hpp"
#include "daemon/intake.hpp"
#include "daemon/limits.hpp"
#include "daemon/metrics.hpp"
#include "daemon/passage.hpp"
#include "matching/instant.hpp"

namespace tiebreak::daemon {

class Gate {
public:
    // Binds; throws zmq::error_t if it can't. What arrives waits in ZeroMQ until run() takes it.
    Gate(zmq::context_t& context, const std::string& endpoint, const Limits& limits, Clock& clock, Passage& passage, Metrics& metrics);

    [[nodiscard]] std::string endpoint() const;

    // The thread's whole life: until finish() was called and what may still be sent has been sent. `first_stamp_ns` is above every stamp of
    // an earlier life.
    void run(matching::Instant first_stamp_ns);

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
    void send_refusal(Sender& sender, std::span<const std::byte> refusal);
    bool send_ready();
    void send(Sender& sender, zmq::message_t& body);
    void watch_connections();
    void wait();

    Passage& passage_;
    decltype(Metrics::gate)& metrics_;
    Intake intake_;
    zmq::socket_t socket_;
    std::optional<ConnectionReports> connections_;  // until run() ends
    std::atomic<bool> stop_taking_{false};
    std::atomic<bool> stopped_taking_{false};
    std::atomic<bool> finish_{false};
};

}  // namespace tiebreak::daemon
