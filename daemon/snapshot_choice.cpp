#include "daemon/snapshot_choice.hpp"

#include <utility>

#include "daemon/journal_segment.hpp"

namespace tiebreak::daemon {

std::optional<std::string> find_foreign(Disk& disk, const path& directory, std::uint64_t epoch, const SnapshotHeader& header) {
    if (header.epoch != epoch) return "it belongs to another journal";
    auto next = SegmentReader::open(disk, directory, header.position + 1);
    if (!next) next = SegmentReader::open(disk, directory / archive_name, header.position + 1);
    if (!next) {
        return next.error().kind == FaultKind::missing ? "no segment of the journal begins after it" : next.error().sentence;
    }
    if (next->header().epoch != epoch) return "the segment after it belongs to another journal";
    if (next->header().previous_crc != header.record_crc) return "it belongs to another past than the journal: what follows there does not follow from it";
    return std::nullopt;
}

Outcome<std::optional<SnapshotHeader>> begin_with_newest(Disk& disk, const path& directory, std::uint64_t epoch,
                                                         std::uint64_t last_position, Replay& replay,
                                                         std::vector<std::string>& remarks) {
    const auto positions = list_snapshots(disk, directory);
    if (!positions) return positions.error();
    for (const std::uint64_t position : *positions) {
        const std::string place = (directory / snapshot_name(position)).string();
        const auto useless = [&](const std::string& why) { remarks.push_back(place + " is not used: " + why); };
        const auto snapshot = read_snapshot(disk, directory, position);
        if (!snapshot) {
            useless(snapshot.error().sentence);
            continue;
        }
        if (snapshot->header.epoch == epoch && position >= last_position) {
            return Fault{FaultKind::missing, place + " was made of records up to " + std::to_string(position) +
                                                 ", which the journal went on after, but the journal in " + directory.string() +
                                                 " ends at record " + std::to_string(last_position) + ": its newest segments are missing",
                         {}, 0, last_position + 1};
        }
        if (const auto foreign = find_foreign(disk, directory, epoch, snapshot->header)) {
            useless(*foreign);
            continue;
        }
        if (const auto why = replay.begin_with(*snapshot)) {
            useless(*why);
            continue;
        }
        return std::optional(snapshot->header);
    }
    return std::optional<SnapshotHeader>();
}

Fault beginning_missing(const path& directory, std::uint64_t position, const std::vector<std::string>& remarks) {
    std::string sentence = "the journal in " + directory.string() + " begins at record " + std::to_string(position) +
                           ", and neither its archive nor a snapshot has what came before: put back the segments that were in " +
                           (directory / archive_name).string() + ", or a snapshot of a position from " +
                           std::to_string(position - 1) + " on";
    for (const std::string& remark : remarks) sentence += "; " + remark;
    return {FaultKind::missing, std::move(sentence), {}, 0, 1};
}

}  // namespace tiebreak::daemon
