#include "wire/client.hpp"

#include <algorithm>
#include <deque>
#include <queue>
#include <unordered_map>
#include <utility>

#include "wire/message_kind.hpp"
#include "wire/repeat_guard.hpp"
#include "wire/reply.hpp"
#include "wire/request_writer.hpp"
#include "wire/zmq_frames.hpp"

namespace tiebreak::wire {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned sends_max_max = 16;
constexpr std::size_t messages_per_drain_max = 1'000;

void set_options(zmq::socket_t& socket, const ClientOptions& options) {
    const int heartbeat_ms = static_cast<int>(options.heartbeat_interval.count());
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::ipv6, 1);
    // Only a connection that stands gets requests: what piled up for a daemon that was away must not reach it later.
    socket.set(zmq::sockopt::immediate, 1);
    socket.set(zmq::sockopt::sndhwm, static_cast<int>(std::min<std::size_t>(options.in_flight_max, 1'000'000)));
    socket.set(zmq::sockopt::rcvhwm, 0);  // replies are bounded by requests; a full queue would lose some
    socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(answer_bytes_max));
    socket.set(zmq::sockopt::handshake_ivl, 5'000);
    socket.set(zmq::sockopt::heartbeat_ivl, heartbeat_ms);
    socket.set(zmq::sockopt::heartbeat_timeout, 3 * heartbeat_ms);
    socket.set(zmq::sockopt::heartbeat_ttl, 3 * heartbeat_ms);
    socket.set(zmq::sockopt::reconnect_ivl, static_cast<int>(options.reconnect_interval.count()));
    socket.set(zmq::sockopt::reconnect_ivl_max, 2'000);
}

Receipt receipt_of(const CommandReplyView& reply) {
    return {reply.arrival_ns, reply.sequence,  std::string{reply.code}, std::string{reply.detail},
            reply.duplicate,  reply.withdrawn, reply.first_arrival_ns};
}

}  // namespace

class Client::Impl {
public:
    Impl(zmq::context_t& context, const ClientOptions& options)
        : options_(options), socket_(context, zmq::socket_type::dealer) {
        options_.sends_max = std::clamp(options_.sends_max, 1u, sends_max_max);
        set_options(socket_, options_);
        socket_.connect(options_.endpoint);
    }

    std::uint64_t send(std::span<const matching::Command> commands) {
        if (!has_room(commands.size())) return 0;
        writer_.begin(next_id_);
        for (const matching::Command& command : commands) writer_.add(command);
        return take(writer_.finish(), commands.size(), subjects_of(commands));
    }

    std::uint64_t send(std::span<const matching::command::Offer> offers) {
        if (!has_room(offers.size())) return 0;
        return take(writer_.write(next_id_, offers), offers.size(), subjects_of(offers));
    }

    std::uint64_t ask(const Query& query) {
        if (waiting_.size() >= options_.in_flight_max) return 0;
        return take(query_writer_.write(next_id_, query), 0, Subjects{});
    }

    std::vector<Completed> poll(Milliseconds timeout) {
        wait_until(Clock::now() + timeout, [this] { return !done_.empty(); });
        std::vector<Completed> completed{std::make_move_iterator(done_.begin()), std::make_move_iterator(done_.end())};
        done_.clear();
        return completed;
    }

    std::optional<Completed> wait_for(std::uint64_t request_id, Milliseconds timeout) {
        if (request_id == 0) return std::nullopt;
        const auto find = [this, request_id] {
            return std::find_if(done_.begin(), done_.end(),
                                [request_id](const Completed& c) { return c.request_id == request_id; });
        };
        wait_until(Clock::now() + timeout, [&] { return find() != done_.end(); });
        if (find() == done_.end()) give_up(waiting_.find(request_id), true);
        Completed completed = std::move(*find());
        done_.erase(find());
        return completed;
    }

    std::size_t in_flight() const { return waiting_.size(); }
    const ClientCounts& counts() const { return counts_; }
    zmq::socket_ref socket() { return socket_; }

private:
    struct Waiting {
        std::vector<std::byte> message;
        std::size_t commands = 0;  // 0: a question
        Subjects subjects;
        unsigned turns = 0;  // of the clock, whether or not the request could leave
        unsigned sends = 0;
        bool queued = false;  // in the outbox
    };

