#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "tests/catch.hpp"
#include "tests/wire/bytes.hpp"
#include "wire/feed_follower.hpp"

using namespace tiebreak;
using namespace tiebreak::wire;
using namespace tiebreak::wire::test;
using std::chrono::milliseconds;

namespace {

constexpr std::uint64_t epoch = 77;
constexpr std::uint64_t sequences_per_event = 10;  // other topics' events lie between

FeedHead head_of(std::uint64_t topic_sequence) { return {epoch, topic_sequence, topic_sequence * sequences_per_event}; }

Buffer body_of(std::uint64_t topic_sequence) {
    return copy_of(bytes_of_text("event " + std::to_string(topic_sequence)));
}

FeedFollower::Options with_history() {
    FeedFollower::Options options;
    options.history = true;
    return options;
}

// One topic, its publisher's history, and a follower of it; time is what the test says.
struct Topic {
    explicit Topic(const FeedFollower::Options& options) : follower(options) {}

    FeedFollower follower;
    FeedFollower::Clock::time_point now{};
    std::uint64_t published = 0;
    std::uint64_t history_limit = 1'000;
    std::vector<Notice> notices;

    void publish(bool arrives = true) {
        ++published;
        if (arrives) deliver(published);
    }
    void deliver(std::uint64_t topic_sequence) {
        follower.on_message("t/", head_of(topic_sequence), body_of(topic_sequence), now);
    }
    void heartbeat() { follower.on_message("t/", head_of(published), {}, now); }

    void answer(const query::History& question) {
        std::vector<Buffer> bodies;
        answer::History answer;
        answer.epoch = epoch;
        answer.last_topic_sequence = published;
        answer.last_sequence = head_of(published).sequence;
        std::uint64_t next = question.after_sequence / sequences_per_event + 1;
        const std::uint64_t end = std::min(published + 1, next + history_limit);
        for (std::uint64_t i = next; i < end; ++i) bodies.push_back(body_of(i));
        for (const Buffer& body : bodies) {
            answer.events.push_back({next, head_of(next).sequence, body});
            ++next;
        }
        answer.complete = next == published + 1;
        answer.next_after = answer.events.empty() ? question.after_sequence : answer.events.back().sequence;
        follower.on_answer("t/", answer, now);
    }
    void answer_all() {
        for (int i = 0; i < 1'000; ++i) {
            now += milliseconds{100};
            const auto question = follower.next_question(now);
            if (!question) return;
            answer(*question);
        }
        FAIL("it never stops asking");
    }
    void take() {
        for (Notice& notice : follower.take_notices(1'000'000)) notices.push_back(std::move(notice));
    }

    // Every event from `first` on, once, in order, as it was published.
    void check_complete(std::uint64_t first) {
        take();
        REQUIRE(notices.size() == published - first + 1);
        for (std::size_t i = 0; i < notices.size(); ++i) {
            const std::uint64_t expected = first + i;
            REQUIRE(notices[i].kind == NoticeKind::event);
            REQUIRE(notices[i].topic == "t/");
            REQUIRE(notices[i].topic_sequence == expected);
            REQUIRE(notices[i].sequence == head_of(expected).sequence);
            REQUIRE(notices[i].body == body_of(expected));
        }
    }
};

}  // namespace

TEST_CASE("events in order go straight through, and repeats are dropped") {
    Topic topic{{}};
    topic.published = 4;
    topic.publish();
    topic.publish();
    topic.deliver(5);
    topic.deliver(6);
    topic.publish();
    topic.check_complete(5);
    CHECK(topic.follower.counts().repeats == 2);
    CHECK(topic.follower.counts().holes == 0);
}

TEST_CASE("without history a hole is a gap that says what is missing, and the feed goes on") {
    Topic topic{{}};
    topic.publish();
    topic.publish(false);
    topic.publish(false);
    topic.publish();
    topic.take();
    REQUIRE(topic.notices.size() == 3);
    CHECK(topic.notices[1].kind == NoticeKind::gap);
    CHECK(topic.notices[1].first_missing == 2);
    CHECK(topic.notices[1].last_missing == 3);
    CHECK(topic.notices[1].topic == "t/");
    CHECK(topic.notices[2].topic_sequence == 4);
    CHECK(topic.follower.counts().gaps == 1);
}

