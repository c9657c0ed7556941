// A small daemon's data on a simulated disk: a journal of real commands in segments of two blocks, and a keeper of snapshots, without
// threads. What must be true is told from outside: from the commands that were acknowledged, by an engine of the test's own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/data_verify.hpp"
#include "daemon/group_commit.hpp"
#include "daemon/recovery.hpp"
#include "daemon/replay_state.hpp"
#include "daemon/snapshot_keeper.hpp"
#include "matching/engine.hpp"
#include "tests/catch.hpp"
#include "tests/journal/fixture.hpp"
#include "wire/json_writer.hpp"
#include "wire/request_writer.hpp"

namespace tiebreak::tests {

using daemon::OldSegments;
using matching::Instant;

inline constexpr Instant second_ns = 1'000'000'000;
inline constexpr Instant noon_ns = 1'795'000'000 * second_ns;
inline constexpr std::uint64_t small_history = 256;  // what little comes of it keeps snapshots small

// The events as text.
class EventLines final : public matching::EventSink {
public:
    void on_event(const matching::Event& event) override {
        lines.emplace_back();
        wire::append_event(lines.back(), event);
    }
    std::vector<std::string> lines;
};

// The n-th message of the story: a few providers and a procedure, then packages that get offers and close, again and again.
inline std::vector<matching::Command> message(std::uint64_t n) {
    namespace command = matching::command;
    std::vector<matching::Command> commands;
    if (n == 0) {
        command::Procedure procedure;
        procedure.id = "p";
        procedure.stages.push_back({.name = "s", .window_ns = 40});
        procedure.ranking.push_back({matching::CriterionKind::earliest_start, {}, {}, 0, {}});
        commands.emplace_back(procedure);
        for (const char* id : {"A", "B", "C"}) {
            command::Provider provider;
            provider.id = id;
            commands.emplace_back(provider);
        }
        return commands;
    }
    static thread_local std::vector<std::string> ids(8);
    std::size_t next = 0;
    const auto keep = [&](std::string id) { return std::string_view{ids[next++] = std::move(id)}; };
    if (n % 5 == 1) {
        command::Package package;
        package.id = "K" + std::to_string(n / 5);
        package.procedure = "p";
        package.zone = n % 2 == 0 ? "north" : "south";
        commands.emplace_back(package);
    }
    for (const char* provider : {"A", "B", "C"}) {
        if ((n + static_cast<std::uint64_t>(provider[0])) % 3 == 0) continue;
        command::Offer offer;
        offer.id = keep("O" + std::to_string(n) + provider);
        offer.package = keep("K" + std::to_string(n / 5));
        offer.provider = provider;
        offer.start_ns = 2 * noon_ns + static_cast<Instant>(n * 7 % 5);
        commands.emplace_back(offer);
    }
    return commands;
}

inline Instant stamp_of(std::uint64_t n) { return noon_ns + static_cast<Instant>(n) * 10; }

class Trouble final : public daemon::SnapshotKeeper::Listener {
public:
    void on_snapshot_news(const std::string&) override { ++news; }
    void on_snapshot_trouble(const std::string& sentence) override { sentences.push_back(sentence); }
    void on_snapshot_fault(const daemon::Fault& found) override {
        fault = found;
        if (journal != nullptr) journal->fail(found);  // as the daemon does
    }
    int news = 0;
    std::vector<std::string> sentences;
    std::optional<daemon::Fault> fault;
    daemon::GroupCommit* journal = nullptr;
};

inline daemon::JournalOptions data_options(std::uint64_t seed = 1) {
    daemon::JournalOptions options = small_options(seed);
    options.first_position_needed = 0;
    return options;
}

// What recovery gives.
struct Start {
    std::unique_ptr<daemon::Journal> journal;
    daemon::Metrics metrics;
    matching::Engine engine;
    std::optional<daemon::Feed> feed;
    daemon::HistoryLog log;
    std::optional<daemon::History> history;
    daemon::Recovered recovered;

