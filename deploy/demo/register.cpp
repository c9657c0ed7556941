#include "deploy/demo/register.hpp"

#include <fstream>
#include <sstream>
#include <utility>
#include <variant>
#include <vector>

#include "wire/json_reader.hpp"

namespace tiebreak::demo {

namespace {

constexpr wire::Milliseconds reply_limit{10'000};

std::optional<std::string> send(wire::Client& client, const std::vector<matching::Command>& commands,
                                const std::filesystem::path& file) {
    const auto completed = client.call(commands, reply_limit);
    if (!completed || completed->outcome != wire::Outcome::replied) {
        return "no reply to what is in " + file.string();
    }
    if (!completed->code.empty()) {
        return file.string() + " is refused: " + completed->code + ", " + completed->detail;
    }
    for (const auto& receipt : completed->receipts) {
        if (!receipt.code.empty()) {
            return "a line of " + file.string() + " is refused: " + receipt.code + ", " + receipt.detail;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> register_procedure(wire::Client& client, const std::filesystem::path& file) {
    std::ifstream in(file);
    std::ostringstream text;
    if (!in || !(text << in.rdbuf())) {
        return "cannot read " + file.string();
    }
    wire::CommandReader reader;
    auto read = reader.read(text.str(), wire::AtField::optional);
    if (const auto* error = std::get_if<wire::ReadError>(&read)) {
        return file.string() + ", " + error->in_text();
    }
    std::vector<matching::Command> commands;
    commands.push_back(std::move(std::get<wire::ReadCommand>(read).command));
    return send(client, commands, file);
}

std::optional<std::string> register_providers(wire::Client& client, const std::filesystem::path& file, Names& names) {
    std::ifstream in(file);
    if (!in) {
        return "cannot read " + file.string();
    }
    wire::CommandReader reader;
    std::vector<matching::Command> commands;
    for (std::string line; std::getline(in, line);) {
        auto read = reader.read(line, wire::AtField::optional);
        const auto place = file.string() + ", line " + std::to_string(commands.size() + 1) + ", ";
        if (const auto* error = std::get_if<wire::ReadError>(&read)) {
            return place + error->in_line();
        }
        auto& command = std::get<wire::ReadCommand>(read).command;
        const auto* provider = std::get_if<matching::command::Provider>(&command);
        if (provider == nullptr) {
            return place + "something else than a provider";
        }
        names[provider->id] = provider->name.value_or(provider->id);
        commands.push_back(std::move(command));
    }
    return send(client, commands, file);
}

}  // namespace tiebreak::demo
