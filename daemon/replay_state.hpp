// What a journal's records come to, one after the other: for the start, for a snapshot, for verifying. The same records give the same
// state, wherever replaying began.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/expecting.hpp"
#include "daemon/feed.hpp"
#include "daemon/history.hpp"
#include "daemon/history_log.hpp"
#include "daemon/journal_reader.hpp"
#include "daemon/metrics.hpp"
#include "daemon/replay_record.hpp"
#include "daemon/snapshot_file.hpp"
#include "matching/engine.hpp"

namespace tiebreak::daemon {

// The parts that a replay fills. The caller owns them; all are new.
struct ReplayParts {
    matching::Engine& engine;
    Feed& feed;
    HistoryLog& log;
    History& history;
    matching::EventSink* observer = nullptr;  // is told every event too
};

class Replay {
public:
    // Events of records from `keep_from` on are kept in the history.
    Replay(const ReplayParts& parts, std::uint64_t keep_from)
        : parts_(parts), keep_from_(keep_from), both_(parts.feed, parts.observer),
          sink_(parts.observer == nullptr ? static_cast<matching::EventSink&>(parts.feed) : both_),
          expecting_(parts.engine, parts.feed, any_limits()) {}
    Replay(const Replay&) = delete;
    Replay& operator=(const Replay&) = delete;

    // Instead of all records up to its position. Nothing, or why it can't be used; then the parts are as new.
    [[nodiscard]] std::optional<std::string> begin_with(const Snapshot& snapshot);

    // Nothing, or what is wrong with it: a sentence that begins after "record N ".
    [[nodiscard]] std::optional<std::string> take(const RecordView& record);

    // A hint, with no effect but on speed: these are taken next.
    void expect(std::span<const RecordView> records);

    // Everything is in the history and counts as durable.
    void finish();

    // The state as it is after the last record, but for record_crc, which the journal's next segment knows.
    [[nodiscard]] Snapshot save(std::uint64_t epoch) const;
    [[nodiscard]] StateHash hash() const;

    [[nodiscard]] std::uint64_t commands() const noexcept { return commands_; }
    [[nodiscard]] std::uint64_t last_position() const noexcept { return last_position_; }
    [[nodiscard]] matching::Instant ceiling_ns() const noexcept { return ceiling_ns_; }
    [[nodiscard]] bool has_genesis() const noexcept { return has_genesis_; }

private:
    [[nodiscard]] const char* load(const Snapshot& snapshot);
    [[nodiscard]] std::optional<std::string> take_commands(const RecordView& record);
    template <typename Command>
    void apply(std::uint64_t position, matching::Instant at_ns, const Command& command);

    class Both final : public matching::EventSink {
    public:
        Both(matching::EventSink& first, matching::EventSink* second) : first_(first), second_(second) {}
        void on_event(const matching::Event& event) override {
            first_.on_event(event);
            second_->on_event(event);
        }

    private:
        matching::EventSink& first_;
        matching::EventSink* second_;
    };

    const ReplayParts parts_;
    const std::uint64_t keep_from_;
    Both both_;
    matching::EventSink& sink_;
    bool keeping_ = false;
    RecordReplayer replayer_;
    Expecting expecting_;
    std::vector<std::span<const std::byte>> expected_;
    std::uint64_t commands_ = 0;
    std::uint64_t last_position_ = 0;
    matching::Instant ceiling_ns_ = 0;
    bool has_genesis_ = false;
};

// A replay with parts of its own.
struct OwnReplay {
    OwnReplay(std::uint64_t epoch, std::uint64_t history_bytes_max, std::uint64_t keep_from,
              matching::EventSink* observer = nullptr)
        : feed(epoch, metrics, DeadlineEventsWaitFor::everything_before),
          history(epoch, static_cast<std::size_t>(history_bytes_max)),
          replay({engine, feed, log, history, observer}, keep_from) {}

    Metrics metrics;
    matching::Engine engine;
    Feed feed;
    HistoryLog log;
    History history;
    Replay replay;
};

// The first record whose events may still be in a history of that size when `last_position` has been replayed.
[[nodiscard]] std::uint64_t history_begins(std::uint64_t last_position, std::uint64_t history_bytes_max) noexcept;

}  // namespace tiebreak::daemon
