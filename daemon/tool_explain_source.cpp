#include "daemon/tool_explain_source.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <system_error>

#include <CLI/CLI.hpp>
#include <zmq.hpp>

#include "daemon/command_record.hpp"
#include "daemon/disk.hpp"
#include "daemon/journal_reader.hpp"
#include "daemon/replay_record.hpp"
#include "daemon/tool.hpp"
#include "wire/client.hpp"
#include "wire/instant_text.hpp"
#include "wire/json_reader.hpp"
#include "wire/query.hpp"

namespace tiebreak::daemon {
namespace {

using matching::Instant;

// Hands commands on and remembers the last stamp.
class Forwarder {
public:
    explicit Forwarder(CommandTaker& taker) : taker_(taker) {}

    // Nothing, or what is wrong with the record.
    [[nodiscard]] std::optional<std::string> take(Instant stamp_ns, std::span<const std::uint32_t> skipped,
                                                  std::span<const std::byte> request) {
        return replayer_.replay(stamp_ns, skipped, request, [this](Instant at_ns, const auto& command) {
            apply(at_ns, matching::Command{command});
        });
    }
    void apply(Instant at_ns, const matching::Command& command) {
        last_ns_ = at_ns;
        taker_.apply(at_ns, command);
    }
    [[nodiscard]] Instant last_ns() const noexcept { return last_ns_; }
    void end_at(Instant now_ns) { taker_.advance(std::max(now_ns, last_ns_)); }
    void run_on() { taker_.run_on(); }

private:
    CommandTaker& taker_;
    RecordReplayer replayer_;
    Instant last_ns_ = 0;
};

int take_lines(std::istream& in, const std::string& name, Forwarder& forward) {
    wire::CommandReader reader;
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        const auto malformed = [&](std::size_t column, const std::string& why) {
            return complain(name + ":" + std::to_string(number) + ":" + std::to_string(column) + ": " + why, tool_usage);
        };
        auto read = reader.read(line, wire::AtField::required);
        if (const auto* error = std::get_if<wire::ReadError>(&read))
            return malformed(error->column, error->path.empty() ? error->sentence : error->path + ": " + error->sentence);
        const auto& good = std::get<wire::ReadCommand>(read);
        if (*good.at_ns < forward.last_ns()) {
            std::string why = "at: goes back; the line before has ";
            wire::append_instant(why, forward.last_ns());
            return malformed(1, why);
        }
        forward.apply(*good.at_ns, good.command);
    }
    if (in.bad()) return complain("can't read " + name, tool_failed);
    forward.run_on();
    return tool_ok;
}

int take_file(const std::string& file, Forwarder& forward) {
    if (file == "-") return take_lines(std::cin, "standard input", forward);
    std::error_code error;
    if (std::filesystem::is_directory(file, error)) return complain("can't read " + file + ": it is a directory", tool_failed);
    std::ifstream in{file, std::ios::binary};
    if (!in) return complain("can't read " + file, tool_failed);
    return take_lines(in, file, forward);
}

Instant wall_now_ns() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
}

int take_journal(const std::string& directory, Forwarder& forward) {
    const Instant now_ns = wall_now_ns();
    auto opened = JournalReader::open(real_disk(), directory);
    if (!opened) return complain(opened.error().sentence, tool_failed);
    if (const std::uint64_t first = (*opened)->first_position(); first > 1) {
        return complain("the history in " + directory + " begins at record " + std::to_string(first) +
                            "; what came before was recycled, and with it what this would have to know",
                        tool_failed);
    }
    while (true) {
        const auto record = (*opened)->next();
        if (!record) return complain(record.error().sentence, tool_failed);
        if (!*record) break;
        if ((*record)->kind != RecordKind::commands) continue;
        const auto commands = read_command_record((*record)->payload);
        const auto flaw = commands ? forward.take((*record)->stamp_ns, commands->skipped, commands->request)
                                   : std::optional<std::string>{"is too short"};
        if (flaw) return complain("record " + std::to_string((*record)->position) + " " + *flaw, tool_failed);
    }
    forward.end_at(now_ns);
    return tool_ok;
}

// The answer to a question, or null after a complaint.
template <class Kind>
const Kind* ask(wire::Client& client, const wire::Query& query, const std::string& endpoint,
                std::chrono::seconds limit, std::optional<wire::Completed>& completed) {
    completed = client.call(query, limit);
    if (!completed || completed->outcome != wire::Outcome::answered || !completed->code.empty()) {
        complain(completed ? why_unanswered(*completed, endpoint) : "the question could not be sent", tool_unreachable);
        return nullptr;
    }
    const auto* const answer = std::get_if<Kind>(&completed->answer->answer());
    if (answer == nullptr) complain("the daemon gave another answer than was asked for", tool_failed);
    return answer;
}

// The daemon's clock is asked for first, so that every command stamped before it is in what is asked for next.
int take_live(const std::string& endpoint, Forwarder& forward) {
    constexpr std::chrono::seconds first_limit{5}, limit{30};
    zmq::context_t context(1);
    const auto client = connect_client(context, endpoint);
    if (!client) return tool_usage;
    std::optional<wire::Completed> completed;
    const auto* const status = ask<wire::answer::Status>(*client, wire::query::Status{}, endpoint, first_limit, completed);
    if (status == nullptr) return tool_unreachable;
    const Instant now_ns = status->now_ns;
    for (std::uint64_t after = 0;;) {
        const auto* const part = ask<wire::answer::Export>(*client, wire::query::Export{after, 0}, endpoint, limit, completed);
        if (part == nullptr) return after == 0 ? tool_unreachable : tool_unfinished;
        for (const auto& record : part->records)
            if (const auto flaw = forward.take(record.stamp_ns, record.skipped, record.payload))
                return complain("record " + std::to_string(record.position) + " " + *flaw, tool_failed);
        if (part->end) break;
        after = part->last_position;
    }
    forward.end_at(now_ns);
    return tool_ok;
}

}  // namespace

void add_source_options(CLI::App& command, SourceOptions& options) {
    options.endpoint = default_commands_endpoint;
    auto* const journal = command.add_option("--journal", options.journal, "A daemon's data directory; it may be running");
    auto* const commands = command.add_option("--commands", options.commands, "Commands with stamps, as JSON Lines; - is standard input");
    auto* const live = command.add_flag("--live", options.live, "Ask the running daemon (the default)");
    journal->excludes(commands)->excludes(live);
    commands->excludes(live);
    add_connect_option(command, options.endpoint);
}

int take_commands(const SourceOptions& options, CommandTaker& taker) {
    Forwarder forward{taker};
    if (!options.commands.empty()) return take_file(options.commands, forward);
    if (!options.journal.empty()) return take_journal(options.journal, forward);
    return take_live(options.endpoint, forward);
}

}  // namespace tiebreak::daemon
