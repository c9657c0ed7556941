#include "daemon/gate.hpp"

#include <array>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "daemon/request_id.hpp"
#include "daemon/sockets.hpp"
#include "matching/codes.hpp"
#include "matching/invariant.hpp"
#include "wire/limits.hpp"
#include "wire/message_kind.hpp"

namespace tiebreak::daemon {

using matching::Code;

namespace {

// Messages taken before replies have their turn, and replies sent before messages have theirs.
constexpr int burst_max = 64;

// While there is always something to do, reports about connections are taken off this often.
constexpr std::uint64_t turns_without_reports_max = 1024;

std::span<const std::byte> bytes_of(const zmq::message_t& message) noexcept {
    return {static_cast<const std::byte*>(message.data()), message.size()};
}

}  // namespace

Gate::Gate(zmq::context_t& context, const std::string& endpoint, const Limits& limits, Clock& clock,
           matching::Instant first_stamp_ns, Passage& passage, Metrics& metrics)
    : limits_(limits),
      passage_(passage),
      metrics_(metrics.gate),
      stamper_(clock, passage.fence, first_stamp_ns),
      socket_(context, zmq::socket_type::router),
      connections_(context, zmq::socket_type::pair) {
    set_common_options(socket_);
    socket_.set(zmq::sockopt::router_mandatory, true);
    socket_.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(limits.message_bytes_max));
    socket_.set(zmq::sockopt::rcvhwm, as_int(limits.peer_requests_max));
    socket_.set(zmq::sockopt::sndhwm, as_int(limits.peer_replies_max));

    // Each gate has a name of its own, so that two can live in one process.
    const std::string reports = "inproc://gate-connections-" + std::to_string(reinterpret_cast<std::uintptr_t>(this));
    const int wanted = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                       ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
    if (::zmq_socket_monitor(socket_.handle(), reports.c_str(), wanted) != 0) throw zmq::error_t();
    // libzmq's I/O thread writes the reports and would wait, and everything with it, where there is no room for one.
    connections_.set(zmq::sockopt::rcvhwm, 0);
    connections_.connect(reports);
    socket_.bind(endpoint);
}

std::string Gate::endpoint() const { return endpoint_of(socket_); }

void Gate::stop_taking() noexcept {
    stop_taking_.store(true, std::memory_order_seq_cst);
    passage_.gate.wake_if_asleep();
}

void Gate::finish() noexcept {
    finish_.store(true, std::memory_order_seq_cst);
    passage_.gate.wake_if_asleep();
}

void Gate::run() {
    for (std::uint64_t turn = 0;; ++turn) {
        if (turn % turns_without_reports_max == 0) watch_connections();
        const bool finishing = finish_.load(std::memory_order_seq_cst);
        bool worked = false;
        if (!stop_taking_.load(std::memory_order_seq_cst)) {
            worked = take_burst();
        } else {
            stopped_taking_.store(true, std::memory_order_release);
        }
        worked = send_ready() || worked;
        if (worked) continue;
        if (finishing) break;
        wait();
    }
    // In this order: a report that found its reader gone would hold up the I/O thread, and the end with it.
    ::zmq_socket_monitor(socket_.handle(), nullptr, 0);
    connections_.close();
    socket_.close();
}

void Gate::wait() {
    passage_.gate.going_to_sleep();
    const bool replies_ready = [&] {
        const Response* const next = passage_.responses.front();
        return next != nullptr && next->position <= passage_.durable_position.load(std::memory_order_seq_cst);
    }();
    const bool told = finish_.load(std::memory_order_seq_cst) ||
                      (stop_taking_.load(std::memory_order_seq_cst) && !stopped_taking_.load(std::memory_order_relaxed));
    if (!replies_ready && !told && passage_.answers.front() == nullptr) {
        // Level-triggered: zmq_poll looks at ZMQ_EVENTS itself before it sleeps, so a message that arrived while replies
        // were being sent is seen.
        const short socket_events = stop_taking_.load(std::memory_order_relaxed) ? 0 : ZMQ_POLLIN;
        std::array<zmq::pollitem_t, 3> items{{{nullptr, passage_.gate.fd(), ZMQ_POLLIN, 0},
                                              {connections_.handle(), 0, ZMQ_POLLIN, 0},
                                              {socket_.handle(), 0, socket_events, 0}}};
        const int got = ::zmq_poll(items.data(), static_cast<int>(items.size()), -1);
        if (got > 0 && (items[1].revents & ZMQ_POLLIN) != 0) watch_connections();
    }
    passage_.gate.awake();
}

bool Gate::take_burst() {
    int taken = 0;
    while (taken < burst_max && take_one()) ++taken;
    return taken > 0;
}

// One whole message. Its frames: the sender, perhaps an empty delimiter, the body.
bool Gate::take_one() {
    Sender sender;
    if (!socket_.recv(sender.routing_id, zmq::recv_flags::dontwait)) return false;
    zmq::message_t body;
    std::size_t frames = 0;
    // A message's frames arrive together, so none of these waits.
    for (bool more = sender.routing_id.more(); more;) {
        zmq::message_t frame;
        if (!socket_.recv(frame, zmq::recv_flags::dontwait)) break;
        more = frame.more();
        ++frames;
        if (frames == 2 && body.size() == 0) sender.delimited = true;
        if (frames <= wire::request_frames_max) body = std::move(frame);
    }
    metrics_.messages_in.add();
    metrics_.bytes_in.add(body.size());
    const bool in_form = frames == 1 || (frames == 2 && sender.delimited);
    if (in_form) {
        hand_on(std::move(sender), std::move(body));
    } else {
        metrics_.frames_refused.add();
        refuse(sender, zmq::message_t{}, Code::malformed,
               "a message is one frame, or an empty one and then the body; this one had another number of frames");
    }
    return true;
}

