// The feed as a portal sees it: the events of some topics, each topic in order, each event once.
//
// A hole in a topic is filled from the daemon's history over the command socket where a history endpoint is given;
// what can't be had any more is reported as a gap, never passed over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <zmq.hpp>

#include "wire/client.hpp"
#include "wire/feed_follower.hpp"

namespace tiebreak::wire {

struct SubscriberOptions {
    std::string endpoint = "tcp://127.0.0.1:5702";
    std::optional<std::string> history_endpoint;  // the command socket; absent: every hole is a gap
    Milliseconds history_timeout{2'000};          // for one answer, before the question is put again
    unsigned history_attempts_max = 5;            // without a step forward; then it is a gap
    std::size_t held_messages_max = 10'000;       // of one topic while its hole is being filled
    int receive_messages_max = 100'000;           // ZeroMQ's receive high-water mark: beyond it messages are lost
    int subscriptions_max = 1'000'000;            // ZeroMQ's send high-water mark: beyond it they are lost on reconnect
    Milliseconds heartbeat_interval{1'000};       // of the connection
    Milliseconds silence_timeout{5'000};          // without any message before `silent` is reported; 0: never
};

// One thread at a time; no thread of its own beside ZeroMQ's.
class Subscriber {
public:
    // Null, and `why` set to a sentence, if an endpoint can't be one.
    [[nodiscard]] static std::unique_ptr<Subscriber> connect(zmq::context_t& context,
                                                             const SubscriberOptions& options, std::string& why);
    ~Subscriber();
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;

    // Follows a topic from the next event on; or, with `after_sequence`, from the first event whose global sequence is
    // greater (0: from the beginning), for which a history endpoint is needed.
    // A prefix of topics, such as "package/", can be followed from the next event on only.
    void subscribe(std::string_view topic, std::optional<std::uint64_t> after_sequence = std::nullopt);
    // Also every topic that begins so.
    void unsubscribe(std::string_view topic);

    // Waits up to `timeout` for something to say, then returns what there is, at most `notices_max`. Empty: nothing.
    [[nodiscard]] std::vector<Notice> poll(Milliseconds timeout, std::size_t notices_max = 1'000);

    [[nodiscard]] const FeedCounts& counts() const noexcept;
    [[nodiscard]] zmq::socket_ref socket() noexcept;

private:
    class Impl;
    explicit Subscriber(std::unique_ptr<Impl> impl) noexcept;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tiebreak::wire
