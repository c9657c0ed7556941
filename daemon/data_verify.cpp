#include "daemon/data_verify.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>
#include <variant>

#include "daemon/journal_reader.hpp"
#include "daemon/replay_state.hpp"
#include "daemon/snapshot_choice.hpp"
#include "wire/json_writer.hpp"

namespace tiebreak::daemon {

namespace {

constexpr std::size_t differences_told_most = 10;

DataFinding::Kind kind_of(const Fault& fault) noexcept {
    return fault.kind == FaultKind::disk || fault.kind == FaultKind::disk_full ? DataFinding::Kind::unreadable
                                                                               : DataFinding::Kind::damaged;
}

// Counts the derived events and holds them against the feed.
class Comparison final : public matching::EventSink {
public:
    Comparison(DataReport& report, const RecordedFeed* feed, matching::EventSink* observer)
        : report_(report), feed_(feed), observer_(observer) {}

    void on_event(const matching::Event& event) override {
        ++report_.events;
        if (std::holds_alternative<matching::event::Awarded>(event.body)) ++report_.awards;
        last_sequence_ = event.sequence;
        if (first_sequence_ == 0) first_sequence_ = event.sequence;
        if (observer_ != nullptr) observer_->on_event(event);
        if (const std::string* const recorded = feed_ == nullptr ? nullptr : feed_->find(event.sequence)) compare(event, *recorded);
    }

    // What the feed has and nothing gave.
    void finish() {
        if (feed_ == nullptr) return;
        if (feed_->last_sequence() > last_sequence_) {
            differs("the feed goes on to event " + std::to_string(feed_->last_sequence()) + ", but the journal gives events up to " +
                    std::to_string(last_sequence_) + " only");
        }
        const std::uint64_t before = feed_->size() - report_.feed_events - differences_;
        if (before > 0 && first_sequence_ > 1) {
            report_.remarks.push_back("of the feed, events before " + std::to_string(first_sequence_) + " could not be compared: their commands are not there");
        }
        if (differences_ > differences_told_most) {
            differs("and " + std::to_string(differences_ - differences_told_most) + " events more differ");
        }
    }

private:
    void compare(const matching::Event& event, const std::string& recorded) {
        line_.clear();
        wire::append_event(line_, event);
        if (line_ == recorded) {
            ++report_.feed_events;
        } else if (++differences_ <= differences_told_most) {
            differs("event " + std::to_string(event.sequence) + " was published as " + recorded + " and is derived as " + line_);
        }
    }
    void differs(std::string sentence) { report_.findings.push_back({DataFinding::Kind::differs, std::move(sentence)}); }

    DataReport& report_;
    const RecordedFeed* feed_;
    matching::EventSink* observer_;
    std::string line_;
    std::uint64_t first_sequence_ = 0, last_sequence_ = 0;
    std::uint64_t differences_ = 0;
};

class Verification {
public:
    Verification(Disk& disk, const path& directory, const RecordedFeed* feed, matching::EventSink* observer)
        : disk_(disk), directory_(directory), comparison_(report_, feed, observer) {}

    DataReport run() {
        read_snapshots();
        auto reader = JournalReader::open(disk_, directory_);
        if (!reader) {
            find(reader.error());
            return std::move(report_);
        }
        count_archived();
        report_.epoch = (*reader)->epoch();
        state_ = std::make_unique<OwnReplay>(report_.epoch, 0, UINT64_MAX, &comparison_);
        check_that_snapshots_follow((*reader)->first_position());
        if (begin((*reader)->first_position())) read_records(**reader);
        report_.segments = (*reader)->segments_read();
        report_.marks = (*reader)->marks_read();
        const auto& remarks = (*reader)->remarks();
        report_.remarks.insert(report_.remarks.end(), remarks.begin(), remarks.end());
        return std::move(report_);
    }

private:
    void find(DataFinding::Kind kind, std::string sentence) { report_.findings.push_back({kind, std::move(sentence)}); }
    void find(const Fault& fault) { find(kind_of(fault), fault.sentence); }
    [[nodiscard]] std::string place_of(std::uint64_t position) const { return (directory_ / snapshot_name(position)).string(); }

    // Each by itself: its bytes, and its hash of them.
    void read_snapshots() {
        const auto positions = list_snapshots(disk_, directory_);
        if (!positions) return find(positions.error());
        for (auto position = positions->rbegin(); position != positions->rend(); ++position) {
            SnapshotFinding finding;
            finding.position = *position;
            const auto snapshot = read_snapshot(disk_, directory_, *position);
            if (!snapshot) {
                find(snapshot.error());
            } else if (state_hash(snapshot->engine, snapshot->topics) != snapshot->header.hash) {
                find(DataFinding::Kind::damaged, "the snapshot is damaged: " + place_of(*position) + ": its content is not what its state hash is of");
            } else {
                finding.whole = true;
                finding.hash = snapshot->header.hash;
                headers_.push_back(snapshot->header);
            }
            report_.snapshots.push_back(finding);
        }
    }

    void count_archived() {
        const auto names = disk_.list(directory_ / archive_name);
        if (!names) return;  // there is none, or reading the journal says what is wrong
        report_.segments_archived = static_cast<std::uint64_t>(
            std::ranges::count_if(*names, [](const std::string& name) { return first_position_of(name).has_value(); }));
    }

    void check_that_snapshots_follow(std::uint64_t first_position) {
        std::erase_if(headers_, [&](const SnapshotHeader& header) {
            if (header.epoch == report_.epoch && header.position + 1 < first_position) {
                report_.remarks.push_back(place_of(header.position) + " is older than what is left of the history, and of no use any more");
                return true;
            }
            const auto foreign = find_foreign(disk_, directory_, report_.epoch, header);
            if (foreign) find(DataFinding::Kind::damaged, place_of(header.position) + ": " + *foreign);
            return foreign.has_value();
        });
    }

