#include "daemon/archive.hpp"

#include <poll.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "daemon/command_record.hpp"
#include "daemon/status_figures.hpp"
#include "daemon/version.hpp"
#include "matching/invariant.hpp"
#include "wire/topics.hpp"

namespace tiebreak::daemon {

using matching::Code;

namespace {

// For the loop to hand over, or the disk to take, what had happened when a question came: far longer than either takes.
constexpr std::int64_t catch_up_ns_max = 1'000'000'000;

// How often the loop is asked for events that only the log waits for.
constexpr int event_log_interval_ms = 1'000;

}  // namespace

Archive::Archive(const ArchiveOptions& options, History& history, HistoryLog& log,
                 GroupCommit& journal, Passage& passage, LoopBell& bell, Clock& clock, Metrics& metrics)
    : options_(options),
      history_(history),
      log_(log),
      journal_(journal),
      cursor_(journal.journal().cursor()),
      passage_(passage),
      bell_(bell),
      clock_(clock),
      metrics_(metrics) {}

void Archive::finish() noexcept {
    finish_.store(true, std::memory_order_seq_cst);
    passage_.archive.wake_if_asleep();
}

void Archive::run() {
    while (!finish_.load(std::memory_order_seq_cst)) {
        if (step()) continue;
        passage_.archive.going_to_sleep();
        if (passage_.queries.front() == nullptr && log_.full().front() == nullptr && !finish_.load(std::memory_order_seq_cst)) {
            pollfd bell{passage_.archive.fd(), POLLIN, 0};
            ::poll(&bell, 1, options_.event_log != nullptr ? event_log_interval_ms : -1);
        }
        passage_.archive.awake();
    }
    if (options_.event_log == nullptr) return;
    // The loop has ended: what it has not handed over is still to be logged.
    log_.hand_over();
    history_.absorb(log_);
    options_.event_log->finish();
}

bool Archive::step() {
    history_.absorb(log_);
    metrics_.archive.history_events.set(history_.events());
    metrics_.archive.history_bytes.set(history_.bytes());
    if (options_.event_log != nullptr) {
        const std::int64_t now_ns = steady_ns();
        options_.event_log->tick(now_ns);
        // What has gathered at the loop is not left there for long.
        if (metrics_.loop.last_sequence.get() != history_.last_sequence() && now_ns - asked_ns_ >= event_log_interval_ms * 1'000'000) {
            asked_ns_ = now_ns;
            ask_loop();
        }
    }
    if (passage_.queries.front() == nullptr) return false;
    answer_front();
    return true;
}

void Archive::answer_front() {
    Request& request = *passage_.queries.front();
    const std::span<const std::byte> answered = answer(bytes_of(request.body));
    Response response{std::move(request.sender), zmq::message_t(answered.data(), answered.size()), 0,
                      request.body.size()};
    request.body.rebuild();
    passage_.queries.pop();
    const bool pushed = passage_.answers.push(std::move(response));
    TIEBREAK_INVARIANT(pushed, "the queue has room for every query in flight");
    passage_.gate.wake_if_asleep();
    metrics_.archive.queries.add();
}

std::span<const std::byte> Archive::answer(std::span<const std::byte> message) {
    if (const auto refusal = reader_.open(message)) return refuse(refusal->code, refusal->sentence);
    return std::visit([this](const auto& query) { return answer(query); }, reader_.query());
}

std::span<const std::byte> Archive::refuse(Code code, std::string_view detail) {
    metrics_.archive.queries_refused.add();
    return writer_.refuse(reader_.request_id(), code, detail);
}

std::span<const std::byte> Archive::answer(const wire::query::Status&) {
    const auto& loop = metrics_.loop;
    wire::answer::Status status;
    status.version = version;
    status.epoch = options_.epoch;
    status.now_ns = clock_.wall_ns();
    status.started_ns = options_.started_ns;
    status.last_stamp_ns = static_cast<matching::Instant>(loop.last_stamp_ns.get());
    if (const auto next_ns = loop.next_deadline_ns.get(); next_ns != 0) {
        status.next_deadline_ns = static_cast<matching::Instant>(next_ns);
    }
    status.last_sequence = loop.last_sequence.get();
    status.last_position = loop.journal_position.get();
    status.durable_position = passage_.durable_position.load(std::memory_order_acquire);
    status.procedures = loop.procedures.get();
    status.providers = loop.providers.get();
    status.packages = loop.packages.get();
    status.packages_open = loop.packages_open.get();
    status.packages_waiting = loop.packages_waiting.get();
    status.offers = loop.offers.get();
    status.offers_live = loop.offers_live.get();
    status.awards = loop.awards.get();
    status.figures = status_figures(metrics_, journal_.counters(), options_.limits);
    return writer_.write(reader_.request_id(), status);
}

std::span<const std::byte> Archive::answer(const wire::query::History& query) {
    if (!wire::is_topic(query.topic)) {
        return refuse(Code::malformed, "topic: must be all/, award/, or package/ID/, zone/ID/ or provider/ID/");
    }
    catch_up();
    wire::answer::History found;
    const std::uint64_t durable = passage_.durable_position.load(std::memory_order_acquire);
    if (history_.find(query, durable, options_.limits.answer_bytes_max, found) == History::Found::gone) {
        return refuse(Code::history_gone, {});
    }
    return writer_.write(reader_.request_id(), found);
}

std::span<const std::byte> Archive::answer(const wire::query::Export& query) {
    const std::uint64_t wanted = query.bytes_max == 0 ? options_.limits.answer_bytes_max : query.bytes_max;
    const auto bytes_max = static_cast<std::size_t>(std::min(wanted, options_.limits.answer_bytes_max));
    if (query.after_position == UINT64_MAX) return refuse(Code::malformed, "after_position: is no position");
    const auto batch = cursor_->read_from(query.after_position + 1, bytes_max);
    if (!batch) {
        const bool gone = batch.error().kind == FaultKind::gone;
        return refuse(gone ? Code::history_gone : Code::unsupported, batch.error().sentence);
    }
    wire::answer::Export answer;
    for (const JournalBatch::Entry& entry : batch->entries) {
        if (entry.kind != RecordKind::commands) continue;
        auto record = read_command_record(batch->payload(entry));
        TIEBREAK_INVARIANT(record.has_value(), "the journal holds what the loop wrote");
        answer.records.push_back({entry.position, entry.stamp_ns, std::move(record->skipped), record->request});
    }
    answer.last_position = batch->last_position;
    answer.end = batch->end;
    return writer_.write(reader_.request_id(), answer);
}

void Archive::ask_loop() {
    bell_.history_asked.store(bell_.history_asked.load(std::memory_order_relaxed) + 1, std::memory_order_seq_cst);
    passage_.loop.wake_if_asleep();
}

// Takes in every event that had left when the question came.
void Archive::catch_up() {
    ask_loop();
    const std::uint64_t asked = bell_.history_asked.load(std::memory_order_relaxed);
    wait_until([&] {
        history_.absorb(log_);
        return bell_.history_given.load(std::memory_order_seq_cst) >= asked;
    });
    history_.absorb(log_);
    wait_until([&] {
        return passage_.durable_position.load(std::memory_order_acquire) >= history_.last_release_position();
    });
}

template <typename Reached>
void Archive::wait_until(Reached&& reached) {
    while (options_.wait && !reached()) {
        if (!options_.wait()) return;
    }
    const std::int64_t give_up_ns = steady_ns() + catch_up_ns_max;
    while (!reached() && !finish_.load(std::memory_order_relaxed) && steady_ns() < give_up_ns) {
        passage_.archive.going_to_sleep();
        if (!reached()) {
            // Commits do not ring here, so that an archive with nothing to do costs them nothing: hence the time-out.
            pollfd bell{passage_.archive.fd(), POLLIN, 0};
            ::poll(&bell, 1, 1);
        }
        passage_.archive.awake();
    }
}

}  // namespace tiebreak::daemon
