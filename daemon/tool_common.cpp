#include <csignal>
#include <iostream>

#include <CLI/CLI.hpp>
#include <zmq.hpp>

#include "daemon/tool.hpp"
#include "wire/client.hpp"

namespace tiebreak::daemon {
namespace {

volatile std::sig_atomic_t interrupt_noted = 0;

extern "C" void note_interrupt(int) { interrupt_noted = 1; }

}  // namespace

void add_connect_option(CLI::App& command, std::string& endpoint) {
    command.add_option("--connect", endpoint, "The daemon's command socket")
        ->envname("TIEBREAK_CONNECT")
        ->capture_default_str();
}

int complain(std::string_view sentence, int status) {
    std::cerr << "tiebreak: " << sentence << std::endl;
    return status;
}

std::unique_ptr<wire::Client> connect_client(zmq::context_t& context, const std::string& endpoint,
                                             std::size_t in_flight_max) {
    wire::ClientOptions options;
    options.endpoint = endpoint;
    options.in_flight_max = in_flight_max;
    std::string why;
    auto client = wire::Client::connect(context, options, why);
    if (!client) complain(why, tool_usage);
    return client;
}

void note_interrupts() {
    struct sigaction action {};
    action.sa_handler = note_interrupt;  // without SA_RESTART, so that a wait for input ends
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() noexcept { return interrupt_noted != 0; }

std::string why_unanswered(const wire::Completed& completed, const std::string& endpoint) {
    if (completed.outcome == wire::Outcome::not_sent)
        return "no daemon answers at " + endpoint + "; is tiebreakd running there? (--connect names another endpoint)";
    if (!completed.code.empty()) return completed.code + ": " + completed.detail;
    return "the daemon at " + endpoint + " does not answer";
}

}  // namespace tiebreak::daemon
