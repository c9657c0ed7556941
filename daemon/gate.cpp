#include "daemon/gate.hpp"

#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "daemon/sockets.hpp"
#include "matching/codes.hpp"
#include "wire/limits.hpp"

namespace tiebreak::daemon {

using matching::Code;

namespace {

// Messages taken before replies have their turn.
constexpr int takes_a_turn_max = 64;

// Replies sent before messages have theirs. Sending takes most of a microsecond, in which nothing is stamped, and what arrives meanwhile is
// taken in the order of the connections, not of its arrival: so few.
constexpr int sends_a_turn_max = 4;

// While there is always something to do, reports about connections are taken off this often.
constexpr std::uint64_t turns_without_reports_max = 1024;

}  // namespace

Gate::Gate(zmq::context_t& context, const std::string& endpoint, const Limits& limits, Clock& clock, Passage& passage, Metrics& metrics)
    : passage_(passage),
      metrics_(metrics.gate),
      intake_(limits, clock, passage, metrics),
      socket_(context, zmq::socket_type::router),
      connections_(std::in_place, context, socket_,
                   ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                       ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
    set_common_options(socket_);
    socket_.set(zmq::sockopt::router_mandatory, true);
    socket_.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(limits.message_bytes_max));
    socket_.set(zmq::sockopt::rcvhwm, as_int(limits.peer_requests_max));
    socket_.set(zmq::sockopt::sndhwm, as_int(limits.peer_replies_max));
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

void Gate::run(matching::Instant first_stamp_ns) {
    intake_.begin_at(first_stamp_ns);
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
    connections_.reset();
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
                                              {connections_->handle(), 0, ZMQ_POLLIN, 0},
                                              {socket_.handle(), 0, socket_events, 0}}};
        const int got = ::zmq_poll(items.data(), static_cast<int>(items.size()), -1);
        if (got > 0 && (items[1].revents & ZMQ_POLLIN) != 0) watch_connections();
    }
    passage_.gate.awake();
}

bool Gate::take_burst() {
    int taken = 0;
    while (taken < takes_a_turn_max && take_one()) ++taken;
    // Not with the first one: the loop would then be awake for each by itself.
    if (taken > 0) passage_.loop.wake_if_asleep();
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
    std::span<const std::byte> refusal;
    if (in_form) {
        refusal = intake_.take(sender, body);
    } else {
        metrics_.frames_refused.add();
        refusal = intake_.refuse({}, Code::malformed,
                                 "a message is one frame, or an empty one and then the body; this one had another number of frames");
    }
    if (!refusal.empty()) send_refusal(sender, refusal);
    return true;
}

void Gate::send_refusal(Sender& sender, std::span<const std::byte> refusal) {
    zmq::message_t reply(refusal.data(), refusal.size());
    send(sender, reply);
}

bool Gate::send_ready() {
    const std::uint64_t durable = passage_.durable_position.load(std::memory_order_acquire);
    int sent = 0;
    for (; sent < sends_a_turn_max; ++sent) {
        Response* const reply = intake_.next_reply(durable);
        if (reply == nullptr) break;
        send(reply->sender, reply->body);
        intake_.reply_left();
    }
    int answered = 0;
    for (; answered < sends_a_turn_max; ++answered) {
        Response* const answer = intake_.next_answer();
        if (answer == nullptr) break;
        send(answer->sender, answer->body);
        intake_.answer_left();
    }
    if (sent + answered > 0) intake_.publish_sizes();
    return sent + answered > 0;
}

// With ROUTER_MANDATORY the first frame tells whether the client is there and takes replies off; without it ROUTER
// would drop the reply without a word.
void Gate::send(Sender& sender, zmq::message_t& body) {
    const auto send_frame = [&](zmq::message_t& frame, int flags) noexcept {
        return ::zmq_msg_send(frame.handle(), socket_.handle(), ZMQ_DONTWAIT | flags) >= 0;
    };
    zmq::message_t delimiter;
    const bool sent = intake_.may_send(sender, body) && send_frame(sender.routing_id, ZMQ_SNDMORE) &&
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
    while (const auto report = connections_->take()) {
        if (report->what == ZMQ_EVENT_ACCEPTED) {
            metrics_.connections_accepted.add();
        } else if (report->what == ZMQ_EVENT_DISCONNECTED) {
            metrics_.connections_lost.add();
        } else {
            metrics_.handshakes_failed.add();
        }
    }
}

}  // namespace tiebreak::daemon
