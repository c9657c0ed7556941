// What a subscriber knows of each topic: which event is next, which came twice, which are missing. No socket, no clock:
// messages and answers in; notices and questions out.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wire/feed_head.hpp"
#include "wire/query.hpp"

namespace tiebreak::wire {

enum class NoticeKind : std::uint8_t {
    event,      // the next one of its topic
    gap,        // the topic's events from first_missing to last_missing could not be had: see `why`
    new_epoch,  // another data directory is behind the endpoint: all that was known of every topic is void
    silent,     // nothing at all has come for silence_timeout; said once, until something comes again
};

struct Notice {
    NoticeKind kind = NoticeKind::event;
    std::string topic;                // of an event or a gap
    std::uint64_t topic_sequence = 0;
    std::uint64_t sequence = 0;
    std::vector<std::byte> body;      // of an event: for EventReader
    std::uint64_t first_missing = 0;  // of a gap: topic sequences; last_missing 0: as far as there are any
    std::uint64_t last_missing = 0;
    std::string why;
};

struct FeedCounts {
    std::uint64_t events = 0;      // delivered
    std::uint64_t repeats = 0;     // dropped
    std::uint64_t holes = 0;       // seen
    std::uint64_t refilled = 0;    // events that came from history
    std::uint64_t gaps = 0;        // reported
    std::uint64_t heartbeats = 0;
    std::uint64_t unreadable = 0;  // messages that are none of the feed
};

class FeedFollower {
public:
    using Clock = std::chrono::steady_clock;

    struct Options {
        bool history = false;  // questions can be put; without, every hole is a gap at once
        std::size_t held_messages_max = 10'000;  // of one topic while its hole is being filled
        unsigned history_attempts_max = 5;       // without a step forward
        std::chrono::milliseconds retry_interval{20};  // after an answer that brought nothing; longer each time
    };

    explicit FeedFollower(const Options& options) : options_(options) {}

    // From the first event after a global sequence on. Topics that are not named here are followed from the first
    // message that comes, so a prefix of topics needs no call.
    void follow_after(std::string_view topic, std::uint64_t after_sequence);
    // Forgets topics that begin so.
    void forget(std::string_view prefix);

    // One message of the feed; an empty body is a heartbeat.
    void on_message(std::string_view topic, const FeedHead& head, std::span<const std::byte> body,
                    Clock::time_point now);
    void on_unreadable() { ++counts_.unreadable; }

    // The next question to put, if any is due; its topic waits for one of the three below.
    [[nodiscard]] std::optional<query::History> next_question(Clock::time_point now);
    void put_back(const query::History& question, Clock::time_point now);  // it could not be sent
    void on_answer(std::string_view topic, const answer::History& answer, Clock::time_point now);
    // `final`: asking again would not help.
    void on_failure(std::string_view topic, std::string_view why, bool final, Clock::time_point now);
    // When next_question may have one, if that depends on time.
    [[nodiscard]] std::optional<Clock::time_point> next_question_at() const;

    void say(Notice notice) { notices_.push_back(std::move(notice)); }
    [[nodiscard]] bool has_notices() const noexcept { return !notices_.empty(); }
    [[nodiscard]] std::size_t notice_count() const noexcept { return notices_.size(); }
    [[nodiscard]] std::vector<Notice> take_notices(std::size_t notices_max);
    [[nodiscard]] const FeedCounts& counts() const noexcept { return counts_; }

private:
    struct Held {
        FeedHead head;
        std::vector<std::byte> body;
    };

    struct Topic {
        bool joined = false;  // `last` says what the last known event is
        FeedHead last;
        FeedHead newest;       // the last event that was seen or heard of
        bool filling = false;
        bool asked = false;
        std::uint64_t ask_after = 0;  // global sequence; below that of `last` where a crash has renumbered events
        std::uint64_t back = 0;       // how far below, the last time
        unsigned attempts = 0;
        Clock::time_point ask_at{};
        std::deque<Held> held;  // by topic sequence, while filling
    };
    using Topics = std::map<std::string, Topic, std::less<>>;

    Topic& topic_of(std::string_view name);
    void look_at_epoch(std::uint64_t epoch);
    static void hear_of(Topic& topic, const FeedHead& head);
    void deliver(const std::string& name, Topic& topic, const FeedHead& head, std::vector<std::byte> body);
    void hold(Topic& topic, const FeedHead& head, std::span<const std::byte> body);
    void start_filling(const std::string& name, Topic& topic, Clock::time_point now);
    [[nodiscard]] static bool go_back(Topic& topic) noexcept;
    void release_held(const std::string& name, Topic& topic);
    void ask_again(const std::string& name, Topic& topic, bool stepped, std::string_view why, Clock::time_point now);
    void give_up(const std::string& name, Topic& topic, std::string_view why);
    void say_gap(const std::string& name, std::uint64_t first, std::uint64_t last, std::string_view why);

    Options options_;
    std::optional<std::uint64_t> epoch_;
    Topics topics_;
    std::deque<std::string> to_ask_;  // topics that fill and have no question out; may name some twice or in vain
    std::deque<Notice> notices_;
    FeedCounts counts_;
};

}  // namespace tiebreak::wire
