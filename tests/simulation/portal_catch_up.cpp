// A front end whose feed has a hole that history does not fill any more: it exports the journal, replays it, and takes from that what it
// missed. One that knows that old segments are used again exports regularly, before they are.
#include <utility>

#include "tests/simulation/portal.hpp"
#include "wire/topics.hpp"

namespace tiebreak::simulation {

namespace {

constexpr std::int64_t export_timeout_ns = 3 * second;

}  // namespace

void Portal::export_regularly(std::int64_t every_ns) {
    schedule_.after(every_ns / 2 + dice_.between(0, every_ns), [this, every_ns] {
        if (stuck_.empty() && !export_gone_) ask_export();
        export_regularly(every_ns);
    });
}

// Tells what the feed brought, in order, each hole filled before what comes after it.
void Portal::tell_in_order() {
    while (!stuck_.empty()) {
        wire::Notice& next = stuck_.front();
        if (next.kind == wire::NoticeKind::gap && next.why == "history_gone") {
            if (next.last_missing >= next.first_missing && !fill(next)) return ask_export();
        } else if (const auto before = unseen_before(next)) {
            stuck_.push_front(*before);
            continue;
        } else {
            tell(next);
        }
        stuck_.pop_front();
    }
}

// The hole before an event on a topic that is followed from its first event on, where the follower could not name it.
std::optional<wire::Notice> Portal::unseen_before(const wire::Notice& notice) const {
    if (notice.kind != wire::NoticeKind::event) return std::nullopt;
    const auto told = last_told_.find(notice.topic);
    if (told == last_told_.end() || notice.topic_sequence <= told->second + 1) return std::nullopt;
    wire::Notice gap;
    gap.kind = wire::NoticeKind::gap;
    gap.topic = notice.topic;
    gap.why = "history_gone";
    gap.first_missing = told->second + 1;
    gap.last_missing = notice.topic_sequence - 1;
    return gap;
}

// False if the replica has not come so far yet.
bool Portal::fill(const wire::Notice& gap) {
    if (export_gone_) {
        wire::Notice lost = gap;
        lost.why = "export_gone";
        ++lost_holes_;
        if (const auto told = last_told_.find(gap.topic); told != last_told_.end()) told->second = gap.last_missing;
        checkers_.on_notice(number_, lost);
        return true;
    }
    if (replica_.find(gap.topic, gap.last_missing) == nullptr) return false;
    for (std::uint64_t number = gap.first_missing; number <= gap.last_missing; ++number) {
        const Replica::Event& event = *replica_.find(gap.topic, number);
        wire::Notice notice;
        notice.topic = gap.topic;
        notice.topic_sequence = number;
        notice.sequence = event.sequence;
        notice.body = event.body;
        tell(notice);
        ++caught_up_;
    }
    return true;
}

void Portal::ask_export() {
    if (exporting_) return;
    exporting_ = true;
    const std::uint64_t id = ++last_id_;
    exports_[id] = replica_.position();
    network_.request(number_, copy_of(query_writer_.write(id, wire::query::Export{replica_.position(), 0})));
    schedule_.after(export_timeout_ns, [this, id] {
        if (exports_.erase(id) == 0) return;
        exporting_ = false;
        tell_in_order();
    });
}

void Portal::on_export(std::uint64_t after_position) {
    exporting_ = false;
    if (const auto* part = std::get_if<wire::answer::Export>(&answer_reader_.answer())) {
        ++exports_answered_;
        checkers_.on_export(number_, after_position, *part);
        if (const auto flaw = replica_.take(*part)) return checkers_.fail("an export can't be replayed: " + *flaw);
        if (!part->end) return ask_export();
        const std::size_t waiting = stuck_.size();
        tell_in_order_unless_it_waits();
        if (waiting != 0 && !stuck_.empty()) move_clock();
        return;
    }
    if (answer_reader_.code() == "history_gone") {
        export_gone_ = true;
        checkers_.on_export_gone(after_position);
        return tell_in_order();
    }
    try_later();
}

// What a deadline brought is in no command: the next one shows that it has passed.
void Portal::move_clock() {
    if (dice_.chance(30)) send(matching::command::Advance{});
    try_later();
}

void Portal::try_later() {
    exporting_ = true;
    schedule_.after(dice_.between(100 * ms, 3 * second), [this] {
        exporting_ = false;
        tell_in_order();
    });
}

void Portal::tell_in_order_unless_it_waits() {
    exporting_ = true;  // so that nothing is asked now
    tell_in_order();
    exporting_ = false;
}

}  // namespace tiebreak::simulation