TEST_CASE("trap: a lost last message shows only in the heartbeat") {
    Topic silent{{}};
    silent.publish();
    silent.publish(false);
    silent.heartbeat();
    silent.take();
    REQUIRE(silent.notices.size() == 2);
    CHECK(silent.notices[1].kind == NoticeKind::gap);
    CHECK(silent.notices[1].first_missing == 2);
    CHECK(silent.notices[1].last_missing == 2);
    silent.publish();
    silent.take();
    CHECK(silent.notices.back().topic_sequence == 3);

    Topic filled{with_history()};
    filled.publish();
    filled.publish(false);
    filled.heartbeat();
    filled.answer_all();
    filled.check_complete(1);
}

TEST_CASE("a heartbeat before the first event tells where the topic stands") {
    Topic topic{with_history()};
    topic.published = 3;
    topic.heartbeat();
    topic.publish(false);
    topic.publish();
    topic.answer_all();
    topic.check_complete(4);
}

TEST_CASE("a hole is filled from history, and what came meanwhile follows it") {
    Topic topic{with_history()};
    topic.publish();
    topic.publish(false);
    topic.publish();
    topic.publish();
    topic.take();
    CHECK(topic.notices.size() == 1);
    const auto question = topic.follower.next_question(topic.now);
    REQUIRE(question);
    CHECK(question->topic == "t/");
    CHECK(question->after_sequence == 10);
    CHECK_FALSE(topic.follower.next_question(topic.now));
    topic.publish();
    topic.answer(*question);
    topic.check_complete(1);
    CHECK(topic.follower.counts().holes == 1);
    CHECK_FALSE(topic.follower.next_question(topic.now));
}

TEST_CASE("following after a sequence gives everything since, from the beginning too") {
    for (const std::uint64_t after : {0u, 4u, 9u}) {
        Topic topic{with_history()};
        topic.published = 9;
        topic.history_limit = 2;
        topic.follower.follow_after("t/", after * sequences_per_event);
        topic.publish();
        topic.answer_all();
        topic.publish();
        topic.check_complete(after + 1);
        CHECK(topic.follower.counts().gaps == 0);
    }
}

TEST_CASE("following after the last sequence, nothing is lost between the answer and the first message") {
    Topic topic{with_history()};
    topic.published = 9;
    topic.follower.follow_after("t/", 90);
    topic.answer_all();
    topic.publish(false);
    topic.publish();
    topic.answer_all();
    topic.check_complete(10);
}

TEST_CASE("whatever is lost or comes twice, history makes every event come once, in order") {
    std::mt19937_64 random{11};
    for (int round = 0; round < 300; ++round) {
        FeedFollower::Options options = with_history();
        options.held_messages_max = 1 + random() % 8;
        Topic topic{options};
        topic.history_limit = 1 + random() % 6;
        topic.publish();
        std::optional<query::History> question;
        for (int step = 0; step < 200; ++step) {
            topic.now += milliseconds{50};
            switch (random() % 8) {
                case 0: topic.publish(false); break;
                case 1: topic.deliver(1 + random() % topic.published); break;
                case 2: topic.heartbeat(); break;
                case 3:
                    if (question) topic.answer(*question);
                    question.reset();
                    break;
                case 4:
                    if (!question) question = topic.follower.next_question(topic.now);
                    break;
                default: topic.publish(); break;
            }
        }
        if (question) topic.answer(*question);
        topic.heartbeat();
        topic.answer_all();
        topic.check_complete(1);
        REQUIRE(topic.follower.counts().gaps == 0);
    }
}

TEST_CASE("when history is gone, the gap is said and the feed goes on from what was held") {
    Topic topic{with_history()};
    topic.publish();
    topic.publish(false);
    topic.publish();
    const auto question = topic.follower.next_question(topic.now);
    REQUIRE(question);
    topic.follower.on_failure("t/", "history_gone: export the journal", true, topic.now);
    topic.publish();
    topic.take();
    REQUIRE(topic.notices.size() == 4);
    CHECK(topic.notices[1].kind == NoticeKind::gap);
    CHECK(topic.notices[1].first_missing == 2);
    CHECK(topic.notices[1].last_missing == 2);
    CHECK(topic.notices[1].why == "history_gone: export the journal");
    CHECK(topic.notices[2].topic_sequence == 3);
    CHECK(topic.notices[3].topic_sequence == 4);
}

TEST_CASE("when the history after the asked sequence is gone, the gap reaches up to the first event held") {
    Topic topic{with_history()};
    topic.published = 6;
    topic.follower.follow_after("t/", 20);
    topic.publish();
    REQUIRE(topic.follower.next_question(topic.now));
    topic.follower.on_failure("t/", "history_gone", true, topic.now);
    topic.publish();
    topic.take();
    REQUIRE(topic.notices.size() == 3);
    CHECK(topic.notices[0].kind == NoticeKind::gap);
    CHECK(topic.notices[0].last_missing == 6);
    CHECK(topic.notices[1].topic_sequence == 7);
    CHECK(topic.notices[2].topic_sequence == 8);
}

