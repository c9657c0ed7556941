#include "wire/feed_follower.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tiebreak::wire {
namespace {

constexpr std::string_view no_history = "no history endpoint is given";
constexpr std::uint32_t question_events_max = 1'000;

// How far to go back first, where numbers have become lower; then eight times as far each time.
constexpr std::uint64_t first_step_back = 1'024;
constexpr std::uint64_t steps_back_grow_until = std::uint64_t{1} << 60;

}  // namespace

FeedFollower::Topic& FeedFollower::topic_of(std::string_view name) {
    const auto found = topics_.find(name);
    return found != topics_.end() ? found->second : topics_.emplace(std::string{name}, Topic{}).first->second;
}

void FeedFollower::follow_after(std::string_view name, std::uint64_t after_sequence) {
    Topic& topic = topic_of(name);
    topic = Topic{};
    topic.last.sequence = after_sequence;
    start_filling(std::string{name}, topic, {});
}

void FeedFollower::forget(std::string_view prefix) {
    std::erase_if(topics_, [prefix](const auto& entry) { return std::string_view{entry.first}.starts_with(prefix); });
}

void FeedFollower::look_at_epoch(std::uint64_t epoch) {
    if (epoch_ == epoch) return;
    if (epoch_) {
        topics_.clear();
        Notice notice;
        notice.kind = NoticeKind::new_epoch;
        notice.why = "another data directory is behind the endpoint";
        say(std::move(notice));
    }
    epoch_ = epoch;
}

void FeedFollower::on_message(std::string_view topic_name, const FeedHead& head, std::span<const std::byte> body,
                              Clock::time_point now) {
    const bool is_heartbeat = body.empty();
    if (!is_heartbeat && head.topic_sequence == 0) return on_unreadable();
    if (is_heartbeat) ++counts_.heartbeats;
    look_at_epoch(head.epoch);
    const std::string name{topic_name};
    Topic& topic = topic_of(name);
    hear_of(topic, head);

    if (!topic.joined && !topic.filling) {
        topic.joined = true;
        topic.last = head;
        if (!is_heartbeat) topic.last.topic_sequence -= 1;
    }
    if (topic.filling) {
        if (!is_heartbeat) hold(topic, head, body);
        return;
    }
    const std::uint64_t next = topic.last.topic_sequence + 1;
    if (!is_heartbeat && head.topic_sequence == next) {
        deliver(name, topic, head, {body.begin(), body.end()});
    } else if (head.topic_sequence < next) {
        if (!is_heartbeat) ++counts_.repeats;
    } else {
        ++counts_.holes;
        if (!is_heartbeat) hold(topic, head, body);
        start_filling(name, topic, now);
    }
}

void FeedFollower::hear_of(Topic& topic, const FeedHead& head) {
    if (head.topic_sequence > topic.newest.topic_sequence) topic.newest = head;
}

void FeedFollower::deliver(const std::string& name, Topic& topic, const FeedHead& head, std::vector<std::byte> body) {
    topic.joined = true;
    topic.last = head;
    topic.ask_after = head.sequence;
    topic.back = 0;
    hear_of(topic, head);
    Notice notice;
    notice.topic = name;
    notice.topic_sequence = head.topic_sequence;
    notice.sequence = head.sequence;
    notice.body = std::move(body);
    say(std::move(notice));
    ++counts_.events;
}

// What does not fit is thrown away: history has it too, and `newest` remembers that it exists.
void FeedFollower::hold(Topic& topic, const FeedHead& head, std::span<const std::byte> body) {
    if (!topic.held.empty() && head.topic_sequence <= topic.held.back().head.topic_sequence) {
        ++counts_.repeats;
        return;
    }
    if (topic.held.size() >= options_.held_messages_max) topic.held.clear();
    topic.held.push_back({head, {body.begin(), body.end()}});
}

void FeedFollower::start_filling(const std::string& name, Topic& topic, Clock::time_point now) {
    if (!options_.history) {
        give_up(name, topic, no_history);
        return;
    }
    topic.filling = true;
    topic.ask_after = topic.last.sequence;
    topic.back = 0;
    topic.attempts = 0;
    topic.ask_at = now;
    to_ask_.push_back(name);
}

std::optional<query::History> FeedFollower::next_question(Clock::time_point now) {
    for (std::size_t looked = 0, count = to_ask_.size(); looked < count; ++looked) {
        std::string name = std::move(to_ask_.front());
        to_ask_.pop_front();
        const auto found = topics_.find(name);
        if (found == topics_.end() || !found->second.filling || found->second.asked) continue;
        if (found->second.ask_at > now) {
            to_ask_.push_back(std::move(name));
            continue;
        }
        found->second.asked = true;
        return query::History{std::move(name), found->second.ask_after, question_events_max};
    }
    return std::nullopt;
}

void FeedFollower::put_back(const query::History& question, Clock::time_point now) {
    const auto found = topics_.find(question.topic);
    if (found == topics_.end() || !found->second.asked) return;
    found->second.asked = false;
    found->second.ask_at = now + options_.retry_interval;
    to_ask_.push_back(question.topic);
}

std::optional<FeedFollower::Clock::time_point> FeedFollower::next_question_at() const {
    std::optional<Clock::time_point> at;
    for (const std::string& name : to_ask_) {
        const auto found = topics_.find(name);
        if (found == topics_.end() || !found->second.filling || found->second.asked) continue;
        if (!at || found->second.ask_at < *at) at = found->second.ask_at;
    }
    return at;
}

