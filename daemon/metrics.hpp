// What the daemon counts and measures: one table of name and help, for status, metrics and documentation.
//
// Every figure has one writing thread, named in its group; any thread reads. So writing needs no locked instruction.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "daemon/histogram.hpp"

namespace tiebreak::daemon {

class Figure {
public:
    void add(std::uint64_t more = 1) noexcept { set(get() + more); }
    void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
    void raise_to(std::uint64_t value) noexcept {
        if (value > get()) set(value);
    }
    [[nodiscard]] std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

// X(name, help). The gate's.
#define TIEBREAK_GATE_FIGURES(X)                                                                       \
    X(messages_in, "request messages taken off the command socket")                                   \
    X(bytes_in, "bytes of their bodies")                                                               \
    X(messages_out, "reply messages handed to ZeroMQ")                                                 \
    X(replies_unsendable, "replies dropped: the client was gone, or took none off for too long")      \
    X(replies_unread_bytes, "bytes of replies and answers of a kilobyte or more that clients had not taken off when one was sent last") \
    X(frames_refused, "messages with too many frames, answered malformed")                            \
    X(gate_busy, "messages answered busy by the gate because a limit on requests in flight was reached") \
    X(gate_malformed, "messages answered malformed, wrong_version or too_large by the gate")                       \
    X(requests_in_flight, "requests stamped and not yet answered")                                     \
    X(requests_in_flight_bytes, "bytes of their bodies")                                               \
    X(queries_in_flight, "queries (history, export, status) taken and not yet answered")              \
    X(connections_accepted, "connections accepted on the command socket")                             \
    X(connections_lost, "connections closed by the other side, by a time-out or for breaking ZeroMQ's protocol or the size limit") \
    X(handshakes_failed, "connections that did not complete ZeroMQ's handshake")

// The loop's.
#define TIEBREAK_LOOP_FIGURES(X)                                                                       \
    X(commands, "commands applied")                                                                    \
    X(commands_rejected, "commands that the rules rejected")                                          \
    X(commands_malformed, "commands answered malformed")                                               \
    X(commands_busy, "commands answered busy because a table is full or the clock is in doubt")       \
    X(messages_malformed, "messages answered malformed, too_large, wrong_version or unsupported")     \
    X(events, "events")                                                                                \
    X(events_published, "event messages handed to ZeroMQ, one for each topic with subscribers")       \
    X(subscribers_full, "times a subscriber's queue was found full; events are then dropped for it until it reads, and it sees a hole") \
    X(events_waiting, "event messages that wait for their commands to be durable")                    \
    X(awards, "awards")                                                                                \
    X(procedures, "procedures registered")                                                             \
    X(providers, "providers registered")                                                               \
    X(packages, "packages ever opened")                                                                \
    X(packages_open, "packages with an open stage")                                                    \
    X(packages_waiting, "packages that wait for a choice or an approval")                             \
    X(offers, "offers ever accepted")                                                                  \
    X(offers_live, "live offers in open stages")                                                       \
    X(last_sequence, "sequence of the last event")                                                     \
    X(topics, "topics with at least one event")                                                        \
    X(subscriptions, "distinct topic prefixes that are subscribed to")                                 \
    X(deadlines, "times the loop applied deadlines by its timer")                                     \
    X(turns, "turns of the loop")                                                                      \
    X(last_stamp_ns, "arrival stamp of the last request, nanoseconds since 1970")                      \
    X(next_deadline_ns, "the next deadline, nanoseconds since 1970; 0 if there is none")              \
    X(heartbeats, "heartbeats sent on topics")                                                         \
    X(ceilings, "stamp ceilings journaled")                                                            \
    X(journal_position, "position of the last record given to the journal")

// The archive's.
#define TIEBREAK_ARCHIVE_FIGURES(X)                                   \
    X(queries, "queries answered")                                     \
    X(queries_refused, "queries refused as malformed, unsupported or beyond what the history holds") \
    X(history_events, "events in the history ring")                   \
    X(history_bytes, "bytes in the history ring")

// The keeper's; before that runs, whoever starts.
#define TIEBREAK_KEEPER_FIGURES(X)                                                                       \
    X(real_time_priority, "of the threads that an offer passes, as asked for and allowed; 0: they run as any others")           \
    X(outage_ns, "how long the daemon had been down when it was started")                              \
    X(outage_windows_extended, "windows extended at the start because they would have closed meanwhile") \
    X(clock_behind_ns, "how far the wall clock lies behind the time of the stamps")                    \
    X(clock_ahead_ns, "how far it lies ahead of it")                                                    \
    X(clock_alarm, "1 while the wall clock is so far behind the stamps that no package is opened")     \
    X(clock_ahead_alarm, "1 while it is as far ahead of them")                                          \
    X(events_unread_bytes, "bytes of events that subscribers have not taken off")                       \
    X(subscribers_ended, "subscribers' connections ended because all of them held too much, and they most; their clients come back and see a hole") \
    X(disk_free_bytes, "room on the disk of the data directory")                                        \
    X(disk_low, "1 from when that is less than disk_free_bytes_min, or than a segment, until it is enough again") \
    X(signs_of_life, "times the sign of life was written, once a second while a deadline is to come")  \
    X(signs_of_life_failed, "times that failed: an outage would count from the one before")

// The snapshot thread's.
#define TIEBREAK_SNAPSHOT_FIGURES(X)                                                                            \
    X(snapshots, "snapshots made since the start")                                                              \
    X(snapshots_failed, "times that a snapshot was due and could not be made; the log says why")                \
    X(snapshot_running, "1 while one is being made: the daemon then takes up to twice its memory")              \
    X(snapshot_position, "position of the last record that the newest snapshot holds; 0 if there is none")      \
    X(snapshot_bytes, "size of the newest snapshot")                                                            \
    X(snapshot_time_ns, "how long making it took")                                                              \
    X(snapshot_due_bytes, "journal files filled since the newest snapshot, when last looked at")

// X(name, help)
#define TIEBREAK_HISTOGRAMS(X)                                                                      \
    X(deadline_lateness, "from a deadline to the moment the loop applies it, by the timer")        \
    X(turn_time, "one turn of the loop that did something")

struct Metrics {
#define TIEBREAK_METRIC(name, help) Figure name;
    alignas(64) struct {
        TIEBREAK_GATE_FIGURES(TIEBREAK_METRIC)
    } gate;
    alignas(64) struct {
        TIEBREAK_LOOP_FIGURES(TIEBREAK_METRIC)
    } loop;
    alignas(64) struct {
        TIEBREAK_ARCHIVE_FIGURES(TIEBREAK_METRIC)
    } archive;
    alignas(64) struct {
        TIEBREAK_KEEPER_FIGURES(TIEBREAK_METRIC)
    } keeper;
    alignas(64) struct {
        TIEBREAK_SNAPSHOT_FIGURES(TIEBREAK_METRIC)
    } snapshot;
#undef TIEBREAK_METRIC
#define TIEBREAK_METRIC(name, help) Histogram name;
    TIEBREAK_HISTOGRAMS(TIEBREAK_METRIC)
#undef TIEBREAK_METRIC
};

// Calls visit(name, value, help) for every figure, and for count, p50, p99 and max of every histogram (`NAME_p99_ns` and so on).
template <typename Visit>
void for_each_figure(const Metrics& metrics, Visit&& visit) {
#define TIEBREAK_METRIC(name, help) visit(std::string_view{#name}, group.name.get(), std::string_view{help});
    const auto visit_gate = [&](const auto& group) { TIEBREAK_GATE_FIGURES(TIEBREAK_METRIC) };
    const auto visit_loop = [&](const auto& group) { TIEBREAK_LOOP_FIGURES(TIEBREAK_METRIC) };
    const auto visit_archive = [&](const auto& group) { TIEBREAK_ARCHIVE_FIGURES(TIEBREAK_METRIC) };
    const auto visit_keeper = [&](const auto& group) { TIEBREAK_KEEPER_FIGURES(TIEBREAK_METRIC) };
    const auto visit_snapshot = [&](const auto& group) { TIEBREAK_SNAPSHOT_FIGURES(TIEBREAK_METRIC) };
#undef TIEBREAK_METRIC
    visit_gate(metrics.gate);
    visit_loop(metrics.loop);
    visit_archive(metrics.archive);
    visit_keeper(metrics.keeper);
    visit_snapshot(metrics.snapshot);
#define TIEBREAK_METRIC(name, help)                                                            \
    visit(std::string_view{#name "_count"}, metrics.name.count(), std::string_view{help ": how many"}); \
    visit(std::string_view{#name "_p50_ns"}, metrics.name.quantile_ns(500), std::string_view{help});    \
    visit(std::string_view{#name "_p99_ns"}, metrics.name.quantile_ns(990), std::string_view{help});    \
    visit(std::string_view{#name "_max_ns"}, metrics.name.max_ns(), std::string_view{help});
    TIEBREAK_HISTOGRAMS(TIEBREAK_METRIC)
#undef TIEBREAK_METRIC
}

}  // namespace tiebreak::daemon
