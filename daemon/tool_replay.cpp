// tiebreak replay: commands as JSON Lines through the very engine that the daemon runs.
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>

#include <CLI/CLI.hpp>

#include "daemon/tool.hpp"
#include "wire/replay.hpp"

namespace tiebreak::daemon {
namespace {

int replay_file(const std::string& file) {
    std::ios::sync_with_stdio(false);
    if (file == "-") return wire::replay(std::cin, std::cout, std::cerr);
    std::ifstream in(file, std::ios::binary);
    // A directory opens, and fails at the first read.
    if (!in || (in.peek() == std::ifstream::traits_type::eof() && in.bad()))
        return complain("can't read " + file + ": " + std::strerror(errno), tool_failed);
    return wire::replay(in, std::cout, std::cerr);
}

}  // namespace

void add_replay_command(CLI::App& tool, int& exit_status) {
    auto* const command = tool.add_subcommand("replay", "Run commands from a file and print what happens");
    auto file = std::make_shared<std::string>();
    command->add_option("FILE", *file, "Commands as JSON Lines, each with its stamp `at`; - for standard input")->required();
    command->footer(
        "Prints the events as JSON Lines. After the last command the clock runs on until no deadline is left.\n"
        "Exit status: 0 done; 1 the file can't be read; 2 a line is malformed or goes back in time (it is named).\n\n"
        "Examples:\n"
        "  tiebreak replay day.jsonl\n"
        "  tiebreak export tiebreak-data | tiebreak replay - | grep '\"type\":\"awarded\"'");
    command->callback([file, &exit_status] { exit_status = replay_file(*file); });
}

}  // namespace tiebreak::daemon
