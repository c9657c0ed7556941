#include "daemon/intake.hpp"

#include <utility>

#include "daemon/pace.hpp"
#include "daemon/request_id.hpp"
#include "matching/invariant.hpp"
#include "wire/message_kind.hpp"

namespace tiebreak::daemon {

using matching::Code;

std::span<const std::byte> Intake::take(Sender& sender, zmq::message_t& body) {
    switch (wire::kind_of(bytes_of(body))) {
        case wire::MessageKind::commands: return hand_to_loop(sender, body);
        case wire::MessageKind::query: return hand_to_archive(sender, body);
        case wire::MessageKind::wrong_version:
            metrics_.gate_malformed.add();
            return refuse(bytes_of(body), Code::wrong_version, {});
        case wire::MessageKind::unknown: break;
    }
    metrics_.gate_malformed.add();
    return refuse(bytes_of(body), Code::malformed,
                  "the message has none of the file identifiers that this daemon reads, TBC1 and TBQ1");
}

// A queue in front of the loop makes every acknowledgement and every award late by its length, so it is kept short while there is more
// to do than can be done. What waits for the disk is bounded by the limits alone: a slow sync holds up no award.
bool Intake::has_room_for(std::uint64_t bytes) const noexcept {
    if (in_flight_ >= limits_.requests_in_flight_max || in_flight_bytes_ + bytes > limits_.requests_in_flight_bytes_max) return false;
    const std::uint64_t waiting = taken_bytes_ - passage_.handled_bytes.load(std::memory_order_relaxed);
    const std::uint64_t most = Pace::bytes_waiting_max(passage_.bytes_per_ms.load(std::memory_order_relaxed), limits_.requests_wait_ms_max);
    return waiting == 0 || waiting + bytes <= most;
}

std::span<const std::byte> Intake::hand_to_loop(Sender& sender, zmq::message_t& body) {
    const std::uint64_t bytes = body.size();
    if (!has_room_for(bytes)) {
        metrics_.gate_busy.add();
        return refuse(bytes_of(body), Code::busy, "too many requests are waiting to be carried out; try again in a moment");
    }
    passage_.fence.enter();
    const matching::Instant stamp_ns = stamper_.take(bytes);
    const bool pushed = passage_.requests.push({std::move(sender), std::move(body), stamp_ns});
    passage_.fence.leave();
    // The queue has room for every request in flight.
    TIEBREAK_INVARIANT(pushed, "a stamped request is pushed");
    metrics_.requests_in_flight.set(++in_flight_);
    metrics_.requests_in_flight_bytes.set(in_flight_bytes_ += bytes);
    taken_bytes_ += bytes;
    return {};
}

std::span<const std::byte> Intake::hand_to_archive(Sender& sender, zmq::message_t& body) {
    if (queries_in_flight_ >= limits_.queries_in_flight_max) {
        metrics_.gate_busy.add();
        return refuse(bytes_of(body), Code::busy, "too many queries are waiting for their answers; try again in a moment");
    }
    if (unread_.holds_too_much(sender.routing_id.to_string_view(), limits_.answer_bytes_max)) {
        metrics_.gate_busy.add();
        return refuse(bytes_of(body), Code::busy, "this connection has not taken off the answers that it asked for before; read them, then ask again");
    }
    const bool pushed = passage_.queries.push({std::move(sender), std::move(body), 0});
    TIEBREAK_INVARIANT(pushed, "the queue has room for every query in flight");
    metrics_.queries_in_flight.set(++queries_in_flight_);
    passage_.archive.wake_if_asleep();
    return {};
}

std::span<const std::byte> Intake::refuse(std::span<const std::byte> message, Code code, std::string_view detail) {
    const std::uint64_t request_id = request_id_of(message);
    const bool is_query = wire::identifier_of(message).starts_with(wire::query_identifier.substr(0, 3));
    return is_query ? answers_.refuse(request_id, code, detail) : replies_.refuse(request_id, code, detail);
}

}  // namespace tiebreak::daemon
