#include "wire/procedure_files.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "wire/json_reader.hpp"

namespace tiebreak::wire {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t faults_max = 100;  // of one file

ProcedureFault unreadable(fs::path file, const std::string& why) {
    return {std::move(file), 0, 0, {}, "can't be read: " + why, {}};
}

// The file's bytes, or why there are none.
std::variant<std::string, ProcedureFault> bytes_of(const fs::path& file) {
    std::error_code error;
    const fs::file_status status = fs::status(file, error);
    if (!fs::exists(status)) return unreadable(file, "there is no such file");
    if (fs::is_directory(status)) return unreadable(file, "it is a directory");
    std::ifstream in{file, std::ios::binary};
    if (!in) return unreadable(file, "it can't be opened");
    std::string bytes;
    for (char piece[16 * 1024]; in && bytes.size() <= json_text_bytes_max;) {
        in.read(piece, sizeof piece);
        bytes.append(piece, static_cast<std::size_t>(in.gcount()));
    }
    if (in.bad()) return unreadable(file, "reading it failed");
    return bytes;
}

bool is_procedure_file(const fs::directory_entry& entry) {
    const std::string name = entry.path().filename().string();
    std::error_code error;
    return name.front() != '.' && entry.path().extension() == ".json" && !entry.is_directory(error);
}

std::vector<fs::path> all_files(const std::vector<fs::path>& files_and_directories, std::vector<ProcedureFault>& faults) {
    std::vector<fs::path> files;
    for (const fs::path& path : files_and_directories) {
        std::error_code error;
        if (!fs::is_directory(path, error)) {
            files.push_back(path);
            continue;
        }
        std::vector<fs::path> inside;
        for (fs::directory_iterator entry{path, error}, end; !error && entry != end; entry.increment(error))
            if (is_procedure_file(*entry)) inside.push_back(entry->path());
        if (error) faults.push_back(unreadable(path, error.message()));
        std::sort(inside.begin(), inside.end());
        files.insert(files.end(), inside.begin(), inside.end());
    }
    return files;
}

// The line and, below it, a mark at the column. Of a long line the part around the column.
std::string excerpt_of(std::string_view text, std::size_t line, std::size_t column) {
    constexpr std::size_t before = 50, width = 80;
    for (; line > 1; --line) text.remove_prefix(std::min(text.find('\n') + 1, text.size()));
    text = text.substr(0, text.find('\n'));
    const auto starts_character = [&](std::size_t i) { return i >= text.size() || (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80; };
    std::size_t from = column > before ? column - before : 0;
    while (!starts_character(from)) ++from;
    std::size_t to = std::min(from + width, text.size());
    while (!starts_character(to)) --to;
    std::string shown;
    for (const char c : text.substr(from, to - from)) shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    const std::size_t mark = std::min(column - 1, text.size());
    const std::string_view ahead = text.substr(from, mark - from);
    const auto characters = static_cast<std::size_t>(
        std::count_if(ahead.begin(), ahead.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
    return shown + '\n' + std::string(characters, ' ') + '^';
}

}  // namespace

std::string ProcedureFault::text() const {
    std::string text = file.string() + ':';
    if (line > 0) text += std::to_string(line) + ':' + std::to_string(column) + ':';
    text += ' ';
    return path.empty() ? text + sentence : text + path + ": " + sentence;
}

std::variant<ProcedureFile, ProcedureFaults> read_procedure(std::string_view text, fs::path file) {
    CommandReader reader;
    auto read = reader.read(text, AtField::optional, faults_max);
    if (auto* const errors = std::get_if<std::vector<ReadError>>(&read)) {
        ProcedureFaults faults;
        for (ReadError& error : *errors)
            faults.push_back({file, error.line, error.column, std::move(error.path), std::move(error.sentence),
                              excerpt_of(text, error.line, error.column)});
        return faults;
    }
    auto& command = std::get<ReadCommand>(read).command;
    if (auto* const procedure = std::get_if<matching::command::Procedure>(&command))
        return ProcedureFile{std::move(file), std::move(*procedure)};
    return ProcedureFaults{{std::move(file), 1, 1, "type",
                            "is " + std::string{matching::command_name(command)} + "; a procedure's file has \"type\":\"procedure\"", {}}};
}

std::variant<ProcedureFile, ProcedureFaults> load_procedure(const fs::path& file) {
    auto bytes = bytes_of(file);
    if (auto* const fault = std::get_if<ProcedureFault>(&bytes)) return ProcedureFaults{std::move(*fault)};
    return read_procedure(std::get<std::string>(bytes), file);
}

LoadedProcedures load_procedures(const std::vector<fs::path>& files_and_directories) {
    LoadedProcedures loaded;
    std::map<std::string, fs::path, std::less<>> file_of;
    for (const fs::path& file : all_files(files_and_directories, loaded.faults)) {
        auto read = load_procedure(file);
        if (auto* const faults = std::get_if<ProcedureFaults>(&read)) {
            std::move(faults->begin(), faults->end(), std::back_inserter(loaded.faults));
            continue;
        }
        auto& good = std::get<ProcedureFile>(read);
        const auto [known, is_new] = file_of.emplace(good.procedure.id, file);
        if (is_new)
            loaded.procedures.push_back(std::move(good));
        else
            loaded.faults.push_back({file, 1, 1, "id", "the procedure " + good.procedure.id + " is in " +
                                                           known->second.filename().string() +
                                                           " already; each file needs an id of its own", {}});
    }
    return loaded;
}

}  // namespace tiebreak::wire
