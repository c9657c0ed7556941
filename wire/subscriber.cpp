#include "wire/subscriber.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "wire/zmq_frames.hpp"

namespace tiebreak::wire {
namespace {

using Clock = FeedFollower::Clock;

constexpr std::size_t feed_frames = 3;
constexpr Milliseconds client_turn{20};  // how often the client of the command socket looks at its own clock
constexpr std::size_t questions_in_flight_max = 64;

void set_options(zmq::socket_t& socket, const SubscriberOptions& options) {
    const int heartbeat_ms = static_cast<int>(options.heartbeat_interval.count());
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::ipv6, 1);
    socket.set(zmq::sockopt::rcvhwm, options.receive_messages_max);
    // Subscriptions are messages too: on a reconnect those beyond this mark would vanish without a word.
    socket.set(zmq::sockopt::sndhwm, options.subscriptions_max);
    socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(answer_bytes_max));
    socket.set(zmq::sockopt::handshake_ivl, 5'000);
    socket.set(zmq::sockopt::heartbeat_ivl, heartbeat_ms);
    socket.set(zmq::sockopt::heartbeat_timeout, 3 * heartbeat_ms);
    socket.set(zmq::sockopt::heartbeat_ttl, 3 * heartbeat_ms);
    socket.set(zmq::sockopt::reconnect_ivl, 100);
    socket.set(zmq::sockopt::reconnect_ivl_max, 2'000);
}

FeedFollower::Options follower_options(const SubscriberOptions& options) {
    FeedFollower::Options follower;
    follower.history = options.history_endpoint.has_value();
    follower.held_messages_max = options.held_messages_max;
    follower.history_attempts_max = options.history_attempts_max;
    return follower;
}

std::string_view text_of(const zmq::message_t& frame) { return {static_cast<const char*>(frame.data()), frame.size()}; }

}  // namespace

class Subscriber::Impl {
public:
    Impl(zmq::context_t& context, const SubscriberOptions& options)
        : options_(options), socket_(context, zmq::socket_type::sub), follower_(follower_options(options)) {
        set_options(socket_, options_);
        socket_.connect(options_.endpoint);
    }

    // False, with `why` set, if the history endpoint can't be one.
    bool connect_history(zmq::context_t& context, std::string& why) {
        if (!options_.history_endpoint) return true;
        ClientOptions client;
        client.endpoint = *options_.history_endpoint;
        client.reply_timeout = options_.history_timeout;
        client.in_flight_max = questions_in_flight_max;
        history_ = Client::connect(context, client, why);
        return history_ != nullptr;
    }

    void subscribe(std::string_view topic, std::optional<std::uint64_t> after_sequence) {
        drop_questions(topic);
        socket_.set(zmq::sockopt::subscribe, topic);
        if (after_sequence) follower_.follow_after(topic, *after_sequence);
    }

    void unsubscribe(std::string_view topic) {
        drop_questions(topic);
        socket_.set(zmq::sockopt::unsubscribe, topic);
        follower_.forget(topic);
    }

    std::vector<Notice> poll(Milliseconds timeout, std::size_t notices_max) {
        const Clock::time_point deadline = Clock::now() + timeout;
        for (;;) {
            drain(notices_max);
            put_questions(notices_max);
            take_answers();
            look_at_silence();
            const Clock::time_point now = Clock::now();
            if (follower_.has_notices() || now >= deadline || closed_) return follower_.take_notices(notices_max);
            wait(now, deadline);
        }
    }

    const FeedCounts& counts() const { return follower_.counts(); }
    zmq::socket_ref socket() { return socket_; }

private:
    void drop_questions(std::string_view prefix) {
        std::erase_if(questions_, [prefix](const auto& entry) { return entry.second.topic.starts_with(prefix); });
    }

    void drain(std::size_t notices_max) {
        while (follower_.notice_count() < notices_max) {
            const Received received = receive(socket_, feed_frames, frames_);
            if (received == Received::nothing) return;
            if (received == Received::closed) {
                closed_ = true;
                return;
            }
            last_heard_ = Clock::now();
            silent_ = false;
            take_message(received);
        }
    }

    void take_message(Received received) {
        if (received == Received::message && frames_.size() == feed_frames) {
            if (const auto head = decode_feed_head(bytes_of(frames_[1]))) {
                follower_.on_message(text_of(frames_[0]), *head, bytes_of(frames_[2]), last_heard_);
                return;
            }
        }
        follower_.on_unreadable();
    }

