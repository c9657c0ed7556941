#include "tests/simulation/journal_audit.hpp"

#include "daemon/command_record.hpp"
#include "daemon/journal_reader.hpp"
#include "daemon/replay_record.hpp"
#include "daemon/reply_collector.hpp"

namespace tiebreak::simulation {

using matching::Instant;

void JournalAudit::Sink::on_event(const matching::Event& event) {
    ++events;
    if (std::holds_alternative<matching::event::Awarded>(event.body)) ++awards;
    list_.collect(event);
    const std::uint64_t hash = hash_of(writer_.write(event));
    matching::Event unnumbered = event;
    unnumbered.sequence = 0;
    const std::uint64_t content = hash_of(writer_.write(unnumbered)) | 1U;
    for (std::size_t i = 0; i < list_.size(); ++i) {
        const auto found = audit_.topics_.find(list_[i]);
        auto& said = found != audit_.topics_.end() ? found->second : audit_.topics_[std::string{list_[i]}];
        said.push_back({event.sequence, hash, content, by_deadline});
    }
}

std::optional<std::string> JournalAudit::apply(Request& request) {
    daemon::RecordReplayer replayer;
    return replayer.replay(request.stamp_ns, request.skipped, request.bytes, [&](Instant at_ns, const auto& command) {
        sink_.by_deadline = true;
        engine_.advance(at_ns, sink_);
        sink_.by_deadline = false;
        daemon::ReplyCollector collector(sink_, at_ns);
        engine_.apply(at_ns, command, collector);
        request.replies.push_back(collector.reply());
        last_stamp_ns_ = at_ns;
        ++commands_;
    });
}

std::optional<std::string> JournalAudit::read(daemon::Disk& disk, const daemon::path& directory, std::uint64_t limit) {
    read_before_ = requests_.size();
    auto reader = daemon::JournalReader::open(disk, directory);
    if (!reader) return reader.error().sentence;
    first_position_ = (*reader)->first_position();
    (*reader)->limit_to(limit);
    std::uint64_t last_position = 0;
    while (true) {
        const auto next = (*reader)->next();
        if (!next) return next.error().sentence;
        if (!*next) break;
        const daemon::RecordView& record = **next;
        last_position = record.position;
        const std::uint64_t hash = mixed(mixed(hash_of(record.payload), static_cast<std::uint64_t>(record.stamp_ns)),
                                         static_cast<std::uint64_t>(record.kind));
        const std::string name = "record " + std::to_string(record.position);
        if (record.position <= hashes_.size()) {
            if (hashes_[record.position - 1] != hash) return name + " is another one than it was";
            continue;
        }
        if (record.position != hashes_.size() + 1) return name + " comes after record " + std::to_string(hashes_.size());
        hashes_.push_back(hash);
        bytes_ += record.payload.size();
        if (record.kind != daemon::RecordKind::commands) continue;
        const auto commands = daemon::read_command_record(record.payload);
        if (!commands) return name + " is too short for commands";
        if (record.stamp_ns <= last_stamp_ns_) return name + " is not stamped after the command before it";
        requests_.push_back({record.position, record.stamp_ns, {commands->request.begin(), commands->request.end()},
                             commands->skipped, {}});
        if (const auto flaw = apply(requests_.back())) return name + ": " + *flaw;
    }
    if (last_position < hashes_.size()) {
        return "the journal ends at record " + std::to_string(last_position) + " and had been on the disk up to " +
               std::to_string(hashes_.size());
    }
    return std::nullopt;
}

void JournalAudit::run_out() {
    sink_.by_deadline = true;
    engine_.advance(matching::last_instant, sink_);
}

}  // namespace tiebreak::simulation