// With `--deadline-events-wait-for its_package` what a deadline brought may be heard under a global number that a crash then makes a lower
// one; the number on its topic stays.
TEST_CASE("events that follow one which a crash has renumbered are found in history, though their numbers are below what was heard") {
    const auto renumbered = [](std::uint64_t topic_sequence) { return FeedHead{epoch, topic_sequence, 96 + topic_sequence}; };
    for (const bool later_one_is_above : {false, true}) {
        Topic topic{with_history()};
        topic.published = 6;
        topic.heartbeat();
        topic.follower.on_message("t/", {epoch, 7, 105}, body_of(7), topic.now);  // 103 from now on
        // Events 8 and 9 are missed; that there are some is heard.
        const std::uint64_t ninth = later_one_is_above ? 110 : renumbered(9).sequence;
        topic.follower.on_message("t/", {epoch, 9, ninth}, {}, topic.now);
        const std::vector<std::pair<std::uint64_t, std::uint64_t>> history = {{7, 103}, {8, 104}, {9, ninth}};
        for (int questions = 0; questions < 4; ++questions) {
            topic.now += milliseconds{100};
            const auto question = topic.follower.next_question(topic.now);
            if (!question) break;
            std::vector<Buffer> bodies;
            answer::History answer;
            answer.epoch = epoch;
            answer.complete = true;
            answer.last_topic_sequence = 9;
            answer.last_sequence = ninth;
            answer.next_after = question->after_sequence;
            for (const auto& [number, sequence] : history) bodies.push_back(body_of(number));
            for (std::size_t i = 0; i < history.size(); ++i) {
                if (history[i].second <= question->after_sequence) continue;
                answer.events.push_back({history[i].first, history[i].second, bodies[i]});
                answer.next_after = history[i].second;
            }
            topic.follower.on_answer("t/", answer, topic.now);
        }
        topic.take();
        REQUIRE(topic.notices.size() == 3);
        for (std::size_t i = 0; i < 3; ++i) {
            CHECK(topic.notices[i].kind == NoticeKind::event);
            CHECK(topic.notices[i].topic_sequence == 7 + i);
        }
        CHECK(topic.follower.counts().gaps == 0);
        CHECK_FALSE(topic.follower.next_question_at());
    }
}

TEST_CASE("a daemon that is busy is asked again a little later, but not for ever") {
    Topic topic{with_history()};
    topic.publish();
    topic.publish(false);
    topic.publish();
    unsigned asked = 0;
    while (topic.follower.next_question(topic.now)) {
        ++asked;
        topic.follower.on_failure("t/", "busy", false, topic.now);
        CHECK_FALSE(topic.follower.next_question(topic.now));
        const auto again = topic.follower.next_question_at();
        if (again) topic.now = *again;
    }
    CHECK(asked == FeedFollower::Options{}.history_attempts_max);
    topic.take();
    REQUIRE(topic.notices.size() == 3);
    CHECK(topic.notices[1].kind == NoticeKind::gap);
}

TEST_CASE("another data directory voids all that was known") {
    Topic topic{{}};
    topic.publish();
    topic.follower.on_message("t/", {epoch + 1, 1, 1}, body_of(1), topic.now);
    topic.take();
    REQUIRE(topic.notices.size() == 3);
    CHECK(topic.notices[1].kind == NoticeKind::new_epoch);
    CHECK(topic.notices[2].kind == NoticeKind::event);
    CHECK(topic.notices[2].topic_sequence == 1);
}

TEST_CASE("each topic has its own sequence") {
    FeedFollower follower{{}};
    follower.on_message("a/", {epoch, 5, 50}, body_of(5), {});
    follower.on_message("b/", {epoch, 1, 50}, body_of(1), {});
    follower.on_message("a/", {epoch, 6, 51}, body_of(6), {});
    CHECK(follower.take_notices(10).size() == 3);
    CHECK(follower.counts().holes == 0);
    follower.forget("a/");
    follower.on_message("a/", {epoch, 9, 90}, body_of(9), {});
    follower.on_message("b/", {epoch, 3, 90}, body_of(3), {});
    CHECK(follower.counts().holes == 1);
}

TEST_CASE("an event without a number is none") {
    FeedFollower follower{{}};
    follower.on_message("a/", {epoch, 0, 1}, body_of(1), {});
    CHECK(follower.counts().unreadable == 1);
    CHECK_FALSE(follower.has_notices());
}
