// The tiebreak tool: each subcommand is a file of its own, tool_NAME.cpp, with a function that adds it.
//
// A subcommand never throws across its callback and never calls exit(): it sets the exit status, which main returns.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace CLI {
class App;
}
namespace zmq {
class context_t;
}
namespace tiebreak::wire {
class Client;
struct Completed;
}

namespace tiebreak::daemon {

// How tiebreak ends. Stands in its --help; scripts rely on it.
enum ToolExit : int {
    tool_ok = 0,
    tool_failed = 1,       // a file can't be read or written, a package is unknown
    tool_usage = 2,        // a wrong option, or malformed input (the line is named)
    tool_unreachable = 3,  // no daemon answers
    tool_unfinished = 4,   // the daemon went away: some commands have no reply, or events are missing
    tool_damaged = 5,      // verify: bytes do not read back as they were written, or are missing
    tool_differs = 6,      // verify: a snapshot or a recorded feed is not what the commands give
    tool_interrupted = 130,
};

inline constexpr const char* tool_exit_help =
    "Exit status: 0 done; 1 something can't be read or is unknown; 2 wrong usage or malformed input; 3 no daemon answers;\n"
    "4 it went away before everything was answered; 5 a journal is damaged (verify); 6 it differs (verify); 130 interrupted.";

inline constexpr const char* default_commands_endpoint = "tcp://127.0.0.1:5701";
inline constexpr const char* default_feed_endpoint = "tcp://127.0.0.1:5702";

void add_replay_command(CLI::App& tool, int& exit_status);
void add_send_command(CLI::App& tool, int& exit_status);
void add_watch_command(CLI::App& tool, int& exit_status);
void add_status_command(CLI::App& tool, int& exit_status);
void add_export_command(CLI::App& tool, int& exit_status);
void add_verify_command(CLI::App& tool, int& exit_status);

// Adds --connect (TIEBREAK_CONNECT), the daemon's command socket.
void add_connect_option(CLI::App& command, std::string& endpoint);

// "tiebreak: SENTENCE" on standard error; returns `status`.
int complain(std::string_view sentence, int status);

// A client with this endpoint, or null after complaining. `in_flight_max` requests may wait for a reply.
[[nodiscard]] std::unique_ptr<wire::Client> connect_client(zmq::context_t& context, const std::string& endpoint,
                                                           std::size_t in_flight_max = 64);

// Ctrl-C and SIGTERM: after this call they are noted instead of ending the program at once.
void note_interrupts();
[[nodiscard]] bool interrupted() noexcept;

// Why a question has no answer, as a sentence.
[[nodiscard]] std::string why_unanswered(const wire::Completed& completed, const std::string& endpoint);

}  // namespace tiebreak::daemon
