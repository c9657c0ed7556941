// tiebreak status: what the daemon holds, counts and measures.
#include <iomanip>
#include <iostream>
#include <map>

#include <CLI/CLI.hpp>
#include <zmq.hpp>

#include "daemon/tool.hpp"
#include "wire/client.hpp"
#include "wire/instant_text.hpp"
#include "wire/query.hpp"

namespace tiebreak::daemon {
namespace {

using wire::answer::Status;

std::string instant(matching::Instant at_ns) {
    std::string text;
    wire::append_instant(text, at_ns);
    return text;
}

// The state in its own words; the figures come after it.
template <typename Visit>
void for_each_number(const Status& status, const Visit& visit) {
    visit("last_sequence", status.last_sequence);
    visit("last_position", status.last_position);
    visit("durable_position", status.durable_position);
    visit("procedures", status.procedures);
    visit("providers", status.providers);
    visit("packages", status.packages);
    visit("packages_open", status.packages_open);
    visit("packages_waiting", status.packages_waiting);
    visit("offers", status.offers);
    visit("offers_live", status.offers_live);
    visit("awards", status.awards);
}

void print_json(const Status& status) {
    std::cout << "{\"version\":\"" << status.version << "\",\"epoch\":\"" << status.epoch << "\",\"now\":\""
              << instant(status.now_ns) << "\",\"started\":\"" << instant(status.started_ns) << "\",\"last_stamp\":\""
              << instant(status.last_stamp_ns) << '"';
    if (status.next_deadline_ns) std::cout << ",\"next_deadline\":\"" << instant(*status.next_deadline_ns) << '"';
    for_each_number(status, [](std::string_view name, std::uint64_t value) { std::cout << ",\"" << name << "\":" << value; });
    std::cout << ",\"figures\":{";
    const char* separator = "";
    for (const auto& figure : status.figures) {
        std::cout << separator << '"' << figure.name << "\":" << figure.value;
        separator = ",";
    }
    std::cout << "}}\n";
}

// The text form that Prometheus scrapes; a cron job or the node exporter's textfile collector can carry it there.
void print_prometheus(const Status& status) {
    std::map<std::string, std::uint64_t, std::less<>> all;
    for (const auto& figure : status.figures) all.emplace(figure.name, figure.value);
    for_each_number(status, [&](std::string_view name, std::uint64_t value) { all.insert_or_assign(std::string{name}, value); });
    for (const auto& [name, value] : all) std::cout << "tiebreak_" << name << ' ' << value << '\n';
}

void line(std::string_view name, const std::string& value) {
    std::cout << "  " << std::left << std::setw(34) << name << value << '\n';
}

void print_table(const Status& status, const std::string& endpoint) {
    std::cout << "tiebreakd " << status.version << " at " << endpoint << '\n';
    line("now", instant(status.now_ns));
    line("up since", instant(status.started_ns));
    line("next deadline", status.next_deadline_ns ? instant(*status.next_deadline_ns) : "none");
    for_each_number(status, [](std::string_view name, std::uint64_t value) { line(name, std::to_string(value)); });

    std::map<std::string, std::uint64_t, std::less<>> limits;
    for (const auto& figure : status.figures)
        if (figure.name.starts_with("limit_")) limits.emplace(figure.name.substr(6), figure.value);
    std::cout << "figures\n";
    for (const auto& figure : status.figures)
        if (!figure.name.starts_with("limit_")) line(figure.name, std::to_string(figure.value));
    std::cout << "limits\n";
    for (const auto& [name, value] : limits) line(name, std::to_string(value));
}

enum class Form : std::uint8_t { table, json, prometheus };

int show_status(const std::string& endpoint, Form form) {
    zmq::context_t context(1);
    const auto client = connect_client(context, endpoint);
    if (!client) return tool_usage;
    const auto completed = client->call(wire::Query{wire::query::Status{}}, std::chrono::seconds(5));
    if (!completed || completed->outcome != wire::Outcome::answered || !completed->code.empty())
        return complain(completed ? why_unanswered(*completed, endpoint) : "the question could not be sent", tool_unreachable);
    const auto* const status = std::get_if<Status>(&completed->answer->answer());
    if (status == nullptr) return complain("the daemon's answer is no status", tool_failed);
    if (form == Form::json)
        print_json(*status);
    else if (form == Form::prometheus)
        print_prometheus(*status);
    else
        print_table(*status, endpoint);
    return tool_ok;
}

}  // namespace

void add_status_command(CLI::App& tool, int& exit_status) {
    struct Options {
        std::string endpoint = default_commands_endpoint;
        bool json = false;
        bool prometheus = false;
    };
    auto* const command = tool.add_subcommand("status", "Show what a running daemon holds, counts and measures");
    auto options = std::make_shared<Options>();
    add_connect_option(*command, options->endpoint);
    auto* const json = command->add_flag("--json", options->json, "One JSON object");
    command->add_flag("--prometheus", options->prometheus, "The text form that Prometheus reads")->excludes(json);
    command->footer("Examples:\n  tiebreak status\n  tiebreak status --json | python3 -m json.tool");
    command->callback([options, &exit_status] {
        exit_status = show_status(options->endpoint, options->json         ? Form::json
                                                     : options->prometheus ? Form::prometheus
                                                                           : Form::table);
    });
}

}  // namespace tiebreak::daemon
