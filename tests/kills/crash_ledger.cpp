#include "tests/kills/crash_ledger.hpp"

#include "daemon/command_record.hpp"
#include "daemon/disk.hpp"
#include "daemon/journal_reader.hpp"
#include "daemon/replay_record.hpp"
#include "wire/json_writer.hpp"

namespace tiebreak::crash {

namespace event = matching::event;

// Keeps the events that the journal's commands give.
class Ledger::Deriver final : public matching::EventSink {
public:
    explicit Deriver(Ledger& ledger) : ledger_(ledger) {}

    void on_event(const matching::Event& event) override {
        std::string line;
        wire::append_event(line, event);
        if (event.sequence != ledger_.derived_.size() + 1) breaks("the engine's sequence jumps at " + line);
        ledger_.derived_.push_back(std::move(line));
        if (const auto* const award = std::get_if<event::Awarded>(&event.body))
            once(ledger_.awards_, std::string{award->package}, event.sequence, "is awarded twice");
        if (const auto* const offer = std::get_if<event::OfferAccepted>(&event.body); offer != nullptr && !offer->duplicate)
            once(ledger_.accepted_, std::string{offer->offer}, event.sequence, "is accepted twice");
    }

private:
    void once(std::map<std::string, std::uint64_t>& known, const std::string& id, std::uint64_t sequence, const char* what) {
        if (!known.emplace(id, sequence).second) breaks(id + " " + what);
    }
    void breaks(const std::string& what) {
        if (!ledger_.broken_) ledger_.broken_ = what;
    }
    Ledger& ledger_;
};

void Ledger::see(SeenEvent event) {
    ++seen_count_;
    const auto [known, is_new] = seen_.emplace(event.sequence, event.line);
    if (!is_new && known->second != event.line && !broken_)
        broken_ = "event " + std::to_string(event.sequence) + " came twice, with other content: " + known->second + " and " + event.line;
}

std::optional<std::string> Ledger::check(const std::filesystem::path& journal) {
    auto opened = daemon::JournalReader::open(daemon::real_disk(), journal);
    if (!opened) return opened.error().sentence;
    daemon::JournalReader& reader = **opened;
    if (position_ > 0)
        if (const auto sought = reader.seek(position_ + 1); !sought) return sought.error().sentence;
    daemon::RecordReplayer replayer;
    Deriver deriver(*this);
    while (true) {
        const auto record = reader.next();
        if (!record) return record.error().sentence;
        if (!*record) break;
        position_ = (*record)->position;
        if ((*record)->kind != daemon::RecordKind::commands) continue;
        const auto commands = daemon::read_command_record((*record)->payload);
        if (!commands) return "record " + std::to_string(position_) + " is too short";
        auto flaw = replayer.replay((*record)->stamp_ns, commands->skipped, commands->request,
                                    [&](matching::Instant at_ns, const auto& command) {
                                        if (at_ns <= last_stamp_ns_ && !broken_)
                                            broken_ = "stamps do not rise at record " + std::to_string(position_);
                                        last_stamp_ns_ = at_ns;
                                        stamps_.emplace(at_ns, true);
                                        engine_.apply(at_ns, command, deriver);
                                    });
        if (flaw) return "record " + std::to_string(position_) + " " + *flaw;
    }
    return compare();
}

std::optional<std::string> Ledger::compare() {
    if (broken_) return broken_;
    for (const Acknowledged& acknowledged : acknowledged_) {
        const std::string what = "the acknowledged offer " + acknowledged.offer;
        if (!stamps_.contains(acknowledged.arrival_ns)) return what + " is not in the journal";
        if (acknowledged.sequence == 0 || acknowledged.sequence > derived_.size()) return what + " caused no event";
        if (derived_[acknowledged.sequence - 1].find('"' + acknowledged.offer + '"') == std::string::npos)
            return what + " has another event: " + derived_[acknowledged.sequence - 1];
    }
    acknowledged_count_ += acknowledged_.size();
    acknowledged_.clear();
    // Events of deadlines after the last command may have been seen already; they are compared when the journal gets there.
    const auto end = seen_.upper_bound(derived_.size());
    for (auto seen = seen_.begin(); seen != end; ++seen)
        if (seen->second != derived_[seen->first - 1])
            return "event " + std::to_string(seen->first) + " was seen as " + seen->second + " and is derived as " + derived_[seen->first - 1];
    seen_.erase(seen_.begin(), end);
    return std::nullopt;
}

std::optional<std::string> Ledger::check_all(const std::filesystem::path& journal, matching::Instant now_ns) {
    if (auto broken = check(journal)) return broken;
    Deriver deriver(*this);
    if (now_ns > engine_.now()) engine_.advance(now_ns, deriver);
    if (auto broken = compare()) return broken;
    if (!seen_.empty()) return "a subscriber saw what the journal does not give: " + seen_.begin()->second;

    Ledger afresh;
    if (auto broken = afresh.check(journal)) return broken;
    for (std::size_t i = 0; i < afresh.derived_.size(); ++i)
        if (afresh.derived_[i] != derived_[i]) return "the whole journal gives another event " + std::to_string(i + 1);
    return std::nullopt;
}

}  // namespace tiebreak::crash
