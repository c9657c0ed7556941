#include "daemon/journal_verify.hpp"

#include <utility>

#include "daemon/journal_reader.hpp"

namespace tiebreak::daemon {

JournalReport verify_journal(Disk& disk, const path& directory) {
    JournalReport report;
    auto opened = JournalReader::open(disk, directory);
    if (!opened) {
        report.damage = opened.error();
        return report;
    }
    JournalReader& reader = **opened;
    while (true) {
        const auto record = reader.next();
        if (!record) {
            report.damage = record.error();
            break;
        }
        if (!*record) break;
        if (report.records++ == 0) report.first_position = (*record)->position;
        report.last_position = (*record)->position;
        report.payload_bytes += (*record)->payload.size();
    }
    report.epoch = reader.epoch();
    report.segments = reader.segments_read();
    report.marks = reader.marks_read();
    report.remarks = reader.remarks();
    if (!report.damage) {
        report.stray_bytes = reader.tail().stray_bytes;
        report.end_proven = reader.tail().proven;
    }
    return report;
}

}  // namespace tiebreak::daemon
