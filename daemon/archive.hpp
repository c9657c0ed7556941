// The archive: answers queries about the past and the present (status, history, export) on a thread of its own, so that
// none of them is ever felt on an offer's way.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "daemon/event_log.hpp"
#include "daemon/history.hpp"
#include "daemon/history_log.hpp"
#include "daemon/group_commit.hpp"
#include "daemon/limits.hpp"
#include "daemon/metrics.hpp"
#include "daemon/passage.hpp"
#include "daemon/turn.hpp"
#include "wire/query.hpp"

namespace tiebreak::daemon {

struct ArchiveOptions {
    Limits limits;
    std::uint64_t epoch = 0;
    matching::Instant started_ns = 0;
    // Called instead of sleeping until the loop has handed over, or the disk has taken, what a question is about; false: wait no
    // longer. Empty: it sleeps, for a second at most.
    std::function<bool()> wait;
    // Gets every event, about once a second at the latest; may be null.
    EventLog* event_log = nullptr;
};

class Archive {
public:
    // Everything is owned by the caller and outlives the archive.
    Archive(const ArchiveOptions& options, History& history, HistoryLog& log, GroupCommit& journal, Passage& passage,
            LoopBell& bell, Clock& clock, Metrics& metrics);

    // The thread's whole life: until finish() was called.
    void run();
    void finish() noexcept;  // any thread
    // Takes in what the loop has handed over, and answers one question; false if there was none. What run() repeats.
    bool step();

private:
    void answer_front();
    [[nodiscard]] std::span<const std::byte> answer(std::span<const std::byte> message);
    [[nodiscard]] std::span<const std::byte> answer(const wire::query::Status& query);
    [[nodiscard]] std::span<const std::byte> answer(const wire::query::History& query);
    [[nodiscard]] std::span<const std::byte> answer(const wire::query::Export& query);
    [[nodiscard]] std::span<const std::byte> refuse(matching::Code code, std::string_view detail);
    void catch_up();
    void ask_loop();
    template <typename Reached>
    void wait_until(Reached&& reached);

    const ArchiveOptions options_;
    History& history_;
    HistoryLog& log_;
    GroupCommit& journal_;
    std::unique_ptr<JournalCursor> cursor_;
    Passage& passage_;
    LoopBell& bell_;
    Clock& clock_;
    Metrics& metrics_;
    wire::QueryReader reader_;
    wire::AnswerWriter writer_;
    std::int64_t asked_ns_ = 0;  // when the loop was last asked for events
    std::atomic<bool> finish_{false};
};

}  // namespace tiebreak::daemon
