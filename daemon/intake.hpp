// The gate without its sockets: which messages are taken, how they are stamped, when a reply may leave.
//
// Knows no thread and no socket, so that a simulation drives the very same code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "daemon/clock.hpp"
#include "daemon/limits.hpp"
#include "daemon/metrics.hpp"
#include "daemon/passage.hpp"
#include "daemon/stamps.hpp"
#include "daemon/unread_replies.hpp"
#include "matching/codes.hpp"
#include "wire/query.hpp"
#include "wire/reply.hpp"

namespace tiebreak::daemon {

// Gate thread.
class Intake {
public:
    Intake(const Limits& limits, Clock& clock, Passage& passage, Metrics& metrics)
        : limits_(limits),
          passage_(passage),
          metrics_(metrics.gate),
          stamper_(clock, passage.fence, 0),
          unread_(limits.replies_unread_bytes_max) {}

    // Before the first message: `first_stamp_ns` is above every stamp of an earlier life.
    void begin_at(matching::Instant first_stamp_ns) noexcept { stamper_.begin_at(first_stamp_ns); }

    // Stamps a request and hands it to the loop, which the caller wakes, or hands a query to the archive; both arguments are then moved from. Else
    // they are untouched, and what comes back is the refusal to send at once, valid until the next call.
    [[nodiscard]] std::span<const std::byte> take(Sender& sender, zmq::message_t& body);
    // A refusal of this message; valid until the next call.
    [[nodiscard]] std::span<const std::byte> refuse(std::span<const std::byte> message, matching::Code code,
                                                    std::string_view detail);

    // The next reply that may leave while `durable` is the last durable position, or null; reply_left() takes it away.
    [[nodiscard]] Response* next_reply(std::uint64_t durable) noexcept {
        Response* const next = passage_.responses.front();
        return next != nullptr && next->position <= durable ? next : nullptr;
    }
    void reply_left() noexcept {
        --in_flight_;
        in_flight_bytes_ -= passage_.responses.front()->request_bytes;
        passage_.responses.pop();
    }
    [[nodiscard]] Response* next_answer() noexcept { return passage_.answers.front(); }
    void answer_left() noexcept {
        metrics_.queries_in_flight.set(--queries_in_flight_);
        passage_.answers.pop();
    }
    // Whether this reply or answer may be sent; else its sender has not taken off what it got before, and more must not be kept for it.
    [[nodiscard]] bool may_send(const Sender& sender, zmq::message_t& body) { return unread_.take(sender.routing_id.to_string_view(), body); }
    // Copies what is in flight, and what is unread, into the figures; after a burst of replies.
    void publish_sizes() noexcept {
        metrics_.requests_in_flight.set(in_flight_);
        metrics_.requests_in_flight_bytes.set(in_flight_bytes_);
        metrics_.replies_unread_bytes.set(unread_.bytes());
    }

private:
    [[nodiscard]] bool has_room_for(std::uint64_t bytes) const noexcept;
    [[nodiscard]] std::span<const std::byte> hand_to_loop(Sender& sender, zmq::message_t& body);
    [[nodiscard]] std::span<const std::byte> hand_to_archive(Sender& sender, zmq::message_t& body);

    const Limits limits_;
    Passage& passage_;
    decltype(Metrics::gate)& metrics_;
    Stamper stamper_;
    std::uint64_t in_flight_ = 0;
    std::uint64_t in_flight_bytes_ = 0;
    std::uint64_t taken_bytes_ = 0;  // ever; less what the loop has handled, what waits for it
    std::uint64_t queries_in_flight_ = 0;
    UnreadReplies unread_;
    wire::ReplyWriter replies_;
    wire::AnswerWriter answers_;
};

}  // namespace tiebreak::daemon
