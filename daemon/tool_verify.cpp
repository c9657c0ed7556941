// tiebreak verify: is a data directory whole, and does it say what it should?
#include <fstream>
#include <iostream>
#include <utility>

#include <CLI/CLI.hpp>

#include "daemon/data_verify.hpp"
#include "daemon/disk.hpp"
#include "daemon/tool.hpp"
#include "wire/json_out.hpp"

namespace tiebreak::daemon {
namespace {

struct VerifyOptions {
    std::string directory;
    std::string feed;
    bool json = false;
};

std::string json_text(const std::string& text) {
    std::string out;
    wire::JsonOut(out).string(text);
    return out;
}

void print_json(const DataReport& report) {
    std::cout << "{\"ok\":" << (report.findings.empty() ? "true" : "false") << ",\"segments\":" << report.segments
              << ",\"segments_archived\":" << report.segments_archived << ",\"records\":" << report.records
              << ",\"first_position\":" << report.first_position << ",\"last_position\":" << report.last_position
              << ",\"payload_bytes\":" << report.payload_bytes << ",\"stray_bytes\":" << report.stray_bytes
              << ",\"replayed_from\":" << report.replayed_from << ",\"commands\":" << report.commands
              << ",\"events\":" << report.events << ",\"events_by_deadlines\":" << report.events_by_deadlines
              << ",\"awards\":" << report.awards << ",\"state_hash\":" << (report.hash_known ? json_text(text_of(report.hash)) : "null") << ",\"snapshots\":[";
    const char* between = "";
    for (const SnapshotFinding& snapshot : report.snapshots) {
        std::cout << std::exchange(between, ",") << "{\"position\":" << snapshot.position << ",\"whole\":" << (snapshot.whole ? "true" : "false")
                  << ",\"compared\":" << (snapshot.compared ? "true" : "false") << ",\"state_hash\":\"" << text_of(snapshot.hash) << "\"}";
    }
    std::cout << "],\"feed_events\":" << report.feed_events << ",\"findings\":[";
    between = "";
    for (const DataFinding& finding : report.findings) {
        static constexpr const char* kinds[] = {"unreadable", "damaged", "differs"};
        std::cout << std::exchange(between, ",") << "{\"kind\":\"" << kinds[static_cast<std::size_t>(finding.kind)]
                  << "\",\"sentence\":" << json_text(finding.sentence) << '}';
    }
    std::cout << "],\"remarks\":[";
    between = "";
    for (const std::string& remark : report.remarks) std::cout << std::exchange(between, ",") << json_text(remark);
    std::cout << "]}\n";
}

void print_text(const DataReport& report, bool with_feed) {
    std::cout << report.records << " records in " << report.segments << " segments, " << report.segments_archived
              << " of them in the archive, the last at position " << report.last_position << '\n'
              << report.commands << " commands, carried out once more: " << report.events << " events (" << report.events_by_deadlines
              << " by deadlines after the last command, up to the last ceiling), " << report.awards << " awards\n";
    if (report.hash_known) std::cout << "state after record " << report.last_position << ": " << text_of(report.hash) << '\n';
    for (const SnapshotFinding& snapshot : report.snapshots) {
        std::cout << "snapshot of record " << snapshot.position << ": "
                  << (!snapshot.whole ? "damaged" : snapshot.compared ? "whole, compared with the replay" : "whole, not compared") << '\n';
    }
    if (with_feed) std::cout << report.feed_events << " events of the recorded feed are what the journal gives\n";
    for (const auto& remark : report.remarks) std::cout << remark << '\n';
}

int exit_status_of(const DataReport& report) {
    int status = tool_ok;
    for (const DataFinding& finding : report.findings) {
        const int found = finding.kind == DataFinding::Kind::unreadable ? tool_failed
                          : finding.kind == DataFinding::Kind::damaged  ? tool_damaged
                                                                        : tool_differs;
        complain(finding.sentence, found);
        // Damage explains differences, and what can't be read may explain both.
        if (status == tool_ok || found < status) status = found;
    }
    return status;
}

int verify(const VerifyOptions& options) {
    RecordedFeed feed;
    if (!options.feed.empty()) {
        std::ifstream in(options.feed);
        if (!in) return complain("can't read " + options.feed, tool_failed);
        std::string line;
        for (std::size_t number = 1; std::getline(in, line); ++number) {
            if (const auto flaw = feed.add(line)) return complain(options.feed + ":" + std::to_string(number) + ": " + *flaw, tool_usage);
        }
        if (in.bad()) return complain("can't read " + options.feed, tool_failed);
    }
    const DataReport report = verify_data(real_disk(), options.directory, options.feed.empty() ? nullptr : &feed);
    if (options.json)
        print_json(report);
    else
        print_text(report, !options.feed.empty());
    const int status = exit_status_of(report);
    if (status == tool_ok && !options.json) std::cout << "whole\n";
    return status;
}

}  // namespace

void add_verify_command(CLI::App& tool, int& exit_status) {
    auto* const command = tool.add_subcommand("verify", "Check journal, archive and snapshots, and carry out the commands once more");
    auto options = std::make_shared<VerifyOptions>();
    command->add_option("DIR", options->directory, "The daemon's data directory; it may be running")->required();
    command->add_option("--feed", options->feed, "Events as `tiebreak watch` has printed them: each must be what the journal gives");
    command->add_flag("--json", options->json, "One JSON object");
    command->footer(
        "Every byte is checked; damage is named by file and offset. Every event is derived from the commands once more, and each\n"
        "snapshot held against the state that gives. Where the first segments were recycled, that begins with the oldest snapshot.\n"
        "Exit status: 0 whole; 1 a file can't be read; 5 damaged, or something is missing; 6 a snapshot or the feed differs from\n"
        "what the commands give.\n\nExamples:\n"
        "  tiebreak verify tiebreak-data\n"
        "  tiebreak verify tiebreak-data --feed watched.jsonl");
    command->callback([options, &exit_status] { exit_status = verify(*options); });
}

}  // namespace tiebreak::daemon
