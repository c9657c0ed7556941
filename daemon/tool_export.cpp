// tiebreak export: the journal as JSON Lines commands with their stamps, which `tiebreak replay` accepts.
#include <iostream>
#include <vector>

#include <CLI/CLI.hpp>
#include <zmq.hpp>

#include "daemon/command_record.hpp"
#include "daemon/disk.hpp"
#include "daemon/journal_reader.hpp"
#include "daemon/replay_record.hpp"
#include "daemon/tool.hpp"
#include "wire/client.hpp"
#include "wire/json_writer.hpp"
#include "wire/query.hpp"

namespace tiebreak::daemon {
namespace {

// Writes records as lines, many to one write.
class Lines {
public:
    // Nothing, or what is wrong with the record.
    [[nodiscard]] std::optional<std::string> add(matching::Instant stamp_ns, std::span<const std::uint32_t> skipped,
                                                 std::span<const std::byte> request) {
        auto flaw = replayer_.replay(stamp_ns, skipped, request, [&](matching::Instant at_ns, const auto& command) {
            wire::append_command(text_, at_ns, matching::Command{command});
            text_ += '\n';
        });
        if (text_.size() >= flush_bytes) flush();
        return flaw;
    }
    void flush() {
        std::cout.write(text_.data(), static_cast<std::streamsize>(text_.size()));
        text_.clear();
    }
    [[nodiscard]] bool finish() {
        flush();
        std::cout.flush();
        return static_cast<bool>(std::cout);
    }

private:
    static constexpr std::size_t flush_bytes = 1U << 16U;
    RecordReplayer replayer_;
    std::string text_;
};

int end(Lines& lines) { return lines.finish() ? tool_ok : complain("can't write the lines", tool_failed); }

// A history whose beginning was given up is exported only on demand: replayed by itself it gives other events.
std::string begins_later(std::uint64_t first_position) {
    return "; what came before was recycled. --after " + std::to_string(first_position - 1) +
           " exports what there is; a replay of that alone knows nothing of what was registered and opened before";
}

int export_directory(const std::string& directory, std::uint64_t after) {
    auto opened = JournalReader::open(real_disk(), directory);
    if (!opened) return complain(opened.error().sentence, tool_failed);
    JournalReader& reader = **opened;
    if (reader.first_position() > after + 1) {
        return complain("the history in " + directory + " begins at record " + std::to_string(reader.first_position()) +
                            begins_later(reader.first_position()),
                        tool_failed);
    }
    if (const auto sought = reader.seek(after + 1); !sought) return complain(sought.error().sentence, tool_failed);
    Lines lines;
    while (true) {
        const auto record = reader.next();
        if (!record) {
            lines.flush();
            return complain(record.error().sentence, tool_failed);
        }
        if (!*record) return end(lines);
        if ((*record)->kind != RecordKind::commands) continue;
        const auto commands = read_command_record((*record)->payload);
        const auto flaw = commands ? lines.add((*record)->stamp_ns, commands->skipped, commands->request)
                                   : std::optional<std::string>{"is too short"};
        if (flaw) return complain("record " + std::to_string((*record)->position) + " " + *flaw, tool_failed);
    }
}

int export_live(const std::string& endpoint, std::uint64_t from) {
    zmq::context_t context(1);
    const auto client = connect_client(context, endpoint);
    if (!client) return tool_usage;
    Lines lines;
    for (std::uint64_t after = from;;) {
        const auto completed = client->call(wire::Query{wire::query::Export{after, 0}}, std::chrono::seconds(30));
        if (!completed || completed->outcome != wire::Outcome::answered || !completed->code.empty()) {
            lines.flush();
            if (completed && completed->code == "history_gone") {
                return complain(completed->detail + "; what came before was recycled, --after N exports what came after record N", tool_failed);
            }
            return complain(completed ? why_unanswered(*completed, endpoint) : "the question could not be sent",
                            after == from ? tool_unreachable : tool_unfinished);
        }
        const auto* const answer = std::get_if<wire::answer::Export>(&completed->answer->answer());
        if (answer == nullptr) return complain("the daemon's answer is no export", tool_failed);
        for (const auto& record : answer->records)
            if (const auto flaw = lines.add(record.stamp_ns, record.skipped, record.payload))
                return complain("record " + std::to_string(record.position) + " " + *flaw, tool_failed);
        if (answer->end) return end(lines);
        after = answer->last_position;
    }
}

}  // namespace

void add_export_command(CLI::App& tool, int& exit_status) {
    struct Options {
        std::string directory;
        std::string endpoint = default_commands_endpoint;
        std::uint64_t after = 0;
        bool live = false;
    };
    auto* const command = tool.add_subcommand("export", "Print a journal as commands that `tiebreak replay` accepts");
    auto options = std::make_shared<Options>();
    auto* const directory = command->add_option("DIR", options->directory, "The daemon's data directory; it may be running");
    auto* const live = command->add_flag("--live", options->live, "Ask the running daemon instead")->excludes(directory);
    command->add_option("--after", options->after, "Only what came after the record of that position");
    add_connect_option(*command, options->endpoint);
    command->footer(
        "Every command that reached the engine, with the stamp that the daemon gave it, in order, from archive and journal.\n"
        "Replaying them gives the very events that the daemon published.\n\n"
        "Examples:\n"
        "  tiebreak export tiebreak-data > year.jsonl\n"
        "  tiebreak export --live | tiebreak replay -");
    command->callback([options, live, &exit_status] {
        if (options->directory.empty() && live->count() == 0)
            exit_status = complain("export needs a data directory, or --live for a running daemon", tool_usage);
        else
            exit_status = options->live ? export_live(options->endpoint, options->after)
                                        : export_directory(options->directory, options->after);
    });
}

}  // namespace tiebreak::daemon
