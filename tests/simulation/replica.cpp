#include "tests/simulation/replica.hpp"

namespace tiebreak::simulation {

void Replica::Sink::on_event(const matching::Event& event) {
    const auto body = writer_.write(event);
    list_.collect(event);
    for (std::size_t i = 0; i < list_.size(); ++i) {
        auto found = replica_.topics_.find(list_[i]);
        if (found == replica_.topics_.end()) found = replica_.topics_.emplace(list_[i], std::vector<std::size_t>{}).first;
        found->second.push_back(replica_.events_.size());
    }
    replica_.events_.push_back({event.sequence, {body.begin(), body.end()}});
}

std::optional<std::string> Replica::take(const wire::answer::Export& part) {
    for (const wire::answer::ExportRecord& record : part.records) {
        if (record.stamp_ns < engine_.now()) return "record " + std::to_string(record.position) + " is stamped before what came before it";
        const auto flaw =
            replayer_.replay(record.stamp_ns, record.skipped, record.payload, [&](matching::Instant at_ns, const auto& command) {
                engine_.advance(at_ns, sink_);
                engine_.apply(at_ns, command, sink_);
            });
        if (flaw) return "record " + std::to_string(record.position) + ": " + *flaw;
    }
    position_ = part.last_position;
    return std::nullopt;
}

const Replica::Event* Replica::find(std::string_view topic, std::uint64_t topic_sequence) const {
    const auto found = topics_.find(topic);
    if (found == topics_.end() || topic_sequence == 0 || topic_sequence > found->second.size()) return nullptr;
    return &events_[found->second[topic_sequence - 1]];
}

}  // namespace tiebreak::simulation
