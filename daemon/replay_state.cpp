#include "daemon/replay_state.hpp"

#include <utility>

#include "daemon/command_record.hpp"

namespace tiebreak::daemon {

using matching::Instant;

namespace {

// Events of a record take at least this much room in the history; so records further back than the history's size divided by it would be
// dropped again, and are not put in.
constexpr std::uint64_t history_bytes_a_record_least = 64;

}  // namespace

std::uint64_t history_begins(std::uint64_t last_position, std::uint64_t history_bytes_max) noexcept {
    const std::uint64_t kept = history_bytes_max / history_bytes_a_record_least;
    return last_position > kept ? last_position - kept : 0;
}

std::optional<std::string> Replay::begin_with(const Snapshot& snapshot) {
    const SnapshotHeader& header = snapshot.header;
    if (const char* const part = load(snapshot)) {
        (void)parts_.engine.load({});
        (void)parts_.feed.go_on_from({}, 0);
        return std::string("its ") + part + " can't be read by this version of Tiebreak";
    }
    if (header.position + 1 >= keep_from_) {
        parts_.feed.keep_in(&parts_.log, parts_.history.topics_known());
        keeping_ = true;
    }
    commands_ = header.commands;
    last_position_ = header.position;
    ceiling_ns_ = header.ceiling_ns;
    has_genesis_ = true;
    return std::nullopt;
}

// Nothing, or the part that can't be.
const char* Replay::load(const Snapshot& snapshot) {
    const SnapshotHeader& header = snapshot.header;
    if (!parts_.engine.load(snapshot.engine) || header.last_sequence != parts_.engine.sizes().last_sequence) return "state of the engine";
    if (!parts_.feed.go_on_from(snapshot.topics, header.last_sequence)) return "state of the feed";
    const bool wanted = header.position + 1 >= keep_from_;
    if (header.ceiling_ns < 0) return "ceiling";
    if (wanted && !parts_.history.load(snapshot.history, parts_.feed.topics())) return "history of recent events";
    return nullptr;
}

std::optional<std::string> Replay::take(const RecordView& record) {
    last_position_ = record.position;
    if (record.position >= keep_from_ && !std::exchange(keeping_, true)) {
        parts_.history.begin(parts_.feed.topics());
        parts_.feed.keep_in(&parts_.log, parts_.history.topics_known());
    }
    switch (record.kind) {
        case RecordKind::genesis: has_genesis_ = true; return std::nullopt;
        case RecordKind::ceiling:
            if (record.stamp_ns < 0) return "holds a ceiling that is no instant";
            ceiling_ns_ = record.stamp_ns;
            return std::nullopt;
        case RecordKind::commands: return take_commands(record);
        case RecordKind::mark: return std::nullopt;
    }
    return "is of a kind that this version of Tiebreak does not know";
}

void Replay::expect(std::span<const RecordView> records) {
    expected_.clear();
    for (const RecordView& record : records) {
        if (record.kind != RecordKind::commands) continue;
        if (const auto request = request_of_record(record.payload)) expected_.push_back(*request);
    }
    if (expected_.size() > 1) expecting_.requests(expected_);
}

std::optional<std::string> Replay::take_commands(const RecordView& record) {
    const auto commands = read_command_record(record.payload);
    if (!commands) return "is too short for a record of commands";
    if (record.stamp_ns < parts_.engine.now()) return "is stamped before the record before it";
    const auto flaw = replayer_.replay(record.stamp_ns, commands->skipped, commands->request,
                                       [&](Instant at_ns, const auto& command) { apply(record.position, at_ns, command); });
    parts_.history.absorb(parts_.log);
    if (flaw) return "holds a command that can't be read: " + *flaw;
    return std::nullopt;
}

template <typename Command>
void Replay::apply(std::uint64_t position, Instant at_ns, const Command& command) {
    if (const auto deadline_ns = parts_.engine.next_deadline(); deadline_ns && *deadline_ns <= at_ns) {
        parts_.feed.caused_by_deadline(position, position, false);
        parts_.engine.advance(at_ns, sink_);
    }
    parts_.feed.caused_by_command(position);
    parts_.engine.apply(at_ns, command, sink_);
    ++commands_;
}

void Replay::finish() {
    parts_.log.hand_over();
    parts_.history.absorb(parts_.log);
    parts_.feed.on_durable(last_position_);
}

Snapshot Replay::save(std::uint64_t epoch) const {
    Snapshot snapshot;
    snapshot.header.epoch = epoch;
    snapshot.header.position = last_position_;
    snapshot.header.ceiling_ns = ceiling_ns_;
    snapshot.header.commands = commands_;
    snapshot.header.last_sequence = parts_.engine.sizes().last_sequence;
    parts_.engine.save(snapshot.engine);
    parts_.feed.topics().save(snapshot.topics);
    parts_.history.save(snapshot.history);
    snapshot.header.hash = state_hash(snapshot.engine, snapshot.topics);
    return snapshot;
}

StateHash Replay::hash() const {
    std::string engine, topics;
    parts_.engine.save(engine);
    parts_.feed.topics().save(topics);
    return state_hash(engine, topics);
}

}  // namespace tiebreak::daemon