    struct Due {
        Clock::time_point at;
        std::uint64_t request_id = 0;
        bool operator>(const Due& other) const { return at > other.at; }
    };

    using WaitingMap = std::unordered_map<std::uint64_t, Waiting>;

    bool has_room(std::size_t commands) const {
        return waiting_.size() < options_.in_flight_max && commands != 0 &&
               commands <= options_.limits.batch_commands_max;
    }

    std::uint64_t take(std::span<const std::byte> message, std::size_t commands, Subjects subjects) {
        if (message.size() > options_.limits.message_bytes_max) return 0;
        const std::uint64_t id = next_id_++;
        guard_.note(id, subjects);
        Waiting& waiting = waiting_[id];
        waiting.message.assign(message.begin(), message.end());
        waiting.commands = commands;
        waiting.subjects = std::move(subjects);
        due_.push({Clock::now() + options_.reply_timeout, id});
        outbox_.push_back(id);
        waiting.queued = true;
        ++counts_.sent;
        flush();
        prune();
        return id;
    }

    // Hands what waits in the outbox to the socket, in order, as far as it takes it.
    void flush() {
        while (!outbox_.empty()) {
            const auto found = waiting_.find(outbox_.front());
            if (found != waiting_.end()) {
                if (!send_frame(socket_, found->second.message)) return;
                found->second.queued = false;
                if (found->second.sends++ > 0) ++counts_.sent_again;
            }
            outbox_.pop_front();
        }
    }

    template <class Ready>
    void wait_until(Clock::time_point deadline, Ready ready) {
        for (;;) {
            flush();
            drain();
            look_at_due(Clock::now());
            const Clock::time_point now = Clock::now();
            if (ready() || now >= deadline || closed_) return;
            const zmq::socket_ref sockets[] = {socket_};
            wait_readable(sockets, std::chrono::ceil<Milliseconds>(next_wake(deadline) - now));
        }
    }

    Clock::time_point next_wake(Clock::time_point deadline) const {
        Clock::time_point wake = due_.empty() ? deadline : std::min(deadline, due_.top().at);
        // While there is no connection, look again soon whether there is one.
        if (!outbox_.empty()) wake = std::min(wake, Clock::now() + Milliseconds{5});
        return wake;
    }

    void drain() {
        for (std::size_t i = 0; i < messages_per_drain_max; ++i) {
            switch (receive(socket_, 2, frames_)) {
                case Received::nothing: return;
                case Received::closed: closed_ = true; return;
                case Received::oversized: ++counts_.unreadable; break;
                case Received::message:
                    if (frames_.size() == 2 && frames_.front().size() != 0) {
                        ++counts_.unreadable;
                    } else {
                        take_message(bytes_of(frames_.back()));
                    }
                    break;
            }
        }
    }

    void take_message(std::span<const std::byte> message) {
        if (identifier_of(message) == answer_identifier) {
            auto reader = std::make_unique<AnswerReader>();
            if (reader->open(message)) {
                ++counts_.unreadable;
            } else {
                take_answer(std::move(reader));
            }
        } else if (reply_reader_.open(message)) {
            ++counts_.unreadable;
        } else {
            take_reply();
        }
    }

    void take_answer(std::unique_ptr<AnswerReader> reader) {
        const auto found = waiting_.find(reader->request_id());
        if (found == waiting_.end() || found->second.commands != 0) {
            ++counts_.unmatched;
            return;
        }
        Completed completed;
        completed.outcome = Outcome::answered;
        completed.code = reader->code();
        completed.detail = reader->detail();
        completed.answer = std::move(reader);
        complete(found, std::move(completed));
    }

    void take_reply() {
        const auto found = waiting_.find(reply_reader_.request_id());
        if (found == waiting_.end()) {
            ++counts_.unmatched;
            return;
        }
        Completed completed;
        completed.code = reply_reader_.code();
        completed.detail = reply_reader_.detail();
        const auto replies = reply_reader_.replies();
        std::transform(replies.begin(), replies.end(), std::back_inserter(completed.receipts), receipt_of);
        if (completed.code.empty() && replies.size() != found->second.commands) {
            completed.outcome = Outcome::unknown_outcome;
            completed.detail = "the reply has " + std::to_string(replies.size()) + " receipts for " +
                               std::to_string(found->second.commands) + " commands";
        }
        complete(found, std::move(completed));
    }

