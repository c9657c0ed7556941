#include "daemon/feed.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace tiebreak::daemon {

namespace event = matching::event;

namespace {

// After its last event a topic is told about this many times more, to those who follow it by a shorter prefix.
constexpr std::uint8_t heartbeats_after_event = 3;
// Of the topics that are subscribed to by name, in one interval; the rest have their turn in the next.
constexpr std::size_t heartbeats_at_once_max = 1024;

}  // namespace

void Feed::keep_in(HistoryLog* log, TopicIndex topics_kept) {
    history_ = log;
    topics_kept_ = topics_kept;
}

bool Feed::go_on_from(std::string_view saved_topics, std::uint64_t last_sequence) {
    TopicTable topics;
    const bool loaded = topics.load(saved_topics);
    topics_ = loaded ? std::move(topics) : TopicTable();
    last_sequence_ = loaded ? last_sequence : 0;
    return loaded;
}

void Feed::caused_by_command(std::uint64_t position) noexcept {
    by_deadline_ = false;
    position_ = position;
}

void Feed::caused_by_deadline(std::uint64_t position, std::uint64_t ceiling_position, bool all_written) noexcept {
    by_deadline_ = true;
    all_written_ = all_written;
    position_ = position;
    ceiling_position_ = ceiling_position;
}

std::uint64_t Feed::position_needed(const matching::Event& event) {
    const bool about_package = event.package != matching::no_index;
    if (about_package && package_positions_.size() <= event.package) package_positions_.resize(event.package + 1);
    if (by_deadline_) {
        if (!leaves_early() || !all_written_) return std::max(position_, ceiling_position_);
        const std::uint64_t package_position = about_package ? package_positions_[event.package] : position_;
        return std::max({package_position, registration_position_, ceiling_position_});
    }
    if (about_package) package_positions_[event.package] = position_;
    if (std::holds_alternative<event::ProviderRegistered>(event.body) ||
        std::holds_alternative<event::ProcedureRegistered>(event.body)) {
        registration_position_ = position_;
    }
    return position_;
}

void Feed::on_event(const matching::Event& event) {
    last_sequence_ = event.sequence;
    const std::uint64_t needed = position_needed(event);
    topics_.collect(event, found_);
    if (history_ != nullptr) introduce_topics();
    places_.clear();
    bool wanted = false;
    for (const TopicIndex index : found_) {
        Topic& topic = topics_[index];
        topic.sequence = event.sequence;
        places_.push_back({index, ++topic.topic_sequence});
        topic.release_position = std::max(topic.release_position, needed);
        wanted = is_wanted(index) || wanted;
    }
    if (!wanted && history_ == nullptr) return;

    const std::span<const std::byte> body = writer_.write(event);
    if (history_ != nullptr) {
        history_->add_event(event.sequence, topics_[places_.front().topic].release_position, places_, body);
    }
    if (!wanted) return;
    std::size_t body_begin = 0;
    bool copied = false;
    for (const TopicPlace& place : places_) {
        Topic& topic = topics_[place.topic];
        if (!is_wanted(place.topic)) continue;
        if (topic.release_position <= durable_position_) {
            send(place.topic, place.topic_sequence, event.sequence, body);
            continue;
        }
        if (!copied) {
            body_begin = waiting_bodies_.size();
            waiting_bodies_.insert(waiting_bodies_.end(), body.begin(), body.end());
            copied = true;
        }
        waiting_.push_back({topic.release_position, place.topic_sequence, event.sequence, body_begin,
                            static_cast<std::uint32_t>(body.size()), place.topic});
    }
    metrics_.events_waiting.set(waiting_.size());
}

// The history learns of a topic before the first event that it keeps of it.
void Feed::introduce_topics() {
    if (history_->begins_anew()) topics_kept_ = 0;
    for (; topics_kept_ < topics_.size(); ++topics_kept_) {
        history_->add_topic(topics_kept_, topics_[topics_kept_], topics_.name(topics_kept_));
    }
}

bool Feed::is_wanted(TopicIndex index) noexcept {
    if (outlet_ == nullptr) return false;
    Topic& topic = topics_[index];
    const std::uint32_t as_of = outlet_->subscriptions_as_of();
    if (topic.wanted_as_of != as_of) {
        topic.wanted_as_of = as_of;
        topic.wanted = outlet_->is_wanted(topics_.name(index));
    }
    return topic.wanted;
}

void Feed::send(TopicIndex index, std::uint64_t topic_sequence, std::uint64_t sequence,
                std::span<const std::byte> body) noexcept {
    Topic& topic = topics_[index];
    outlet_->send(topics_.name(index), {epoch_, topic_sequence, sequence}, body);
    topic.sent_topic_sequence = topic_sequence;
    topic.sent_sequence = sequence;
    if (topic.heartbeats_left == 0) beating_.push_back(index);
    topic.heartbeats_left = heartbeats_after_event;
    metrics_.events_published.add();
}

void Feed::on_durable(std::uint64_t position) {
    durable_position_ = std::max(durable_position_, position);
    if (waiting_.empty()) return;
    still_waiting_.clear();
    still_waiting_bodies_.clear();
    std::size_t copied_from = static_cast<std::size_t>(-1), copied_to = 0;
    for (Waiting& message : waiting_) {
        if (message.release_position <= durable_position_) {
            send(message.topic, message.topic_sequence, message.sequence,
                 std::span{waiting_bodies_}.subspan(message.body_begin, message.body_bytes));
            continue;
        }
        if (copied_from != message.body_begin) {
            copied_from = message.body_begin;
            copied_to = still_waiting_bodies_.size();
            const auto first = waiting_bodies_.begin() + static_cast<std::ptrdiff_t>(message.body_begin);
            still_waiting_bodies_.insert(still_waiting_bodies_.end(), first, first + message.body_bytes);
        }
        message.body_begin = copied_to;
        still_waiting_.push_back(message);
    }
    waiting_.swap(still_waiting_);
    waiting_bodies_.swap(still_waiting_bodies_);
    metrics_.events_waiting.set(waiting_.size());
}

void Feed::send_heartbeats() {
    if (outlet_ == nullptr) return;
    std::erase_if(beating_, [&](TopicIndex index) {
        Topic& topic = topics_[index];
        if (is_wanted(index)) send_heartbeat(topics_.name(index), &topic);
        return --topic.heartbeats_left == 0;
    });
    const std::span<const std::string> wanted = outlet_->wanted_topics();
    const std::size_t count = std::min(wanted.size(), heartbeats_at_once_max);
    for (std::size_t i = 0; i < count; ++i) {
        if (next_heartbeat_ >= wanted.size()) next_heartbeat_ = 0;
        const std::string& name = wanted[next_heartbeat_++];
        const auto index = topics_.find(name);
        if (index && topics_[*index].heartbeats_left != 0) continue;  // it had its own
        send_heartbeat(name, index ? &topics_[*index] : nullptr);
    }
}

void Feed::send_heartbeat(std::string_view name, const Topic* topic) noexcept {
    wire::FeedHead head{epoch_, 0, 0};
    if (topic != nullptr) {
        const bool all_left = topic->release_position <= durable_position_;
        head.topic_sequence = all_left ? topic->topic_sequence : topic->sent_topic_sequence;
        head.sequence = all_left ? topic->sequence : topic->sent_sequence;
    }
    outlet_->send(name, head, {});
    metrics_.heartbeats.add();
}

}  // namespace tiebreak::daemon
