// tiebreak send: commands as JSON Lines to a running daemon, its replies as JSON Lines in the same order.
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <deque>
#include <fstream>
#include <iostream>
#include <optional>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <zmq.hpp>

#include "daemon/tool.hpp"
#include "daemon/tool_receipt.hpp"
#include "wire/client.hpp"
#include "wire/json_reader.hpp"

namespace tiebreak::daemon {
namespace {

struct SendOptions {
    std::string file;
    std::string endpoint = default_commands_endpoint;
    std::size_t batch = 64;
    std::size_t in_flight = 64;
    double wait_s = 30;
    bool strict = false;
    bool quiet = false;
};

// Lines that went out together, in one request.
struct Batch {
    std::vector<std::uint64_t> lines;
    std::vector<wire::ReadCommand> kept;     // what the commands view
    std::vector<matching::Command> commands;
    std::uint64_t request_id = 0;            // 0: to be sent again, because the daemon was busy
    std::optional<wire::Completed> completed;
};

class Sending {
public:
    using Clock = std::chrono::steady_clock;

    Sending(const SendOptions& options, std::istream& in, wire::Client& client)
        : options_(options), in_(in), client_(client), progress_(!options.quiet && ::isatty(STDERR_FILENO) == 1) {}

    int run() {
        last_step_ = Clock::now();
        while (!interrupted() && !gave_up_) {
            fill();
            if (batches_.empty()) break;
            collect();
            print_ready();
            show_progress(false);
            gave_up_ = Clock::now() - last_step_ > std::chrono::duration<double>(options_.wait_s);
        }
        while (!batches_.empty()) print_front();  // nothing is known of these
        std::cout.flush();
        show_progress(true);
        return finish();
    }

private:
    // Sends what may be sent: first what the daemon was too busy for, then what comes next in the file.
    void fill() {
        for (Batch& batch : batches_)
            if (batch.request_id == 0 && !batch.completed && !send(batch)) return;
        while (batches_.size() < options_.in_flight && !ended_) {
            Batch batch;
            read(batch);
            if (batch.commands.empty()) continue;
            batches_.push_back(std::move(batch));
            if (!send(batches_.back())) return;
        }
    }

    bool send(Batch& batch) {
        batch.request_id = client_.send(batch.commands);
        if (batch.request_id != 0 || client_.in_flight() > 0) return batch.request_id != 0;
        // Nothing is in flight, so it was refused for its size: one at a time is the smallest there is.
        wire::Completed refused;
        refused.code = "too_large";
        refused.detail = "the batch is larger than a message may be; use a smaller --batch";
        batch.completed = std::move(refused);
        return true;
    }

    // A file NAME.json is one command over several lines, as procedures are kept.
    void read_whole(Batch& batch) {
        ended_ = true;
        const std::string text{std::istreambuf_iterator<char>(in_), {}};
        auto read = reader_.read(text, wire::AtField::optional);
        if (auto* const error = std::get_if<wire::ReadError>(&read)) {
            malformed_ = true;
            std::cerr << options_.file << ": " << error->in_text() << std::endl;
            return;
        }
        keep(batch, std::move(std::get<wire::ReadCommand>(read)), 1);
    }

    static void keep(Batch& batch, wire::ReadCommand command, std::uint64_t line) {
        batch.kept.push_back(std::move(command));
        batch.commands.push_back(batch.kept.back().command);
        batch.lines.push_back(line);
    }

    void read(Batch& batch) {
        if (options_.file.ends_with(".json")) return read_whole(batch);
        std::string line;
        while (batch.commands.size() < options_.batch) {
            if (!std::getline(in_, line)) {
                ended_ = true;
                return;
            }
            ++line_;
            auto read = reader_.read(line, wire::AtField::optional);
            if (auto* const error = std::get_if<wire::ReadError>(&read)) {
                malformed_ = true;
                std::cerr << "line " << line_ << ": " << error->in_line() << std::endl;
                if (options_.strict) ended_ = true;
                if (ended_) return;
                continue;
            }
            keep(batch, std::move(std::get<wire::ReadCommand>(read)), line_);
        }
    }

    void collect() {
        bool busy = false;
        for (wire::Completed& completed : client_.poll(std::chrono::milliseconds(50))) {
            for (Batch& batch : batches_) {
                if (batch.request_id != completed.request_id) continue;
                if (completed.code == "busy") {
                    batch.request_id = 0;  // it was not carried out: once more, in a moment
                    busy = true;
                } else {
                    batch.completed = std::move(completed);
                    last_step_ = Clock::now();
                }
                break;
            }
        }
        if (busy) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }

