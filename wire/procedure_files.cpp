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

ProcedureFault unreadable(fs::path file, const std::string& why) {
    return {std::move(file), 0, 0, {}, "can't be read: " + why};
}

// The file's bytes, or why there are none.
std::variant<std::string, ProcedureFault> bytes_of(const fs::path& file) {
    std::error_code error;
    const fs::file_status status = fs::status(file, error);
    if (error) return unreadable(file, error.message());
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

}  // namespace

std::string ProcedureFault::text() const {
    std::string text = file.string() + ':';
    if (line > 0) text += std::to_string(line) + ':' + std::to_string(column) + ':';
    text += ' ';
    return path.empty() ? text + sentence : text + path + ": " + sentence;
}

std::variant<ProcedureFile, ProcedureFault> read_procedure(std::string_view text, fs::path file) {
    CommandReader reader;
    auto read = reader.read(text, AtField::optional);
    if (auto* const error = std::get_if<ReadError>(&read))
        return ProcedureFault{std::move(file), error->line, error->column, std::move(error->path), std::move(error->sentence)};
    auto& command = std::get<ReadCommand>(read).command;
    if (auto* const procedure = std::get_if<matching::command::Procedure>(&command))
        return ProcedureFile{std::move(file), std::move(*procedure)};
    return ProcedureFault{std::move(file), 1, 1, "type",
                          "is " + std::string{matching::command_name(command)} + "; a procedure's file has \"type\":\"procedure\""};
}

std::variant<ProcedureFile, ProcedureFault> load_procedure(const fs::path& file) {
    auto bytes = bytes_of(file);
    if (auto* const fault = std::get_if<ProcedureFault>(&bytes)) return std::move(*fault);
    return read_procedure(std::get<std::string>(bytes), file);
}

LoadedProcedures load_procedures(const fs::path& directory) {
    LoadedProcedures loaded;
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator entry{directory, error}, end; !error && entry != end; entry.increment(error))
        if (is_procedure_file(*entry)) files.push_back(entry->path());
    if (error) {
        loaded.faults.push_back(unreadable(directory, error.message()));
        return loaded;
    }
    std::sort(files.begin(), files.end());

    std::map<std::string, fs::path, std::less<>> file_of;
    for (const fs::path& file : files) {
        auto read = load_procedure(file);
        if (auto* const fault = std::get_if<ProcedureFault>(&read)) {
            loaded.faults.push_back(std::move(*fault));
            continue;
        }
        auto& good = std::get<ProcedureFile>(read);
        const auto [known, is_new] = file_of.emplace(good.procedure.id, file);
        if (is_new)
            loaded.procedures.push_back(std::move(good));
        else
            loaded.faults.push_back({file, 1, 1, "id", "the procedure " + good.procedure.id + " is in " +
                                                           known->second.filename().string() +
                                                           " already; each file needs an id of its own"});
    }
    return loaded;
}

}  // namespace tiebreak::wire
