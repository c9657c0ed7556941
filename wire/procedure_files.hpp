// Procedures as files: one JSON object to a file, over as many lines as it likes, in the form of the `procedure` command
// (without `at`).
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "matching/procedure.hpp"

namespace tiebreak::wire {

// What is wrong with a file, where, and what would be right. Line 0: the file as a whole could not be read.
struct ProcedureFault {
    std::filesystem::path file;
    std::size_t line = 0;    // from 1
    std::size_t column = 0;  // from 1, in bytes
    std::string path;        // "stages[1].window"; empty: the text as a whole
    std::string sentence;
    std::string excerpt;     // what the line says around that column, and where the column is in it; one line each
    // "homecare.json:4:12: stages[1].window: must be more than zero"
    [[nodiscard]] std::string text() const;
};

// Of one file, in the order of its text; never empty. All that can be told at once, which is one where the text is no JSON, and a
// hundred at most.
using ProcedureFaults = std::vector<ProcedureFault>;

struct ProcedureFile {
    std::filesystem::path file;
    matching::command::Procedure procedure;  // find_flaw has accepted it
};

// `file` is for faults only. Thread-safe, like all of these.
[[nodiscard]] std::variant<ProcedureFile, ProcedureFaults> read_procedure(std::string_view text, std::filesystem::path file);
[[nodiscard]] std::variant<ProcedureFile, ProcedureFaults> load_procedure(const std::filesystem::path& file);

struct LoadedProcedures {
    std::vector<ProcedureFile> procedures;
    std::vector<ProcedureFault> faults;  // those of one file stand together
};

// Each file counts as a whole or not at all. An id that an earlier file has is a fault, because each start would
// register both contents in turn as new revisions. In place of a directory come its `*.json`, in the order of their
// names; its other files, hidden ones and subdirectories are passed over. What can't be read is a fault.
//
// To register what was loaded, apply each procedure as a command: the engine makes a new revision only where the
// content differs from the current one.
[[nodiscard]] LoadedProcedures load_procedures(const std::vector<std::filesystem::path>& files_and_directories);
[[nodiscard]] inline LoadedProcedures load_procedures(const std::filesystem::path& directory) {
    return load_procedures(std::vector{directory});
}

}  // namespace tiebreak::wire