    // Not while the caller has more to take than it asked for: history would pile up here.
    void put_questions(std::size_t notices_max) {
        if (!history_) return;
        while (history_->in_flight() < questions_in_flight_max && follower_.notice_count() < notices_max) {
            auto question = follower_.next_question(Clock::now());
            if (!question) return;
            const std::uint64_t id = history_->ask(*question);
            if (id == 0) {
                follower_.put_back(*question, Clock::now());
                return;
            }
            questions_.emplace(id, std::move(*question));
        }
    }

    void take_answers() {
        if (!history_) return;
        for (Completed& completed : history_->poll(Milliseconds{0})) {
            const auto found = questions_.find(completed.request_id);
            if (found == questions_.end()) continue;
            const query::History question = std::move(found->second);
            questions_.erase(found);
            take_answer(question, completed);
        }
    }

    void take_answer(const query::History& question, const Completed& completed) {
        const Clock::time_point now = Clock::now();
        if (completed.outcome == Outcome::answered && completed.code.empty()) {
            if (const auto* const history = std::get_if<answer::History>(&completed.answer->answer())) {
                follower_.on_answer(question.topic, *history, now);
                return;
            }
        }
        const bool busy = completed.code == matching::code_name(matching::Code::busy);
        const bool answered = completed.outcome == Outcome::answered || completed.outcome == Outcome::replied;
        const std::string why = completed.code.empty() ? completed.detail : completed.code + ": " + completed.detail;
        follower_.on_failure(question.topic, why, answered && !busy, now);
    }

    void look_at_silence() {
        if (silent_ || options_.silence_timeout.count() == 0) return;
        if (Clock::now() - last_heard_ < options_.silence_timeout) return;
        silent_ = true;
        Notice notice;
        notice.kind = NoticeKind::silent;
        notice.why = "nothing has come from " + options_.endpoint + " for " +
                     std::to_string(options_.silence_timeout.count()) + " ms";
        follower_.say(std::move(notice));
    }

    void wait(Clock::time_point now, Clock::time_point deadline) {
        Clock::time_point wake = deadline;
        const bool may_fall_silent = !silent_ && options_.silence_timeout.count() != 0;
        if (may_fall_silent) wake = std::min(wake, last_heard_ + options_.silence_timeout);
        const bool may_ask = history_ && history_->in_flight() < questions_in_flight_max;
        if (const auto at = follower_.next_question_at(); at && may_ask) wake = std::min(wake, *at);
        std::vector<zmq::socket_ref> sockets{socket_};
        if (history_ && history_->in_flight() != 0) {
            sockets.push_back(history_->socket());
            wake = std::min(wake, now + client_turn);
        }
        wait_readable(sockets, std::chrono::ceil<Milliseconds>(wake - now));
    }

    SubscriberOptions options_;
    zmq::socket_t socket_;
    FeedFollower follower_;
    std::unique_ptr<Client> history_;
    std::unordered_map<std::uint64_t, query::History> questions_;
    std::vector<zmq::message_t> frames_;
    Clock::time_point last_heard_ = Clock::now();
    bool silent_ = false;
    bool closed_ = false;
};

std::unique_ptr<Subscriber> Subscriber::connect(zmq::context_t& context, const SubscriberOptions& options,
                                                std::string& why) {
    try {
        auto impl = std::make_unique<Impl>(context, options);
        if (!impl->connect_history(context, why)) return nullptr;
        return std::unique_ptr<Subscriber>{new Subscriber{std::move(impl)}};
    } catch (const zmq::error_t& error) {
        why = "can't connect to " + options.endpoint + ": " + error.what();
        return nullptr;
    }
}

Subscriber::Subscriber(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Subscriber::~Subscriber() = default;

void Subscriber::subscribe(std::string_view topic, std::optional<std::uint64_t> after_sequence) {
    impl_->subscribe(topic, after_sequence);
}
void Subscriber::unsubscribe(std::string_view topic) { impl_->unsubscribe(topic); }

std::vector<Notice> Subscriber::poll(Milliseconds timeout, std::size_t notices_max) {
    return impl_->poll(timeout, notices_max);
}

const FeedCounts& Subscriber::counts() const noexcept { return impl_->counts(); }
zmq::socket_ref Subscriber::socket() noexcept { return impl_->socket(); }

}  // namespace tiebreak::wire