    void print_ready() {
        while (!batches_.empty() && batches_.front().completed) print_front();
    }

    void print_front() {
        const Batch batch = std::move(batches_.front());
        batches_.pop_front();
        text_.clear();
        for (std::size_t i = 0; i < batch.lines.size(); ++i)
            counts_.add(append_receipt(text_, batch.lines[i], batch.completed ? &*batch.completed : nullptr, i));
        if (!options_.quiet) std::cout << text_;
    }

    void show_progress(bool last) {
        if (!progress_) return;
        const auto now = Clock::now();
        if (!last && now - shown_ < std::chrono::milliseconds(200)) return;
        shown_ = now;
        std::cerr << '\r' << line_ << " read, " << counts_.accepted << " accepted, " << counts_.rejected << " rejected\x1b[K"
                  << (last ? "\n" : "") << std::flush;
    }

    int finish() {
        if (interrupted()) return tool_interrupted;
        if (counts_.unknown > 0) {
            complain(std::to_string(counts_.accepted + counts_.rejected) + " answered, of " + std::to_string(counts_.unknown) +
                         " nothing is known: carried out once, or not at all. Offers and registrations may be sent again safely.",
                     tool_unfinished);
            return counts_.accepted + counts_.rejected == 0 ? tool_unreachable : tool_unfinished;
        }
        return malformed_ ? tool_usage : tool_ok;
    }

    const SendOptions& options_;
    std::istream& in_;
    wire::Client& client_;
    const bool progress_;
    wire::CommandReader reader_;
    std::deque<Batch> batches_;  // in the order of their lines
    std::uint64_t line_ = 0;
    bool ended_ = false;
    bool malformed_ = false;
    bool gave_up_ = false;
    ReceiptCounts counts_;
    std::string text_;
    Clock::time_point last_step_;
    Clock::time_point shown_;
};

int send(const SendOptions& options) {
    std::ios::sync_with_stdio(false);
    std::ifstream file;
    if (options.file != "-") {
        file.open(options.file, std::ios::binary);
        if (!file) return complain("can't read " + options.file + ": " + std::strerror(errno), tool_failed);
    }
    zmq::context_t context(1);
    const auto client = connect_client(context, options.endpoint, options.in_flight);
    if (!client) return tool_usage;
    note_interrupts();
    return Sending(options, options.file == "-" ? std::cin : file, *client).run();
}

}  // namespace

void add_send_command(CLI::App& tool, int& exit_status) {
    auto* const command = tool.add_subcommand("send", "Send commands to a running daemon and print its replies");
    auto options = std::make_shared<SendOptions>();
    command->add_option("FILE", options->file, "Commands as JSON Lines; - for standard input; a NAME.json holds one command. A stamp `at` is ignored")->required();
    add_connect_option(*command, options->endpoint);
    command->add_option("--batch", options->batch, "Commands in one message, at most")->check(CLI::Range(1, 4096))->capture_default_str();
    command->add_option("--in-flight", options->in_flight, "Messages that may wait for their replies")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
    command->add_option("--wait", options->wait_s, "Seconds without any reply after which to give up")
        ->check(CLI::Range(0.1, 86'400.0))
        ->capture_default_str();
    command->add_flag("--strict", options->strict, "Stop at the first malformed line");
    command->add_flag("--quiet", options->quiet, "Print no replies and no progress");
    command->footer(
        "One reply for each command, in the order of the lines:\n"
        "  {\"line\":1,\"accepted\":true,\"arrival\":\"2026-11-23T09:00:00.000000001Z\",\"sequence\":7}\n"
        "  {\"line\":2,\"accepted\":false,\"code\":\"closed\",\"detail\":\"...\",\"arrival\":\"...\",\"sequence\":8}\n"
        "  {\"line\":3,\"outcome\":\"no_reply\"}    carried out once or not at all; sending it again is safe for offers,\n"
        "                                       packages, procedures and providers\n"
        "A malformed line is named on standard error and left out.\n"
        "Exit status: 0 every command has its reply; 2 some line was malformed; 3 no daemon answers; 4 some have no reply.\n\n"
        "Examples:\n"
        "  tiebreak send deploy/procedures/oxfordshire-homecare.json\n"
        "  tiebreak send offers.jsonl --batch 64 | grep '\"accepted\":false'");
    command->callback([options, &exit_status] { exit_status = send(*options); });
}

}  // namespace tiebreak::daemon
