#include "tests/simulation/portal.hpp"

#include <utility>

#include "wire/message_kind.hpp"
#include "wire/topics.hpp"

namespace tiebreak::simulation {

namespace {

constexpr std::int64_t reply_timeout_ns = 3 * second;
constexpr std::int64_t longest_wait_ns = 5 * minute;
constexpr unsigned attempts_max = 40;
constexpr std::int64_t answer_timeout_ns = 2 * second;

wire::FeedFollower::Options follower_options() {
    wire::FeedFollower::Options options;
    options.history = true;
    options.history_attempts_max = 1'000'000'000;  // a daemon may be away for hours
    options.retry_interval = std::chrono::milliseconds{100};
    return options;
}

}  // namespace

Portal::Portal(Network& network, Schedule& schedule, Checkers& checkers, std::vector<std::string> topics,
               std::uint64_t seed)
    : network_(network), schedule_(schedule), checkers_(checkers), dice_(seed), number_(0), follower_(follower_options()) {
    for (const std::string& topic : topics) {
        if (!wire::is_topic(topic)) continue;
        follower_.follow_after(topic, 0);
        last_told_[topic] = 0;
    }
    number_ = network.connect(*this, std::move(topics));
    pump();
}

void Portal::send(std::span<const matching::Command> commands) {
    const std::uint64_t id = ++last_id_;
    writer_.begin(id);
    for (const matching::Command& command : commands) writer_.add(command);
    Pending& pending = pending_[id];
    pending.message = copy_of(writer_.finish());
    pending.subjects = wire::subjects_of(commands);
    guard_.note(id, pending.subjects);
    sent_[id] = pending.message;
    checkers_.on_sent(number_, id, *pending.message);
    transmit(id);
}

void Portal::transmit(std::uint64_t id) {
    Pending& pending = pending_.at(id);
    ++pending.attempts;
    pending.timer = ++timers_;
    network_.request(number_, pending.message);
    const std::int64_t wait_ns = std::min(longest_wait_ns, reply_timeout_ns << std::min(pending.attempts - 1, 10U));
    schedule_.after(wait_ns + dice_.between(0, wait_ns / 4), [this, id, timer = pending.timer] {
        const auto found = pending_.find(id);
        if (found != pending_.end() && found->second.timer == timer) after_timeout(id);
    });
}

// No reply in time: the request was lost, or its reply was.
void Portal::after_timeout(std::uint64_t id) {
    const Pending& pending = pending_.at(id);
    if (pending.attempts < attempts_max && guard_.may_repeat(id, pending.subjects)) {
        ++repeats_;
        return transmit(id);
    }
    ++unknown_;
    settle(id);
}

void Portal::settle(std::uint64_t id) {
    pending_.erase(id);
    guard_.prune(pending_.empty() ? last_id_ + 1 : pending_.begin()->first);
}

void Portal::on_reply(const Bytes& message) {
    if (wire::identifier_of(*message).starts_with("TBA")) return on_answer(message);
    if (const auto flaw = reply_reader_.open(*message)) return checkers_.fail("a reply can't be read: " + *flaw);
    const std::uint64_t id = reply_reader_.request_id();
    const auto sent = sent_.find(id);
    if (sent == sent_.end()) return checkers_.fail("a reply names request " + std::to_string(id) + ", which was never sent");
    checkers_.on_reply(number_, id, *sent->second, reply_reader_);
    const auto found = pending_.find(id);
    if (found == pending_.end()) return;  // a second one, or too late
    if (reply_reader_.code() == "busy") {
        // Nothing was done, so it may come again whatever it is: unless something newer has been sent.
        if (guard_.may_repeat(id, found->second.subjects) || found->second.subjects.touched.empty()) {
            found->second.timer = ++timers_;
            schedule_.after(dice_.between(100 * ms, 5 * second), [this, id, timer = timers_] {
                const auto again = pending_.find(id);
                if (again != pending_.end() && again->second.timer == timer) transmit(id);
            });
            return;
        }
    }
    settle(id);
}

void Portal::on_feed(const FeedMessage& message) {
    checkers_.on_feed_message(number_, message.topic, message.head, *message.body);
    follower_.on_message(message.topic, message.head, *message.body, steady());
    pump();
}

void Portal::on_answer(const Bytes& message) {
    if (const auto flaw = answer_reader_.open(*message)) return checkers_.fail("an answer can't be read: " + *flaw);
    checkers_.on_answer(number_, answer_reader_);
    if (const auto exported = exports_.find(answer_reader_.request_id()); exported != exports_.end()) {
        const std::uint64_t after_position = exported->second;
        exports_.erase(exported);
        return on_export(after_position);
    }
    const auto asked = questions_.find(answer_reader_.request_id());
    if (asked == questions_.end()) return;
    const std::string topic = std::move(asked->second);
    questions_.erase(asked);
    if (const auto* history = std::get_if<wire::answer::History>(&answer_reader_.answer())) {
        follower_.on_answer(topic, *history, steady());
    } else {
        follower_.on_failure(topic, answer_reader_.code(), answer_reader_.code() == "history_gone", steady());
    }
    pump();
}

// Says what the follower has to say, asks what it wants to know.
void Portal::pump() {
    while (follower_.has_notices()) {
        for (wire::Notice& notice : follower_.take_notices(1'000)) stuck_.push_back(std::move(notice));
    }
    tell_in_order();
    while (const auto question = follower_.next_question(steady())) ask(*question);
    const auto next = follower_.next_question_at();
    if (!next || std::exchange(pump_pending_, true)) return;
    const std::int64_t wait_ns = std::max<std::int64_t>((*next - steady()).count(), 1 * ms);
    schedule_.after(wait_ns, [this] {
        pump_pending_ = false;
        pump();
    });
}

void Portal::tell(const wire::Notice& notice) {
    checkers_.on_notice(number_, notice);
    if (notice.kind != wire::NoticeKind::event) return;
    if (const auto told = last_told_.find(notice.topic); told != last_told_.end()) told->second = notice.topic_sequence;
    if (notice.topic != wire::all_topic || !on_event) return;
    if (const auto flaw = event_reader_.open(notice.body)) return checkers_.fail("an event can't be read: " + *flaw);
    on_event(event_reader_.event());
}

void Portal::ask(const wire::query::History& question) {
    const std::uint64_t id = ++last_id_;
    questions_[id] = question.topic;
    network_.request(number_, copy_of(query_writer_.write(id, question)));
    schedule_.after(answer_timeout_ns, [this, id] {
        const auto found = questions_.find(id);
        if (found == questions_.end()) return;
        const std::string topic = std::move(found->second);
        questions_.erase(found);
        follower_.on_failure(topic, "no answer", false, steady());
        pump();
    });
}

}  // namespace tiebreak::simulation
