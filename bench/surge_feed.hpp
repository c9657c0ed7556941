// The subscriber: takes down every message of one topic with the moment it was in its hands.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <zmq.hpp>

#include "wire/feed_head.hpp"

namespace tiebreak::bench {

struct FeedMessage {
    std::int64_t received_ns = 0;  // by the wall clock
    wire::FeedHead head;
    zmq::message_t body;
};

// One thread of its own, which sleeps while there is nothing.
class FeedListener {
public:
    // Returns once the first message of the topic, a heartbeat at least, has come: from then on none is missed.
    // Throws std::runtime_error if none comes.
    FeedListener(zmq::context_t& context, const std::string& endpoint, const std::string& topic);
    ~FeedListener();
    FeedListener(const FeedListener&) = delete;
    FeedListener& operator=(const FeedListener&) = delete;

    // Waits until `count` events (heartbeats are none) have come, in all since the last take, or the time is up.
    bool wait_for(std::size_t count, std::int64_t until_steady_ns);
    // The events so far, in the order in which they came.
    [[nodiscard]] std::vector<FeedMessage> take();
    // Messages that the topic's sequences say were lost.
    [[nodiscard]] std::uint64_t missed() const noexcept { return missed_.load(); }

private:
    void run(const std::string& topic);
    bool receive(const std::string& topic);

    zmq::socket_t socket_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> missed_{0};
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<FeedMessage> messages_;
    std::size_t awaited_ = 0;
    bool heard_ = false;
    std::uint64_t last_topic_sequence_ = 0;
    std::thread thread_;
};

}  // namespace tiebreak::bench
