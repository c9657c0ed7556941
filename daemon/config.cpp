#include "daemon/config.hpp"

#include <algorithm>
#include <cctype>
#include <iostream>
#include <map>
#include <string>

#include <CLI/CLI.hpp>

#include "daemon/exit_codes.hpp"
#include "daemon/version.hpp"

namespace tiebreak::daemon {
namespace {

// --spin-us is spin-us in the file and TIEBREAK_SPIN_US in the environment.
std::string environment_name(std::string_view option) {
    std::string name = "TIEBREAK_";
    for (const char c : option.substr(2)) {
        name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return name;
}

template <typename T>
CLI::Option* add(CLI::App& app, const std::string& name, T& value, const std::string& help) {
    return app.add_option(name, value, help)->envname(environment_name(name))->capture_default_str();
}

// CLI11 takes '#' for the beginning of a remark even between quotation marks: of `data = "a#b"` it keeps `"a`, which must not pass for a
// directory. So that every value can stand in the file that --print-config prints, the rule is the same wherever it comes from.
std::string flaw_of_text(const std::string& text) {
    const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    if (std::ranges::any_of(text, is_control)) return "has a line break, a tabulator or the like in it, which no name or address here may have";
    if (text.find('#') != std::string::npos) return text + " has a '#' in it, with which a remark begins in the config file: choose a name without";
    if (text.starts_with('"') || text.starts_with('\'')) {
        return text + " begins with a quotation mark: no name or address here may; if the config file has a '#' between quotation marks, the "
                      "value ends there: choose a name without";
    }
    if (text.starts_with('[')) return text + " begins with a '[': no name or address here may, and the config file has no lists";
    return {};
}

// A name or an address.
template <typename T>
void add_text(CLI::App& app, const std::string& name, T& value, const std::string& help) {
    add(app, name, value, help)->check(CLI::Validator([](std::string& text) { return flaw_of_text(text); }, ""));
}

// A number with its bounds, which stand in the help.
template <typename T>
CLI::Option* add(CLI::App& app, const std::string& name, T& value, const std::string& help, T least, T most) {
    return add(app, name, value, help)
        ->check(CLI::Range(least, most).description(""))
        ->type_name(std::to_string(least) + ".." + std::to_string(most));
}

// A word that stands for a value; see choose().
template <typename T>
using Words = std::map<std::string, T, std::less<>>;

template <typename T>
void add_choice(CLI::App& app, const std::string& name, std::string& word, const std::string& help, const Words<T>& words) {
    std::string names;
    for (const auto& entry : words) names += (names.empty() ? "" : "|") + entry.first;
    const CLI::Validator is_one(
        [words, names](std::string& input) { return words.contains(input) ? std::string{} : input + " is none of " + names; }, "");
    add(app, name, word, help)->check(is_one)->type_name(names);
}

const Words<log::Level> level_words{{"debug", log::Level::debug},
                                    {"info", log::Level::info},
                                    {"warning", log::Level::warning},
                                    {"error", log::Level::error},
                                    {"off", log::Level::off}};

const Words<DeadlineEventsWaitFor> wait_words{{"everything_before", DeadlineEventsWaitFor::everything_before},
                                              {"its_package", DeadlineEventsWaitFor::its_package}};

const Words<OutagePolicy> outage_words{{"extend", OutagePolicy::extend}, {"close", OutagePolicy::close}};
const Words<OldSegments> old_segments_words{
    {"archive", OldSegments::archive}, {"recycle", OldSegments::recycle}, {"keep", OldSegments::keep}};

// The words as they are given, until everything has been read.
struct Chosen {
    std::string log_level = "info";
    std::string deadline_events_wait_for = "its_package";
    std::string outage = "extend";
    std::string old_segments = "archive";
};

std::string option_name(std::string_view field) {
    std::string name = "--";
    for (const char c : field) name += c == '_' ? '-' : c;
    return name;
}

void add_places(CLI::App& app, Config& config, Chosen& chosen) {
    add_text(app, "--commands", config.commands_endpoint,
        "where front ends send commands and queries; port * takes any free one, see DATA/endpoints");
    add_text(app, "--feed", config.feed_endpoint, "where portals subscribe to events");
    add_text(app, "--data", config.data, "directory of the journal; made if it is not there");
    add_text(app, "--procedures", config.procedures,
        "directory of procedures, one NAME.json each: registered at start and again on SIGHUP; a changed one is a new revision");
    add_choice(app, "--log-level", chosen.log_level, "what is logged", level_words);
}

void add_time(CLI::App& app, Config& config, Chosen& chosen) {
    add<std::int64_t>(app, "--spin-us", config.spin_us,
                      "how long before a deadline the loop watches the clock itself instead of sleeping; 0: never", 0, 10'000);
    add<int>(app, "--real-time-priority", config.real_time_priority,
             "the threads that an offer passes run before all others of the machine, at this SCHED_RR priority, so that other busy programs do not "
             "keep an offer from being stamped. 0: as others. Where the system does not allow it, that is logged",
             0, 50);
    add<std::int64_t>(app, "--ceiling-ms", config.ceiling_ms,
                      "how far ahead the journal promises stamps; a restart begins above it", 10, 60'000);
    add<std::int64_t>(app, "--clock-behind-max-ms", config.clock_behind_max_ms,
                      "how far the wall clock may lie behind the stamps before no package is opened; as far ahead of them is warned of", 1, 86'400'000);
    add<std::int64_t>(app, "--heartbeat-ms", config.heartbeat_ms,
                      "how often subscribers are told the last sequence of their topics", 10, 3'600'000);
    add_choice(app, "--outage", chosen.outage,
               "what becomes of a window that would have closed while the daemon was down: extend (by as long as it was down), or close "
               "(at its deadline)",
               outage_words);
    add_choice(
        app, "--deadline-events-wait-for", chosen.deadline_events_wait_for,
        "what must be durable before an award leaves: its_package (its package's commands and the registrations; all else before it is "
        "written, so a killed daemon changes nothing, but after a power cut the award's sequence number, not the award, can differ from the one "
        "that subscribers saw), or everything_before (every command stamped before the deadline: later under load, and certain)",
        wait_words);
}

void add_disk(CLI::App& app, Config& config, Chosen& chosen) {
    add<std::uint64_t>(app, "--segment-bytes", config.segment_bytes, "size of the journal's files: a multiple of 4096, and room for the longest request", 1U << 20,
                       1U << 30);
    add<std::uint64_t>(app, "--journal-buffer-bytes-max", config.journal_buffer_bytes_max,
                       "commands gathered while the disk syncs; more are answered busy", 8U << 20, 1U << 30);
    add<std::uint64_t>(app, "--disk-free-bytes-min", config.disk_free_bytes_min,
                       "less room than this on the disk is warned of, and never used for a snapshot", 0, UINT64_MAX);
    add_choice(app, "--old-segments", chosen.old_segments,
               "what becomes of journal files that two snapshots cover: archive (moved to DATA/archive), recycle (used again: the whole "
               "history before is given up, no export, explanation or audit of it is possible any more), or keep",
               old_segments_words);
}

// The most that a limit may be set to.
std::uint64_t most_for(std::string_view limit) {
    if (limit == "message_bytes_max") return 7U << 20U;          // a record of the journal takes eight megabytes
    if (limit == "batch_commands_max") return 1U << 20U;
    if (limit == "requests_in_flight_max") return 1U << 20U;  // queues have their full length from the start
    if (limit == "queries_in_flight_max") return 1U << 16U;
    return std::uint64_t{1} << 40U;
}
// And the least: ZeroMQ's handshake needs 276 bytes.
std::uint64_t least_for(std::string_view limit) {
    if (limit == "snapshot_after_bytes") return 0;
    return limit == "message_bytes_max" ? 276 : 1;
}

void add_limits(CLI::App& app, Limits& limits) {
#define TIEBREAK_LIMIT(name, value, help) \
    add(app, option_name(#name), limits.name, help, least_for(#name), most_for(#name))->group("Limits");
    TIEBREAK_LIMITS(TIEBREAK_LIMIT)
#undef TIEBREAK_LIMIT
}

}  // namespace

ConfigOutcome read_config(int argc, const char* const* argv) {
    Config config;
    bool print_config = false;
    CLI::App app{"The Tiebreak daemon: takes offers for care packages and awards each package when its window closes.",
                 "tiebreakd"};
    app.set_version_flag("--version", std::string{"tiebreakd "} + std::string{version});
    app.set_config("--config", "", "TOML file with the options below, without their dashes: spin-us = 100")
        ->envname("TIEBREAK_CONFIG");
    app.add_flag("--print-config", print_config, "print the config in effect as TOML and end")->configurable(false);
    app.footer(std::string{"Each option is also a key of the config file, and TIEBREAK_ and its name in capitals in the "
                           "environment.\nThe command line comes before the file, that before the environment.\n\n"} +
               exit_codes_help);
    // No option takes a list. To CLI11 a '[' would begin one, and where its ']' is missing the lines that follow would go into the value; so lists
    // begin with a character that is in no file.
    app.get_config_formatter_base()->arrayBounds('\x01', '\x01');
    app.allow_config_extras(CLI::config_extras_mode::error);  // a misspelt key must not pass for a set one
    app.get_formatter()->column_width(34);
    Chosen chosen;
    add_places(app, config, chosen);
    add_time(app, config, chosen);
    add_disk(app, config, chosen);
    add_limits(app, config.limits);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ConfigError& error) {
        std::cerr << "tiebreakd: the config file has a key that is no option: " << error.what() << '\n';
        return {std::nullopt, exit_usage};
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error, std::cout, std::cerr);
        return {std::nullopt, code == 0 ? exit_clean : exit_usage};
    }
    if (print_config) {
        std::cout << app.config_to_str(true, true);
        return {std::nullopt, exit_clean};
    }
    config.log_level = level_words.find(chosen.log_level)->second;
    config.outage = outage_words.find(chosen.outage)->second;
    config.old_segments = old_segments_words.find(chosen.old_segments)->second;
    config.deadline_events_wait_for = wait_words.find(chosen.deadline_events_wait_for)->second;
    return {std::move(config), exit_clean};
}

}  // namespace tiebreak::daemon
