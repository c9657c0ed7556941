#include "bench/surge_feed.hpp"

#include <chrono>
#include <limits>
#include <stdexcept>
#include <utility>

#include "bench/surge_clock.hpp"
#include "wire/zmq_frames.hpp"

namespace tiebreak::bench {
namespace {

constexpr int look_around_ms = 100;  // for the end
constexpr std::int64_t first_message_limit_ns = 10 * s_ns;

}  // namespace

FeedListener::FeedListener(zmq::context_t& context, const std::string& endpoint, const std::string& topic)
    : socket_(context, zmq::socket_type::sub) {
    socket_.set(zmq::sockopt::rcvhwm, 0);
    socket_.set(zmq::sockopt::linger, 0);
    socket_.set(zmq::sockopt::rcvtimeo, look_around_ms);
    socket_.connect(endpoint);
    socket_.set(zmq::sockopt::subscribe, topic);
    thread_ = std::thread([this, topic] { run(topic); });
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, std::chrono::nanoseconds(first_message_limit_ns), [this] { return heard_; })) return;
    lock.unlock();
    stopping_.store(true);
    thread_.join();
    throw std::runtime_error("no message on the feed at " + endpoint);
}

FeedListener::~FeedListener() {
    stopping_.store(true);
    if (thread_.joinable()) thread_.join();
}

bool FeedListener::wait_for(std::size_t count, std::int64_t until_steady_ns) {
    std::unique_lock lock(mutex_);
    awaited_ = count;
    const bool enough = changed_.wait_for(lock, std::chrono::nanoseconds(std::max<std::int64_t>(0, until_steady_ns - steady_ns())),
                                          [&] { return messages_.size() >= count; });
    awaited_ = std::numeric_limits<std::size_t>::max();
    return enough;
}

std::vector<FeedMessage> FeedListener::take() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(messages_, {});
}

void FeedListener::run(const std::string& topic) {
    while (!stopping_.load(std::memory_order_relaxed)) static_cast<void>(receive(topic));
}

bool FeedListener::receive(const std::string& topic) {
    zmq::message_t name, head, body;
    try {
        if (!socket_.recv(name)) return false;
    } catch (const zmq::error_t&) {  // a signal
        return false;
    }
    const std::int64_t received_ns = wall_ns();
    if (!name.more() || !socket_.recv(head) || !head.more() || !socket_.recv(body)) return false;
    const auto decoded = wire::decode_feed_head(wire::bytes_of(head));
    if (!decoded || name.to_string_view() != topic) return false;

    const std::scoped_lock lock(mutex_);
    if (body.size() == 0) {
        if (heard_ && decoded->topic_sequence > last_topic_sequence_) missed_ += decoded->topic_sequence - last_topic_sequence_;
    } else {
        if (heard_ && decoded->topic_sequence > last_topic_sequence_ + 1)
            missed_ += decoded->topic_sequence - last_topic_sequence_ - 1;
        messages_.push_back({received_ns, *decoded, std::move(body)});
    }
    last_topic_sequence_ = decoded->topic_sequence;
    if (!std::exchange(heard_, true) || messages_.size() == awaited_) changed_.notify_all();
    return true;
}

}  // namespace tiebreak::bench