    void complete(WaitingMap::iterator found, Completed completed) {
        completed.request_id = found->first;
        completed.sends = found->second.sends;
        done_.push_back(std::move(completed));
        waiting_.erase(found);
        ++counts_.completed;
    }

    void look_at_due(Clock::time_point now) {
        while (!due_.empty() && (due_.top().at <= now || !waiting_.contains(due_.top().request_id))) {
            const std::uint64_t id = due_.top().request_id;
            due_.pop();
            const auto found = waiting_.find(id);
            if (found != waiting_.end()) next_turn(found, now);
        }
    }

    // Its time has run out once more: again, or enough.
    void next_turn(WaitingMap::iterator found, Clock::time_point now) {
        auto& [id, waiting] = *found;
        const bool last = ++waiting.turns >= options_.sends_max;
        const bool left = waiting.sends > 0;
        if (last || (left && !guard_.may_repeat(id, waiting.subjects))) {
            give_up(found, false);
            return;
        }
        due_.push({now + options_.reply_timeout * (1u << waiting.turns), id});
        if (left && !waiting.queued) {
            waiting.queued = true;
            outbox_.push_back(id);
            flush();
        }
    }

    void give_up(WaitingMap::iterator found, bool caller_left) {
        Completed completed;
        if (found->second.sends == 0) {
            completed.outcome = Outcome::not_sent;
            completed.detail = "there was no connection to " + options_.endpoint;
        } else if (caller_left || !guard_.may_repeat(found->first, found->second.subjects)) {
            completed.outcome = Outcome::unknown_outcome;
            completed.detail = caller_left ? "no reply in time" : "no reply in time, and not safe to send again";
        } else {
            completed.outcome = Outcome::no_reply;
            completed.detail = "sent " + std::to_string(found->second.sends) + " times without a reply";
        }
        complete(found, std::move(completed));
    }

    void prune() {
        if (guard_.size() < prune_at_) return;
        std::uint64_t oldest = next_id_;
        for (const auto& [id, waiting] : waiting_) oldest = std::min(oldest, id);
        guard_.prune(oldest);
        prune_at_ = std::max<std::size_t>(10'000, 2 * guard_.size());
    }

    ClientOptions options_;
    zmq::socket_t socket_;
    RequestWriter writer_;
    QueryWriter query_writer_;
    ReplyReader reply_reader_;
    RepeatGuard guard_;
    std::size_t prune_at_ = 10'000;
    std::uint64_t next_id_ = 1;
    WaitingMap waiting_;
    std::deque<std::uint64_t> outbox_;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
    std::deque<Completed> done_;
    std::vector<zmq::message_t> frames_;
    ClientCounts counts_;
    bool closed_ = false;
};

std::unique_ptr<Client> Client::connect(zmq::context_t& context, const ClientOptions& options, std::string& why) {
    try {
        return std::unique_ptr<Client>{new Client{std::make_unique<Impl>(context, options)}};
    } catch (const zmq::error_t& error) {
        why = "can't connect to " + options.endpoint + ": " + error.what();
        return nullptr;
    }
}

Client::Client(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Client::~Client() = default;

std::uint64_t Client::send(std::span<const matching::Command> commands) { return impl_->send(commands); }
std::uint64_t Client::send(std::span<const matching::command::Offer> offers) { return impl_->send(offers); }
std::uint64_t Client::ask(const Query& query) { return impl_->ask(query); }
std::vector<Completed> Client::poll(Milliseconds timeout) { return impl_->poll(timeout); }

std::optional<Completed> Client::call(std::span<const matching::Command> commands, Milliseconds timeout) {
    return impl_->wait_for(impl_->send(commands), timeout);
}
std::optional<Completed> Client::call(const Query& query, Milliseconds timeout) {
    return impl_->wait_for(impl_->ask(query), timeout);
}

std::size_t Client::in_flight() const noexcept { return impl_->in_flight(); }
const ClientCounts& Client::counts() const noexcept { return impl_->counts(); }
zmq::socket_ref Client::socket() noexcept { return impl_->socket(); }

}  // namespace tiebreak::wire
