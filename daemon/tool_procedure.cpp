#include "daemon/tool_procedure.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/tool.hpp"
#include "daemon/tool_explain_look.hpp"
#include "daemon/tool_procedure_try.hpp"
#include "wire/json_out.hpp"
#include "wire/procedure_files.hpp"
#include "wire/prose_procedure.hpp"
#include "wire/prose_words.hpp"

namespace tiebreak::daemon {
namespace {

using matching::command::Procedure;

struct CheckOptions {
    std::vector<std::string> files;
    std::vector<std::string> scenario;  // --try
    bool json = false;
    bool utc = false;
    bool quiet = false;
};

std::string procedure_text(const Procedure& procedure, const wire::Look& look, wire::Clock clock) {
    std::string text = look.bold(procedure.id + (procedure.title ? ": " + *procedure.title : "")) + '\n';
    text += wire::prose_text(wire::procedure_prose(procedure, clock), look.width);
    const auto remarks = wire::procedure_remarks(procedure);
    if (!remarks.empty()) text += "  Worth a second look\n";
    for (const std::string& remark : remarks) text += wire::wrapped(remark, look.width - 4, "    ") + '\n';
    return text;
}

void append_procedure(wire::JsonOut& out, const wire::ProcedureFile& file) {
    const Procedure& procedure = file.procedure;
    out.open_object();
    out.string("file", file.file.string());
    out.boolean("ok", true);
    out.string("id", procedure.id);
    out.string("title", procedure.title);
    out.key("sections");
    out.open_list();
    for (const wire::ProseSection& section : wire::procedure_prose(procedure, wire::Clock::uk)) {
        out.item();
        out.open_object();
        out.string("section", section.key);
        out.string("heading", section.heading);
        out.strings("paragraphs", section.paragraphs);
        out.close_object();
    }
    out.close_list();
    out.strings("remarks", wire::procedure_remarks(procedure));
    out.close_object();
}

void append_place(wire::JsonOut& out, const wire::ProcedureFault& fault) {
    if (fault.line > 0) {
        out.number("line", fault.line);
        out.number("column", fault.column);
    }
    if (!fault.path.empty()) out.string("path", fault.path);
    out.string("sentence", fault.sentence);
}

// All of one file.
void append_faults(wire::JsonOut& out, std::span<const wire::ProcedureFault> faults) {
    out.open_object();
    out.string("file", faults.front().file.string());
    out.boolean("ok", false);
    append_place(out, faults.front());
    if (faults.size() > 1) {
        out.key("more");
        out.open_list();
        for (const wire::ProcedureFault& fault : faults.subspan(1)) {
            out.item();
            out.open_object();
            append_place(out, fault);
            out.close_object();
        }
        out.close_list();
    }
    out.close_object();
}

// The faults by their files.
std::vector<std::span<const wire::ProcedureFault>> by_file(const std::vector<wire::ProcedureFault>& faults) {
    std::vector<std::span<const wire::ProcedureFault>> files;
    for (auto from = faults.begin(); from != faults.end();) {
        const auto to = std::find_if(from, faults.end(), [&](const auto& fault) { return fault.file != from->file; });
        files.emplace_back(from, to);
        from = to;
    }
    return files;
}

void print_json(const wire::LoadedProcedures& loaded) {
    std::string text;
    wire::JsonOut out{text};
    out.open_list();
    for (const wire::ProcedureFile& file : loaded.procedures) {
        out.item();
        append_procedure(out, file);
    }
    for (const auto& faults : by_file(loaded.faults)) {
        out.item();
        append_faults(out, faults);
    }
    out.close_list();
    std::cout << text << '\n';
}

void print_faults(const wire::LoadedProcedures& loaded) {
    for (const wire::ProcedureFault& fault : loaded.faults) {
        std::cerr << fault.text() << '\n';
        std::size_t from = 0;
        while (from < fault.excerpt.size()) {
            const std::size_t end = std::min(fault.excerpt.find('\n', from), fault.excerpt.size());
            std::cerr << "    " << fault.excerpt.substr(from, end - from) << '\n';
            from = end + 1;
        }
    }
}

void print_texts(const wire::LoadedProcedures& loaded, wire::Clock clock) {
    const wire::Look look = look_of_output();
    const char* separator = "";
    for (const wire::ProcedureFile& file : loaded.procedures) {
        std::cout << separator << procedure_text(file.procedure, look, clock);
        separator = "\n";
    }
}

int exit_status_of(const wire::LoadedProcedures& loaded) {
    int status = tool_ok;
    for (const wire::ProcedureFault& fault : loaded.faults) {
        if (fault.line > 0) return tool_usage;
        status = tool_failed;
    }
    return status;
}

int check(const CheckOptions& options) {
    const auto loaded = wire::load_procedures(std::vector<std::filesystem::path>{options.files.begin(), options.files.end()});
    const wire::Clock clock = options.utc ? wire::Clock::utc : wire::Clock::uk;
    if (loaded.procedures.empty() && loaded.faults.empty())
        return complain("there is no procedure's file (*.json) in " + wire::listed(options.files), tool_failed);
    if (!options.scenario.empty() && loaded.procedures.size() + by_file(loaded.faults).size() != 1)
        return complain("--try runs a scenario against one procedure; name one file", tool_usage);
    if (options.json && (options.scenario.empty() || !loaded.faults.empty()))
        print_json(loaded);
    else if (!options.json && !options.quiet)
        print_texts(loaded, clock);
    std::cout << std::flush;
    if (!options.json) print_faults(loaded);
    if (const int status = exit_status_of(loaded); status != tool_ok) return status;
    if (!options.scenario.empty())
        return try_scenario(loaded.procedures.front().procedure, options.scenario, {options.json, clock, !options.quiet});
    return std::cout ? tool_ok : complain("can't write the text", tool_failed);
}

}  // namespace

void add_procedure_command(CLI::App& tool, int& exit_status) {
    auto* const procedure = tool.add_subcommand("procedure", "Look at procedures before they are used");
    procedure->require_subcommand(1);
    auto* const command = procedure->add_subcommand("check", "Check procedures' files and print them in plain English");
    auto options = std::make_shared<CheckOptions>();
    command->add_option("FILE", options->files, "Files with one procedure each, or directories of them")->required();
    command->add_option("--try", options->scenario, "Run commands (JSON Lines files, one after the other) under it and tell what happens")
        ->allow_extra_args(false);
    command->add_flag("--json", options->json, "A JSON list, one object for each file; with --try one object for the scenario");
    command->add_flag("--utc", options->utc, "Times in UTC instead of UK time");
    command->add_flag("-q,--quiet", options->quiet, "Print faults alone");
    command->footer(
        "Each fault is printed on standard error as FILE:LINE:COLUMN: what is wrong and what would be right; the exit status is\n"
        "then 2, or 1 if no more is wrong than that a file can't be read. All faults of a file are told at once, up to a hundred; where\n"
        "the text is no JSON, the place where it stops being any.\n\n"
        "A scenario's lines are commands as `tiebreak replay` takes them. The procedure may be left out; a line without `at`\n"
        "happens when the line before it does; blank lines and lines that begin with # are passed over.\n\n"
        "Examples:\n"
        "  tiebreak procedure check deploy/procedures/*.json\n"
        "  tiebreak procedure check homecare.json --try providers.jsonl --try a-busy-morning.jsonl");
    command->callback([options, &exit_status] { exit_status = check(*options); });
}

}  // namespace tiebreak::daemon
