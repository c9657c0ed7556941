#include "daemon/turn.hpp"

#include <utility>

#include "daemon/pause.hpp"
#include "matching/invariant.hpp"

namespace tiebreak::daemon {

using matching::Instant;

namespace {

// In one turn. Without a bound, a million messages a second cost deadlines 130 us more at p99.
constexpr int requests_a_turn_max = 64;

// Looks at the clock in one turn, far more than fit into the time that is spun before a deadline. Without a bound, a clock that
// stands still would keep the loop from all else.
constexpr int spins_a_turn_max = 50'000;

// While more waits, a commit is asked for only when so much has gathered, some 200 offers: each costs as much processor time as a hundred
// offers do.
constexpr std::uint64_t gathered_bytes_max = 32U << 10U;

// While the journal's buffer is full, deadlines have to wait for room in it.
constexpr matching::Duration journal_retry_ns = 1'000'000;

}  // namespace

Turn::Turn(matching::Duration spin_ns, matching::Engine& engine, Processor& processor, Feed& feed, HistoryLog& history,
           Passage& passage, LoopBell& bell, Ceiling& ceiling, Clock& clock, Metrics& metrics) noexcept
    : spin_ns_(spin_ns),
      engine_(engine),
      processor_(processor),
      feed_(feed),
      history_(history),
      passage_(passage),
      bell_(bell),
      ceiling_(ceiling),
      clock_(clock),
      metrics_(metrics.loop),
      lateness_(metrics.deadline_lateness),
      turn_time_(metrics.turn_time) {}

void Turn::take() {
    const std::int64_t began_ns = steady_ns();
    spun_ns_ = 0;
    spins_ = handled_ = 0;
    note_durable();
    const Instant drained_from_ns = clock_.wall_ns();
    const std::uint64_t handled_before = handled_bytes_;
    while (drain() && keep_time()) {
    }
    if (handled_ == requests_a_turn_max) {
        pace_.note(handled_bytes_ - handled_before, clock_.wall_ns() - drained_from_ns - spun_ns_);
        passage_.bytes_per_ms.store(pace_.bytes_per_ms(), std::memory_order_relaxed);
    }
    note_durable();
    serve_archive();
    processor_.publish_sizes();
    const auto deadline_ns = engine_.next_deadline();
    metrics_.next_deadline_ns.set(deadline_ns ? static_cast<std::uint64_t>(*deadline_ns) : 0);
    metrics_.turns.add();
    turn_time_.record(steady_ns() - began_ns - spun_ns_);
}

// True when the queue was found empty before the turn's share was used up.
bool Turn::drain() {
    while (passage_.requests.front() != nullptr) {
        if (handled_ == requests_a_turn_max) return false;
        ++handled_;
        handle_front();
        if (processor_.gathered_bytes() >= gathered_bytes_max) processor_.commit();
    }
    processor_.commit();
    return true;
}

// With an empty queue: applies what is due, and stays awake when a deadline is so near that waking up would be late.
// False when there is nothing to stay awake for.
bool Turn::keep_time() {
    const auto deadline_ns = engine_.next_deadline();
    if (!deadline_ns || finish_.load(std::memory_order_relaxed)) return false;
    const Instant now_ns = clock_.wall_ns();
    if (*deadline_ns <= now_ns) {
        if (!processor_.cover(now_ns)) return false;  // the journal is full or has failed: it would have to wait anyway
        apply_due(*deadline_ns, now_ns);
        return true;
    }
    if (*deadline_ns - now_ns > spin_ns_ || ++spins_ > spins_a_turn_max) return false;
    note_durable();
    pause_briefly();
    spun_ns_ += clock_.wall_ns() - now_ns;
    return true;
}

void Turn::apply_due(Instant deadline_ns, Instant now_ns) {
    passage_.fence.raise_floor(now_ns);
    for (const Request* next = passage_.requests.front(); next != nullptr && next->stamp_ns < now_ns;
         next = passage_.requests.front()) {
        handle_front();
    }
    const Instant applied_ns = clock_.wall_ns();
    lateness_.record(applied_ns - deadline_ns);
    (void)passage_.applied.push({feed_.last_sequence() + 1, applied_ns});
    metrics_.deadlines.add();
    processor_.apply_deadlines(now_ns);
}

// What waits is read ahead in groups, so that the processor asks for the memory that all of them need at once.
void Turn::look_ahead() {
    ahead_.clear();
    for (std::size_t i = 0; i < Expecting::at_once_max; ++i) {
        const Request* const request = passage_.requests.ahead(i);
        if (request == nullptr) break;
        ahead_.push_back(bytes_of(request->body));
    }
    looked_at_ = ahead_.size();
    if (looked_at_ > 1) processor_.expect(ahead_);
}

void Turn::handle_front() {
    if (looked_at_ == 0) look_ahead();
    --looked_at_;
    Request& request = *passage_.requests.front();
    const Handled handled = processor_.handle(request.stamp_ns, bytes_of(request.body));
    metrics_.last_stamp_ns.set(static_cast<std::uint64_t>(request.stamp_ns));
    Response response{std::move(request.sender), zmq::message_t(handled.reply.data(), handled.reply.size()),
                      handled.position, request.body.size()};
    handled_bytes_ += request.body.size();
    passage_.handled_bytes.store(handled_bytes_, std::memory_order_relaxed);
    request.body.rebuild();
    passage_.requests.pop();
    const bool pushed = passage_.responses.push(std::move(response));
    TIEBREAK_INVARIANT(pushed, "the queue has room for every request in flight");
    // Else whoever makes it durable wakes the gate.
    if (handled.position <= passage_.durable_position.load(std::memory_order_seq_cst)) passage_.gate.wake_if_asleep();
}

void Turn::note_durable() {
    const std::uint64_t durable = passage_.durable_position.load(std::memory_order_seq_cst);
    if (durable == durable_seen_) return;
    durable_seen_ = durable;
    feed_.on_durable(durable);
}

void Turn::serve_archive() {
    const std::uint64_t asked = bell_.history_asked.load(std::memory_order_seq_cst);
    if (asked != bell_.history_given.load(std::memory_order_relaxed)) {
        history_.hand_over();
        bell_.history_given.store(asked, std::memory_order_seq_cst);
        passage_.archive.wake_if_asleep();
    } else if (history_.wants_waking()) {
        passage_.archive.wake_if_asleep();
    }
}

bool Turn::has_work() noexcept {
    return passage_.requests.front() != nullptr ||
           bell_.history_asked.load(std::memory_order_seq_cst) != bell_.history_given.load(std::memory_order_relaxed);
}

bool Turn::durable_has_moved() const noexcept {
    return feed_.is_waiting() && passage_.durable_position.load(std::memory_order_seq_cst) != durable_seen_;
}

std::optional<Instant> Turn::wake_at() {
    const auto deadline_ns = engine_.next_deadline();
    if (!deadline_ns) return std::nullopt;
    // First to have the ceiling durable in time, then for the deadline itself.
    const Instant cover_ns = *deadline_ns - ceiling_.lead_ns();
    const Instant now_ns = clock_.wall_ns();
    if (cover_ns > now_ns) return cover_ns;
    const bool covered = processor_.cover(*deadline_ns);
    processor_.commit();
    return covered ? *deadline_ns - spin_ns_ : now_ns + journal_retry_ns;
}

}  // namespace tiebreak::daemon