    [[nodiscard]] std::string state() {
        std::string saved, topics;
        engine.save(saved);
        feed->topics().save(topics);
        return daemon::text_of(daemon::state_hash(saved, topics));
    }
};

// Nothing after a fault, which is then in `fault`.
inline std::unique_ptr<Start> start(daemon::Disk& disk, std::optional<daemon::Fault>& fault, std::uint64_t seed = 1,
                                    std::uint64_t history_bytes = small_history) {
    auto one = std::make_unique<Start>();
    auto journal = daemon::Journal::open(disk, journal_directory, data_options(seed));
    if (!journal) {
        fault = journal.error();
        return nullptr;
    }
    one->journal = std::move(*journal);
    one->feed.emplace(one->journal->epoch(), one->metrics, daemon::DeadlineEventsWaitFor::everything_before);
    one->history.emplace(one->journal->epoch(), history_bytes);
    const auto recovered = daemon::recover(*one->journal, one->engine, *one->feed, one->log, *one->history, history_bytes);
    if (!recovered) {
        fault = recovered.error();
        return nullptr;
    }
    one->recovered = *recovered;
    return one;
}

// What the first `messages` messages come to, without any journal.
inline std::string state_after(std::uint64_t messages) {
    daemon::OwnReplay own(1, 0, UINT64_MAX);
    EventLines unused;
    for (std::uint64_t n = 0; n < messages; ++n) {
        Instant at_ns = stamp_of(n);
        for (const auto& command : message(n)) own.engine.apply(at_ns++, command, own.feed);
    }
    return daemon::text_of(own.replay.hash());
}

inline std::vector<std::string> events_after(std::uint64_t messages) {
    EventLines events;
    matching::Engine engine;
    for (std::uint64_t n = 0; n < messages; ++n) {
        Instant at_ns = stamp_of(n);
        for (const auto& command : message(n)) engine.apply(at_ns++, command, events);
    }
    return events.lines;
}

// One life of the daemon: recovers, goes on with the story, makes snapshots and cuts. Records: position 1 is the genesis and the first
// ceiling position 2; message n is at position n + 3.
class DataLife {
public:
    DataLife(daemon::Disk& disk, OldSegments old_segments, std::uint64_t seed, std::uint64_t history_bytes = small_history)
        : old_segments_(old_segments) {
        auto one = start(disk, fault_, seed, history_bytes);
        if (!one) return;
        recovered_ = one->recovered;
        state_ = one->state();
        const std::uint64_t epoch_position = recovered_.snapshot_position;
        auto commit = daemon::GroupCommit::open(std::move(one->journal), listener_);
        if (!commit) {
            fault_ = commit.error();
            return;
        }
        commit_ = std::move(*commit);
        trouble_.journal = commit_.get();
        next_message_ = recovered_.last_position < 2 ? 0 : recovered_.last_position - 2;
        keeper_.emplace(commit_->journal(), daemon::SnapshotOptions{1, old_segments_, history_bytes, 0}, epoch_position,
                        recovered_.snapshot_bytes, trouble_, metrics_);
    }

    [[nodiscard]] bool alive() const { return commit_ && !fault_ && !listener_.fault && !trouble_.fault; }

    enum class Keeps : std::uint8_t { snapshots, nothing };

    // Appends messages, commits each, keeps. False as soon as something has failed.
    bool go_on(int messages, Keeps keeps = Keeps::snapshots) {
        if (alive() && recovered_.last_position < 2 && next_message_ == 0) begin();
        while (messages-- > 0 && alive()) {
            const std::uint32_t skipped = 0;
            writer_.begin(1);
            for (const auto& command : message(next_message_)) writer_.add(command);
            (void)commit_->append(daemon::RecordKind::commands, stamp_of(next_message_),
                                  {std::as_bytes(std::span{&skipped, 1}), writer_.finish()});
            commit_->commit_once();
            if (commit_->durable_position() >= next_message_ + 3) ++next_message_;
            if (alive() && keeps == Keeps::snapshots) keep();
        }
        return alive();
    }
    // Snapshots are due as soon as more has been sealed than the last one holds.
    void keep() {
        while (alive() && keeper_->keep_once()) ++snapshots_;
    }

    [[nodiscard]] std::uint64_t acknowledged() const { return next_message_; }
    [[nodiscard]] const daemon::Recovered& recovered() const { return recovered_; }
    [[nodiscard]] const std::string& state() const { return state_; }  // as recovered
    [[nodiscard]] const std::optional<daemon::Fault>& fault() const { return fault_; }
    [[nodiscard]] const Trouble& trouble() const { return trouble_; }
    [[nodiscard]] int snapshots() const { return snapshots_; }
    [[nodiscard]] daemon::GroupCommit& commit() { return *commit_; }
    [[nodiscard]] const daemon::Metrics& metrics() const { return metrics_; }

private:
    void begin() {
        if (recovered_.last_position == 0) (void)commit_->append(daemon::RecordKind::genesis, noon_ns - 1, {});
        (void)commit_->append(daemon::RecordKind::ceiling, noon_ns + 3600 * second_ns, {});
        commit_->commit_once();
    }

    const OldSegments old_segments_;
    std::optional<daemon::Fault> fault_;
    daemon::Recovered recovered_;
    std::string state_;
    Listener listener_;
    Trouble trouble_;
    daemon::Metrics metrics_;
    wire::RequestWriter writer_;
    std::unique_ptr<daemon::GroupCommit> commit_;
    std::optional<daemon::SnapshotKeeper> keeper_;
    std::uint64_t next_message_ = 0;
    int snapshots_ = 0;
};

}  // namespace tiebreak::tests
