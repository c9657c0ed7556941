#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>

#include "daemon/tool.hpp"
#include "daemon/tool_explain.hpp"
#include "daemon/tool_procedure.hpp"
#include "daemon/tool_report.hpp"
#include "daemon/version.hpp"

using namespace tiebreak::daemon;

int main(int argc, char** argv) {
    CLI::App tool{"Tiebreak matches offers to care packages. This tool talks to its daemon, tiebreakd, and reads its journal."};
    tool.name("tiebreak");
    tool.set_version_flag("--version", std::string{"tiebreak "}.append(version));
    tool.require_subcommand(1);
    tool.footer(std::string{"tiebreak COMMAND --help says more, with examples.\n\n"} + tool_exit_help);

    int exit_status = tool_ok;
    add_replay_command(tool, exit_status);
    add_send_command(tool, exit_status);
    add_watch_command(tool, exit_status);
    add_status_command(tool, exit_status);
    add_explain_command(tool, exit_status);
    add_report_command(tool, exit_status);
    add_procedure_command(tool, exit_status);
    add_export_command(tool, exit_status);
    add_verify_command(tool, exit_status);
    try {
        tool.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // CLI11 prints help and complaints itself; whatever it makes of them, wrong usage is 2.
        return tool.exit(error) == 0 ? tool_ok : tool_usage;
    } catch (const std::exception& error) {
        return complain(error.what(), tool_failed);
    }
    return exit_status;
}
