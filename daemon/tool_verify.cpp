// tiebreak verify: is a journal whole, and does it say what it should?
#include <iostream>

#include <CLI/CLI.hpp>

#include "daemon/command_record.hpp"
#include "daemon/disk.hpp"
#include "daemon/journal_reader.hpp"
#include "daemon/journal_verify.hpp"
#include "daemon/replay_record.hpp"
#include "daemon/tool.hpp"
#include "matching/engine.hpp"

namespace tiebreak::daemon {
namespace {

struct Counted final : matching::EventSink {
    std::uint64_t events = 0;
    std::uint64_t awards = 0;
    void on_event(const matching::Event& event) override {
        ++events;
        if (std::holds_alternative<matching::event::Awarded>(event.body)) ++awards;
    }
};

// What carrying out the journal's commands once more gives.
struct Derived {
    std::uint64_t commands = 0;
    Counted counted;
    std::optional<std::string> flaw;  // a record that checks out and yet can't be carried out
};

Derived derive(const path& directory) {
    Derived derived;
    auto opened = JournalReader::open(real_disk(), directory);
    if (!opened) {
        derived.flaw = opened.error().sentence;
        return derived;
    }
    matching::Engine engine;
    RecordReplayer replayer;
    while (true) {
        const auto record = (*opened)->next();
        if (!record) derived.flaw = record.error().sentence;
        if (!record || !*record) return derived;
        const RecordView& view = **record;
        if (view.kind != RecordKind::commands) continue;
        const auto commands = read_command_record(view.payload);
        if (commands)
            derived.flaw = replayer.replay(view.stamp_ns, commands->skipped, commands->request,
                                           [&](matching::Instant at_ns, const auto& command) {
                                               if (at_ns < engine.now()) {
                                                   derived.flaw = "goes back in time";
                                                   return;
                                               }
                                               engine.apply(at_ns, command, derived.counted);
                                               ++derived.commands;
                                           });
        else
            derived.flaw = "is too short";
        if (derived.flaw) {
            derived.flaw = "record " + std::to_string(view.position) + " " + *derived.flaw;
            return derived;
        }
    }
}

void print_json(const JournalReport& report, const Derived& derived, const std::string& damage) {
    std::cout << "{\"ok\":" << (damage.empty() ? "true" : "false") << ",\"segments\":" << report.segments
              << ",\"records\":" << report.records << ",\"last_position\":" << report.last_position
              << ",\"payload_bytes\":" << report.payload_bytes << ",\"stray_bytes\":" << report.stray_bytes
              << ",\"commands\":" << derived.commands << ",\"events\":" << derived.counted.events
              << ",\"awards\":" << derived.counted.awards;
    if (!damage.empty()) {
        std::cout << ",\"damage\":\"";
        for (const char c : damage) std::cout << (c == '"' || c == '\\' ? "\\" : "") << c;
        std::cout << '"';
    }
    std::cout << "}\n";
}

void print_text(const JournalReport& report, const Derived& derived) {
    std::cout << report.records << " records in " << report.segments << " segments, the last at position "
              << report.last_position << '\n'
              << derived.commands << " commands, carried out once more: " << derived.counted.events << " events, "
              << derived.counted.awards << " awards\n";
    if (report.stray_bytes > 0)
        std::cout << report.stray_bytes << " bytes at the end belong to a commit that was cut short and never acknowledged\n";
    for (const auto& remark : report.remarks) std::cout << remark << '\n';
}

int verify(const std::string& directory, bool json) {
    const JournalReport report = verify_journal(real_disk(), directory);
    std::string damage;
    if (report.damage) damage = report.damage->sentence;
    Derived derived;
    if (damage.empty()) {
        derived = derive(directory);
        damage = derived.flaw.value_or("");
    }
    if (json)
        print_json(report, derived, damage);
    else
        print_text(report, derived);
    if (!damage.empty()) return complain(damage, tool_failed);
    if (!json) std::cout << "whole\n";
    return tool_ok;
}

}  // namespace

void add_verify_command(CLI::App& tool, int& exit_status) {
    struct Options {
        std::string directory;
        bool json = false;
    };
    auto* const command = tool.add_subcommand("verify", "Check a journal, and carry out its commands once more");
    auto options = std::make_shared<Options>();
    command->add_option("DIR", options->directory, "The daemon's data directory; it may be running")->required();
    command->add_flag("--json", options->json, "One JSON object");
    command->footer(
        "Every byte is checked. Damage is named by segment, offset and position.\n"
        "Exit status: 0 whole; 1 damaged.\n\nExample:\n  tiebreak verify tiebreak-data");
    command->callback([options, &exit_status] { exit_status = verify(options->directory, options->json); });
}

}  // namespace tiebreak::daemon