void Gate::hand_on(Sender sender, zmq::message_t body) {
    switch (wire::kind_of(bytes_of(body))) {
        case wire::MessageKind::commands: return hand_to_loop(std::move(sender), std::move(body));
        case wire::MessageKind::query: return hand_to_archive(std::move(sender), std::move(body));
        case wire::MessageKind::wrong_version:
            metrics_.gate_malformed.add();
            return refuse(sender, body, Code::wrong_version, {});
        case wire::MessageKind::unknown:
            metrics_.gate_malformed.add();
            return refuse(sender, body, Code::malformed,
                          "the message has none of the file identifiers that this daemon reads, TBC1 and TBQ1");
    }
}

void Gate::hand_to_loop(Sender sender, zmq::message_t body) {
    const std::uint64_t bytes = body.size();
    if (in_flight_ >= limits_.requests_in_flight_max || in_flight_bytes_ + bytes > limits_.requests_in_flight_bytes_max) {
        metrics_.gate_busy.add();
        return refuse(sender, body, Code::busy, "too many requests are waiting to be carried out; try again in a moment");
    }
    passage_.fence.enter();
    const matching::Instant stamp_ns = stamper_.take(bytes);
    const bool pushed = passage_.requests.push({std::move(sender), std::move(body), stamp_ns});
    passage_.fence.leave();
    // The queue has room for every request in flight.
    TIEBREAK_INVARIANT(pushed, "a stamped request is pushed");
    metrics_.requests_in_flight.set(++in_flight_);
    metrics_.requests_in_flight_bytes.set(in_flight_bytes_ += bytes);
    passage_.loop.wake_if_asleep();
}

void Gate::hand_to_archive(Sender sender, zmq::message_t body) {
    if (queries_in_flight_ >= limits_.queries_in_flight_max) {
        metrics_.gate_busy.add();
        return refuse(sender, body, Code::busy, "too many queries are waiting for their answers; try again in a moment");
    }
    const bool pushed = passage_.queries.push({std::move(sender), std::move(body), 0});
    TIEBREAK_INVARIANT(pushed, "the queue has room for every query in flight");
    metrics_.queries_in_flight.set(++queries_in_flight_);
    passage_.archive.wake_if_asleep();
}

void Gate::refuse(Sender& sender, const zmq::message_t& body, Code code, std::string_view detail) {
    const std::uint64_t request_id = request_id_of(bytes_of(body));
    const bool is_query = wire::identifier_of(bytes_of(body)).starts_with(wire::query_identifier.substr(0, 3));
    const std::span<const std::byte> refusal =
        is_query ? answers_.refuse(request_id, code, detail) : replies_.refuse(request_id, code, detail);
    zmq::message_t reply(refusal.data(), refusal.size());
    send(sender, reply);
}

bool Gate::send_ready() {
    const std::uint64_t durable = passage_.durable_position.load(std::memory_order_acquire);
    int sent = 0;
    while (sent < burst_max) {
        Response* const response = passage_.responses.front();
        if (response == nullptr || response->position > durable) break;
        send(response->sender, response->body);
        --in_flight_;
        in_flight_bytes_ -= response->request_bytes;
        passage_.responses.pop();
        ++sent;
    }
    if (sent > 0) {
        metrics_.requests_in_flight.set(in_flight_);
        metrics_.requests_in_flight_bytes.set(in_flight_bytes_);
    }
    int answered = 0;
    while (answered < burst_max) {
        Response* const answer = passage_.answers.front();
        if (answer == nullptr) break;
        send(answer->sender, answer->body);
        metrics_.queries_in_flight.set(--queries_in_flight_);
        passage_.answers.pop();
        ++answered;
    }
    return sent + answered > 0;
}

// With ROUTER_MANDATORY the first frame tells whether the client is there and takes replies off; without it ROUTER
// would drop the reply without a word.
void Gate::send(Sender& sender, zmq::message_t& body) noexcept {
    const auto send_frame = [&](zmq::message_t& frame, int flags) noexcept {
        return ::zmq_msg_send(frame.handle(), socket_.handle(), ZMQ_DONTWAIT | flags) >= 0;
    };
    zmq::message_t delimiter;
    const bool sent = send_frame(sender.routing_id, ZMQ_SNDMORE) &&
                      (!sender.delimited || send_frame(delimiter, ZMQ_SNDMORE)) && send_frame(body, 0);
    if (sent) {
        metrics_.messages_out.add();
    } else {
        metrics_.replies_unsendable.add();
        // Emptied, so that a queue's slot does not keep them.
        sender.routing_id.rebuild();
        body.rebuild();
    }
}

void Gate::watch_connections() {
    zmq::message_t report, address;
    while (connections_.recv(report, zmq::recv_flags::dontwait)) {
        std::uint16_t what = 0;
        if (report.size() >= sizeof what) std::memcpy(&what, report.data(), sizeof what);
        if (report.more() && !connections_.recv(address, zmq::recv_flags::dontwait)) break;
        if (what == ZMQ_EVENT_ACCEPTED) {
            metrics_.connections_accepted.add();
        } else if (what == ZMQ_EVENT_DISCONNECTED) {
            metrics_.connections_lost.add();
        } else {
            metrics_.handshakes_failed.add();
        }
    }
}

}  // namespace tiebreak::daemon