void FeedFollower::on_answer(std::string_view topic_name, const answer::History& answer, Clock::time_point now) {
    look_at_epoch(answer.epoch);
    const auto found = topics_.find(topic_name);
    if (found == topics_.end() || !found->second.asked) return;
    const std::string& name = found->first;
    Topic& topic = found->second;
    topic.asked = false;
    hear_of(topic, {answer.epoch, answer.last_topic_sequence, answer.last_sequence});

    bool stepped = false;
    for (const answer::HistoryEvent& event : answer.events) {
        if (topic.joined && event.topic_sequence <= topic.last.topic_sequence) continue;
        if (topic.joined && event.topic_sequence != topic.last.topic_sequence + 1) {
            if (go_back(topic)) return ask_again(name, topic, true, {}, now);
            say_gap(name, topic.last.topic_sequence + 1, event.topic_sequence - 1, "history itself has a hole here");
        }
        deliver(name, topic, {answer.epoch, event.topic_sequence, event.sequence},
                {event.body.begin(), event.body.end()});
        ++counts_.refilled;
        stepped = true;
    }
    if (!answer.complete) {
        // Having gone back, there may be pages of nothing but what is known.
        const bool turned_page = answer.next_after > topic.ask_after;
        topic.ask_after = std::max(topic.ask_after, answer.next_after);
        ask_again(name, topic, stepped || turned_page, "history does not go on", now);
        return;
    }
    if (!topic.joined) {  // nothing has happened since what the caller asked to start after
        topic.joined = true;
        topic.last = {answer.epoch, answer.last_topic_sequence, std::max(answer.last_sequence, topic.last.sequence)};
    }
    release_held(name, topic);
    if (topic.held.empty() && topic.last.topic_sequence >= topic.newest.topic_sequence) {
        topic.filling = false;
    } else if (answer.last_topic_sequence > topic.last.topic_sequence && answer.last_sequence <= topic.ask_after && go_back(topic)) {
        ask_again(name, topic, true, {}, now);
    } else {
        ask_again(name, topic, stepped, "history does not have what the feed had", now);
    }
}

// The history has events that are newer than the last known one by their number on the topic, and older by the global number that was
// heard: a crash has taken what had not become durable, and what follows is numbered anew. False if there is nothing further back.
bool FeedFollower::go_back(Topic& topic) noexcept {
    if (topic.ask_after == 0) return false;
    if (topic.back < steps_back_grow_until) topic.back = topic.back == 0 ? first_step_back : topic.back * 8;
    topic.ask_after -= std::min(topic.ask_after, topic.back);
    return true;
}

void FeedFollower::release_held(const std::string& name, Topic& topic) {
    while (!topic.held.empty()) {
        Held& next = topic.held.front();
        if (next.head.topic_sequence > topic.last.topic_sequence + 1) return;
        if (next.head.topic_sequence == topic.last.topic_sequence + 1) {
            deliver(name, topic, next.head, std::move(next.body));
        } else {
            ++counts_.repeats;
        }
        topic.held.pop_front();
    }
}

void FeedFollower::on_failure(std::string_view topic_name, std::string_view why, bool final, Clock::time_point now) {
    const auto found = topics_.find(topic_name);
    if (found == topics_.end() || !found->second.asked) return;
    found->second.asked = false;
    if (final) {
        give_up(found->first, found->second, why);
    } else {
        ask_again(found->first, found->second, false, why, now);
    }
}

void FeedFollower::ask_again(const std::string& name, Topic& topic, bool stepped, std::string_view why,
                             Clock::time_point now) {
    topic.attempts = stepped ? 0 : topic.attempts + 1;
    if (topic.attempts >= options_.history_attempts_max) {
        give_up(name, topic, why);
        return;
    }
    topic.ask_at = now + topic.attempts * options_.retry_interval;
    to_ask_.push_back(name);
}

// Says what is missing and goes on with what there is.
void FeedFollower::give_up(const std::string& name, Topic& topic, std::string_view why) {
    topic.filling = false;
    topic.asked = false;
    if (!topic.joined) {  // what comes after the caller's starting point is not known by number
        const std::uint64_t first_held =
            topic.held.empty() ? topic.newest.topic_sequence + 1 : topic.held.front().head.topic_sequence;
        say_gap(name, 1, first_held - 1, why);
        topic.joined = topic.newest.topic_sequence != 0;
        topic.last = topic.newest;
        topic.last.topic_sequence = first_held - 1;
    }
    release_held(name, topic);
    while (topic.last.topic_sequence < topic.newest.topic_sequence) {
        const FeedHead known = topic.last;
        topic.last = topic.newest;
        if (!topic.held.empty()) topic.last.topic_sequence = topic.held.front().head.topic_sequence - 1;
        say_gap(name, known.topic_sequence + 1, topic.last.topic_sequence, why);
        release_held(name, topic);
    }
    topic.held.clear();
}

void FeedFollower::say_gap(const std::string& name, std::uint64_t first, std::uint64_t last, std::string_view why) {
    Notice notice;
    notice.kind = NoticeKind::gap;
    notice.topic = name;
    notice.first_missing = first;
    notice.last_missing = last;
    notice.why = why;
    say(std::move(notice));
    ++counts_.gaps;
}

std::vector<Notice> FeedFollower::take_notices(std::size_t notices_max) {
    const std::size_t count = std::min(notices_max, notices_.size());
    const auto last = notices_.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<Notice> notices{std::make_move_iterator(notices_.begin()), std::make_move_iterator(last)};
    notices_.erase(notices_.begin(), last);
    return notices;
}

}  // namespace tiebreak::wire
