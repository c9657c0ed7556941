// The feed: each event goes out on its topics, each topic in order and without holes, once what it rests on is durable.
//
// Invariants, each with a test in tests/daemon/feed_test.cpp:
//   - on one topic, events leave in the order of their sequences, and topic sequences grow by one;
//   - no event leaves before the command that caused it is durable; one that a deadline caused, before everything that its outcome
//     rests on is durable: its package's commands, every registration, and a ceiling above the deadline;
//   - topic sequences count every event, sent or not, so they are a function of the journal alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/history_log.hpp"
#include "daemon/metrics.hpp"
#include "daemon/topic_table.hpp"
#include "matching/events.hpp"
#include "wire/event_writer.hpp"
#include "wire/feed_head.hpp"

namespace tiebreak::daemon {

// Where messages of the feed go: the XPUB socket, or a test.
class FeedOutlet {
public:
    virtual ~FeedOutlet() = default;
    // Grows with every change of the subscriptions.
    [[nodiscard]] virtual std::uint32_t subscriptions_as_of() const noexcept = 0;
    [[nodiscard]] virtual bool is_wanted(std::string_view topic) const noexcept = 0;
    // The exact topics that are subscribed to, as far as they are topics; for heartbeats.
    [[nodiscard]] virtual std::span<const std::string> wanted_topics() const noexcept = 0;
    // Never blocks: what a subscriber does not take off in time is dropped for it.
    virtual void send(std::string_view topic, const wire::FeedHead& head, std::span<const std::byte> body) noexcept = 0;
};

// What an event that a deadline caused waits for.
enum class DeadlineEventsWaitFor : std::uint8_t {
    its_package,        // what its outcome rests on, see above; and that every other command before it is at least written, so that a killed
                        // process can't change its sequence number. Only a power cut can
    everything_before,  // and every other command before it, so that its sequence number is certain too
};

// Loop thread (before that runs, whoever recovers).
class Feed final : public matching::EventSink {
public:
    // Without an outlet it only counts: recovery. Without a history nothing is kept.
    Feed(std::uint64_t epoch, Metrics& metrics, DeadlineEventsWaitFor wait_for) noexcept
        : epoch_(epoch), metrics_(metrics.loop), wait_for_(wait_for) {}

    void send_to(FeedOutlet* outlet) noexcept { outlet_ = outlet; }
    // From the next event on. The log must outlive the feed. `topics_kept`: so many of the first topics are known to the history already.
    void keep_in(HistoryLog* log, TopicIndex topics_kept = 0);
    // A new feed takes up what an earlier one has counted. False if that can't be read; it is as new then.
    [[nodiscard]] bool go_on_from(std::string_view saved_topics, std::uint64_t last_sequence);

    // What causes the events to come: the command in the record at `position`; or a deadline, applied while the record at `position` was the
    // last one appended and `ceiling_position` held the ceiling above it. `all_written`: that record and all before it have been written,
    // if not synced.
    void caused_by_command(std::uint64_t position) noexcept;
    void caused_by_deadline(std::uint64_t position, std::uint64_t ceiling_position, bool all_written) noexcept;
    // Whether the caller should see to it that everything is written before a deadline is applied.
    [[nodiscard]] bool leaves_early() const noexcept { return wait_for_ == DeadlineEventsWaitFor::its_package; }
    void on_event(const matching::Event& event) override;

    // A hint, with no effect but on speed: events about this package come soon.
    void expect(matching::PackageIndex package) const noexcept {
        if (package < package_positions_.size()) matching::prefetch(&package_positions_[package]);
        topics_.prefetch(package);
    }

    // Sends what has waited for it.
    void on_durable(std::uint64_t position);
    [[nodiscard]] bool is_waiting() const noexcept { return !waiting_.empty(); }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }

    // Once in an interval: tells subscribers the last sequences of their topics, so that the loss of a last message shows.
    void send_heartbeats();

    [[nodiscard]] TopicTable& topics() noexcept { return topics_; }
    [[nodiscard]] std::uint64_t last_sequence() const noexcept { return last_sequence_; }

private:
    // A message that may not leave yet. Its body lies in waiting_bodies_.
    struct Waiting {
        std::uint64_t release_position;
        std::uint64_t topic_sequence;
        std::uint64_t sequence;
        std::size_t body_begin;
        std::uint32_t body_bytes;
        TopicIndex topic;
    };

    [[nodiscard]] std::uint64_t position_needed(const matching::Event& event);
    [[nodiscard]] bool is_wanted(TopicIndex index) noexcept;
    void introduce_topics();
    void send(TopicIndex index, std::uint64_t topic_sequence, std::uint64_t sequence,
              std::span<const std::byte> body) noexcept;
    void send_heartbeat(std::string_view name, const Topic* topic) noexcept;

    const std::uint64_t epoch_;
    decltype(Metrics::loop)& metrics_;
    const DeadlineEventsWaitFor wait_for_;
    FeedOutlet* outlet_ = nullptr;
    HistoryLog* history_ = nullptr;
    TopicTable topics_;
    TopicIndex topics_kept_ = 0;  // that the history knows
    wire::EventWriter writer_;

    bool by_deadline_ = false;
    bool all_written_ = false;
    std::uint64_t position_ = 0;
    std::uint64_t ceiling_position_ = 0;
    std::uint64_t registration_position_ = 0;        // of the last command that changed a procedure or provider
    std::vector<std::uint64_t> package_positions_;  // of the last command that an event of the package came from, by PackageIndex
    std::uint64_t durable_position_ = 0;
    std::uint64_t last_sequence_ = 0;

    std::vector<TopicIndex> found_;
    std::vector<TopicPlace> places_;
    std::vector<Waiting> waiting_, still_waiting_;
    std::vector<std::byte> waiting_bodies_, still_waiting_bodies_;
    std::vector<TopicIndex> beating_;  // topics with heartbeats left
    std::size_t next_heartbeat_ = 0;   // among the outlet's wanted topics
};

}  // namespace tiebreak::daemon
