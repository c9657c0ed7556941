#include "daemon/recovery.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "daemon/command_record.hpp"
#include "daemon/replay_record.hpp"
#include "daemon/stamps.hpp"

namespace tiebreak::daemon {

using matching::Instant;

namespace {

// Events of a record take at least this much room in the history; so records further back than the history's size divided by it would be
// dropped again, and are not put in.
constexpr std::uint64_t history_bytes_a_record_least = 64;

class Recovery {
public:
    Recovery(matching::Engine& engine, Feed& feed, HistoryLog& log, History& history, std::uint64_t keep_from)
        : engine_(engine), feed_(feed), log_(log), history_(history), keep_from_(keep_from) {}

    // Nothing, or what is wrong.
    std::optional<std::string> take(const RecordView& record) {
        recovered_.last_position = record.position;
        if (record.position >= keep_from_ && !std::exchange(keeping_, true)) feed_.keep_in(&log_);
        switch (record.kind) {
            case RecordKind::genesis: recovered_.has_genesis = true; return std::nullopt;
            case RecordKind::ceiling: recovered_.first_stamp_ns = record.stamp_ns; return std::nullopt;
            case RecordKind::commands: return take_commands(record);
            case RecordKind::mark: return std::nullopt;
        }
        return "is of a kind that this version of Tiebreak does not know";
    }

    [[nodiscard]] Recovered finish() {
        log_.hand_over();
        history_.absorb(log_);
        feed_.on_durable(recovered_.last_position);
        // Also above what was stamped without ever reaching its ceiling's record, or after a ceiling was taken back.
        recovered_.first_stamp_ns = std::max(recovered_.first_stamp_ns, engine_.now() + 1);
        return recovered_;
    }

private:
    std::optional<std::string> take_commands(const RecordView& record) {
        const auto commands = read_command_record(record.payload);
        if (!commands) return "is too short for a record of commands";
        if (record.stamp_ns < engine_.now()) return "is stamped before the record before it";
        const auto flaw = replayer_.replay(record.stamp_ns, commands->skipped, commands->request,
                                           [&](Instant at_ns, const auto& command) { apply(record.position, at_ns, command); });
        history_.absorb(log_);
        if (flaw) return "holds a command that can't be read: " + *flaw;
        return std::nullopt;
    }

    template <typename Command>
    void apply(std::uint64_t position, Instant at_ns, const Command& command) {
        if (const auto deadline_ns = engine_.next_deadline(); deadline_ns && *deadline_ns <= at_ns) {
            feed_.caused_by_deadline(position, position);
            engine_.advance(at_ns, feed_);
        }
        feed_.caused_by_command(position);
        engine_.apply(at_ns, command, feed_);
        ++recovered_.commands;
    }

    matching::Engine& engine_;
    Feed& feed_;
    HistoryLog& log_;
    History& history_;
    const std::uint64_t keep_from_;
    bool keeping_ = false;
    RecordReplayer replayer_;
    Recovered recovered_;
};

}  // namespace

Outcome<Recovered> recover(Journal& journal, matching::Engine& engine, Feed& feed, HistoryLog& log, History& history,
                           std::uint64_t history_bytes_max) {
    const std::uint64_t last = journal.last_position();
    const std::uint64_t kept = history_bytes_max / history_bytes_a_record_least;
    Recovery recovery(engine, feed, log, history, last > kept ? last - kept : 0);
    std::optional<Fault> fault;
    const auto read = journal.read_all([&](const RecordView& record) {
        const auto flaw = recovery.take(record);
        if (!flaw) return true;
        fault = Fault{FaultKind::damaged, "record " + std::to_string(record.position) + " of the journal " + *flaw, {}, 0,
                      record.position};
        return false;
    });
    if (!read) return read.error();
    if (fault) return *fault;
    if (last == 0) feed.keep_in(&log);
    return recovery.finish();
}

}  // namespace tiebreak::daemon
