// Reads what is shipped in deploy/.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "wire/json_reader.hpp"

namespace tiebreak::tests {

inline const std::filesystem::path deploy_folder = TIEBREAK_DEPLOY;

inline std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) {
        throw std::runtime_error("cannot read " + file.string());
    }
    return text.str();
}

inline matching::Command command_in(const std::string& text) {
    wire::CommandReader reader;
    auto read = reader.read(text, wire::AtField::optional);
    if (const auto* error = std::get_if<wire::ReadError>(&read)) {
        throw std::runtime_error(error->in_text());
    }
    return std::move(std::get<wire::ReadCommand>(read).command);  // registrations own their text
}

inline std::vector<matching::command::Provider> providers_in(const std::filesystem::path& file) {
    std::istringstream lines(text_of(file));
    std::vector<matching::command::Provider> providers;
    for (std::string line; std::getline(lines, line);) {
        providers.push_back(std::get<matching::command::Provider>(command_in(line)));
    }
    return providers;
}

inline std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder, const std::string& extension) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == extension) {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace tiebreak::tests