    // Where the first records are gone, the state before is that of the oldest snapshot that reaches so far. False if there is none.
    bool begin(std::uint64_t first_position) {
        if (first_position <= 1) return true;
        const auto base = std::ranges::find_if(headers_, [&](const SnapshotHeader& header) { return header.position + 1 >= first_position; });
        if (base == headers_.end()) {
            find(beginning_missing(directory_, first_position, {}));
            return true;  // its bytes can be checked all the same
        }
        const auto snapshot = read_snapshot(disk_, directory_, base->position);
        if (!snapshot) {
            find(snapshot.error());
            return true;
        }
        if (const auto why = state_->replay.begin_with(*snapshot)) {
            find(DataFinding::Kind::damaged, place_of(base->position) + ": " + *why);
            return true;
        }
        report_.replayed_from = base->position + 1;
        commands_before_ = base->commands;
        report_.remarks.push_back("the history before record " + std::to_string(first_position) +
                                  " is not there: events are derived from record " + std::to_string(report_.replayed_from) +
                                  " on, with the state before it taken from " + place_of(base->position));
        return true;
    }

    void read_records(JournalReader& reader) {
        const bool from_the_beginning = reader.first_position() <= 1;
        bool replays = from_the_beginning || report_.replayed_from > 1;
        while (true) {
            const auto record = reader.next();
            if (!record) {
                if (replays) tell_state();  // what comes before the damage holds
                return find(record.error());
            }
            if (!*record) break;
            if (report_.records++ == 0) report_.first_position = (*record)->position;
            report_.last_position = (*record)->position;
            report_.payload_bytes += (*record)->payload.size();
            if (!replays || (*record)->position < report_.replayed_from) continue;
            if (const auto flaw = state_->replay.take(**record)) {
                find(DataFinding::Kind::damaged, "record " + std::to_string((*record)->position) + " " + *flaw);
                replays = false;
                continue;
            }
            report_.commands = state_->replay.commands() - commands_before_;
            compare_with_snapshot((*record)->position);
        }
        report_.stray_bytes = reader.tail().stray_bytes;
        if (report_.stray_bytes > 0) {
            report_.remarks.push_back((directory_ / reader.tail().segment).string() + ": " + std::to_string(report_.stray_bytes) + " bytes from offset " +
                                      std::to_string(reader.tail().offset) + " on belong to a commit that was cut short and never acknowledged");
        }
        if (replays) end();
    }

    void compare_with_snapshot(std::uint64_t position) {
        const auto header = std::ranges::find(headers_, position, &SnapshotHeader::position);
        if (header == headers_.end()) return;
        const Replay& replay = state_->replay;
        const StateHash hash = replay.hash();
        const bool same = hash == header->hash && replay.commands() == header->commands && replay.ceiling_ns() == header->ceiling_ns &&
                          state_->engine.sizes().last_sequence == header->last_sequence;
        if (!same) {
            find(DataFinding::Kind::differs, place_of(position) + " differs from what replaying the journal gives: its state is " +
                                                 text_of(header->hash) + ", that of the replay " + text_of(hash));
        }
        std::ranges::find(report_.snapshots, position, &SnapshotFinding::position)->compared = true;
    }

    void tell_state() {
        if (report_.last_position == 0 || report_.last_position + 1 < report_.replayed_from) return;
        report_.hash = state_->replay.hash();
        report_.hash_known = true;
    }

    void end() {
        tell_state();
        // Deadlines up to the last ceiling may have been applied, and their events published, without a record that says so.
        const std::uint64_t before = report_.events;
        const matching::Instant until_ns = state_->replay.ceiling_ns() - 1;
        if (until_ns > state_->engine.now()) state_->engine.advance(until_ns, comparison_);
        report_.events_by_deadlines = report_.events - before;
        comparison_.finish();
    }

    Disk& disk_;
    const path& directory_;
    DataReport report_;
    Comparison comparison_;
    std::vector<SnapshotHeader> headers_;  // of those that are whole, oldest first
    std::uint64_t commands_before_ = 0;    // in the snapshot that the replay began with
    std::unique_ptr<OwnReplay> state_;
};

}  // namespace

std::optional<std::string> RecordedFeed::add(std::string_view line) {
    // The first three fields come in this order, and the first two hold no quotes: no need to read the rest.
    static constexpr std::string_view key = "\",\"sequence\":";
    const std::size_t at = line.starts_with("{\"type\":\"") ? line.find(key) : std::string_view::npos;
    std::uint64_t sequence = 0;
    const char* const end = line.data() + line.size();
    if (at == std::string_view::npos || at > 100 ||
        std::from_chars(line.data() + at + key.size(), end, sequence).ec != std::errc{} || sequence == 0) {
        return "is no event as `tiebreak watch` prints it";
    }
    const auto [known, is_new] = lines_.try_emplace(sequence, line);
    if (!is_new && known->second != line) return "has event " + std::to_string(sequence) + " a second time, with other content";
    last_sequence_ = std::max(last_sequence_, sequence);
    return std::nullopt;
}

const std::string* RecordedFeed::find(std::uint64_t sequence) const {
    const auto found = lines_.find(sequence);
    return found == lines_.end() ? nullptr : &found->second;
}

DataReport verify_data(Disk& disk, const path& directory, const RecordedFeed* feed, matching::EventSink* observer) {
    return Verification(disk, directory, feed, observer).run();
}

}  // namespace tiebreak::daemon
