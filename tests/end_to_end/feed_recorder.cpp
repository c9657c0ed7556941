#include "tests/end_to_end/feed_recorder.hpp"

#include <stdexcept>
#include <utility>

#include "wire/event_reader.hpp"
#include "wire/json_writer.hpp"

namespace tiebreak::e2e {

FeedRecorder::FeedRecorder(zmq::context_t& context, const std::string& feed, const std::string& commands,
                           const std::vector<std::string>& topics, bool from_beginning) {
    wire::SubscriberOptions options;
    options.endpoint = feed;
    options.history_endpoint = commands;
    std::string why;
    subscriber_ = wire::Subscriber::connect(context, options, why);
    if (!subscriber_) throw std::runtime_error(why);
    for (const std::string& topic : topics) {
        if (from_beginning) {
            subscriber_->subscribe(topic, 0);
        } else {
            subscriber_->subscribe(topic);
        }
    }
}

bool FeedRecorder::record_until(const std::function<bool(const std::string& line)>& last, std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    wire::EventReader reader;
    while (std::chrono::steady_clock::now() < until) {
        bool found = false;
        for (const wire::Notice& notice : subscriber_->poll(wire::Milliseconds{50})) {
            if (notice.kind != wire::NoticeKind::event) {
                troubles_.push_back(notice.topic + ": " + notice.why);
                continue;
            }
            if (const auto flaw = reader.open(notice.body)) throw std::runtime_error(*flaw);
            std::string line;
            wire::append_event(line, reader.event());
            found = last(line) || found;
            lines_.push_back(std::move(line));
        }
        if (found) return true;
    }
    return false;
}

std::function<bool(const std::string&)> containing(std::string text) {
    return [text = std::move(text)](const std::string& line) { return line.find(text) != std::string::npos; };
}

}  // namespace tiebreak::e2e
