// A front end: sends commands over its line, repeats what may be repeated, and follows the feed with the library's own FeedFollower.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "matching/commands.hpp"
#include "matching/events.hpp"
#include "tests/reference/dice.hpp"
#include "tests/simulation/checkers.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/replica.hpp"
#include "wire/event_reader.hpp"
#include "wire/feed_follower.hpp"
#include "wire/query.hpp"
#include "wire/repeat_guard.hpp"
#include "wire/reply.hpp"
#include "wire/request_writer.hpp"

namespace tiebreak::simulation {

class Portal final : public LineEnd {
public:
    // Topics that end in '/' alone, such as "all/", are followed from their first event on; prefixes such as "package/" from the next.
    Portal(Network& network, Schedule& schedule, Checkers& checkers, std::vector<std::string> topics, std::uint64_t seed);

    // The events of all/, once each and in order, as far as it is one of the topics.
    std::function<void(const matching::Event&)> on_event;
    // A command that was answered `busy`, alone in its request, and will not be tried again by the portal itself.
    std::function<void(const matching::Command&)> on_busy;

    void send(std::span<const matching::Command> commands);
    void send(const matching::Command& command) { send({&command, 1}); }
    // Keeps a copy of the journal, so that it has what the journal itself may have no more.
    void export_regularly(std::int64_t every_ns);

    // Requests without an answer that are still being sent, and holes that are still being filled.
    [[nodiscard]] bool is_quiet() const noexcept { return pending_.empty() && questions_.empty() && !filling() && stuck_.empty(); }
    [[nodiscard]] PortalNumber number() const noexcept { return number_; }
    [[nodiscard]] std::uint64_t repeats() const noexcept { return repeats_; }
    [[nodiscard]] std::uint64_t unknown() const noexcept { return unknown_; }
    [[nodiscard]] std::uint64_t caught_up() const noexcept { return caught_up_; }  // events that came from exports
    [[nodiscard]] std::uint64_t exports_answered() const noexcept { return exports_answered_; }
    [[nodiscard]] std::uint64_t lost_holes() const noexcept { return lost_holes_; }  // gone from history and journal
    [[nodiscard]] const wire::FeedCounts& feed_counts() const noexcept { return follower_.counts(); }

private:
    struct Pending {
        Bytes message;
        wire::Subjects subjects;
        unsigned attempts = 0;
        std::uint64_t timer = 0;
    };

    void on_reply(const Bytes& message) override;
    void on_feed(const FeedMessage& message) override;
    void on_answer(const Bytes& message);
    void transmit(std::uint64_t id);
    void after_timeout(std::uint64_t id);
    void settle(std::uint64_t id);
    void pump();
    void ask(const wire::query::History& question);
    void tell(const wire::Notice& notice);
    void tell_in_order();
    void tell_in_order_unless_it_waits();
    [[nodiscard]] std::optional<wire::Notice> unseen_before(const wire::Notice& notice) const;
    [[nodiscard]] bool fill(const wire::Notice& gap);
    void ask_export();
    void on_export(std::uint64_t after_position);
    void move_clock();
    void try_later();
    [[nodiscard]] bool filling() const { return follower_.next_question_at().has_value(); }
    [[nodiscard]] wire::FeedFollower::Clock::time_point steady() const {
        return wire::FeedFollower::Clock::time_point{std::chrono::nanoseconds{schedule_.now()}};
    }

    Network& network_;
    Schedule& schedule_;
    Checkers& checkers_;
    reference::Dice dice_;
    PortalNumber number_;
    wire::RequestWriter writer_;
    wire::QueryWriter query_writer_;
    wire::ReplyReader reply_reader_;
    wire::AnswerReader answer_reader_;
    wire::EventReader event_reader_;
    wire::RepeatGuard guard_;
    wire::FeedFollower follower_;
    std::map<std::uint64_t, Pending> pending_;
    std::map<std::uint64_t, Bytes> sent_;  // every request, for whoever is told its reply
    std::map<std::uint64_t, std::string> questions_;
    std::deque<wire::Notice> stuck_;  // told when what comes before them has been
    std::map<std::string, std::uint64_t, std::less<>> last_told_;  // on topics that are followed from the first event on
    Replica replica_;
    std::map<std::uint64_t, std::uint64_t> exports_;  // asked for, after which position
    bool exporting_ = false;
    bool export_gone_ = false;
    std::uint64_t caught_up_ = 0, exports_answered_ = 0, lost_holes_ = 0;
    std::uint64_t last_id_ = 0;
    std::uint64_t timers_ = 0;
    bool pump_pending_ = false;
    std::uint64_t repeats_ = 0;
    std::uint64_t unknown_ = 0;
};

}  // namespace tiebreak::simulation
