#include "daemon/tool_report.hpp"

#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "daemon/tool.hpp"
#include "daemon/tool_explain_look.hpp"
#include "daemon/tool_explain_source.hpp"
#include "wire/explain_report.hpp"
#include "wire/prose_time.hpp"
#include "wire/prose_words.hpp"

namespace tiebreak::daemon {
namespace {

using matching::Instant;

struct ReportOptions {
    SourceOptions source;
    std::string procedure;
    std::string from, to;
    wire::ReportBy by = wire::ReportBy::everything;
    bool json = false, csv = false, utc = false;
};

class Reporting final : public CommandTaker {
public:
    explicit Reporting(wire::Reporter& reporter) : reporter_(reporter) {}
    void apply(Instant at_ns, const matching::Command& command) override { reporter_.apply(at_ns, command); }
    void advance(Instant at_ns) override { reporter_.advance(at_ns); }
    void run_on() override { reporter_.run_on(); }

private:
    wire::Reporter& reporter_;
};

int report(const ReportOptions& options) {
    const wire::Clock clock = options.utc ? wire::Clock::utc : wire::Clock::uk;
    const auto from_ns = options.from.empty() ? std::optional<Instant>{0} : wire::read_day_or_instant(options.from, clock);
    if (!from_ns) return complain("--from must be a day like 2026-11-01 or an instant like 2026-11-01T09:00:00Z", tool_usage);
    const auto to_ns = options.to.empty() ? std::optional<Instant>{} : wire::read_day_or_instant(options.to, clock);
    if (!options.to.empty() && !to_ns)
        return complain("--to must be a day like 2026-12-01 or an instant like 2026-12-01T09:00:00Z", tool_usage);
    if (to_ns && *to_ns <= *from_ns) return complain("--to must be later than --from", tool_usage);

    wire::Reporter reporter;
    Reporting reporting{reporter};
    if (const int status = take_commands(options.source, reporting); status != tool_ok) return status;
    const auto report = reporter.report(options.procedure, *from_ns, to_ns, options.by);
    if (!report) {
        const auto known = reporter.procedures();
        return complain("no procedure " + options.procedure + " is registered; " +
                            (known.empty() ? "none is" : "registered are " + wire::listed(known)),
                        tool_failed);
    }
    std::cout << (options.json  ? wire::report_json(*report)
                  : options.csv ? wire::report_csv(*report)
                                : wire::report_text(*report, look_of_output(), clock))
              << std::flush;
    return std::cout ? tool_ok : complain("can't write the report", tool_failed);
}

}  // namespace

void add_report_command(CLI::App& tool, int& exit_status) {
    auto* const command = tool.add_subcommand("report", "Show pick-up rates under a procedure against its obligations");
    auto options = std::make_shared<ReportOptions>();
    command->add_option("PROCEDURE", options->procedure, "The procedure's id")->required();
    command->add_option("--from", options->from, "Only stages that opened from then on: a day or an instant");
    command->add_option("--to", options->to, "Only stages that opened before then: a day or an instant");
    const std::map<std::string, wire::ReportBy> names{
        {"role", wire::ReportBy::role}, {"zone", wire::ReportBy::zone}, {"provider", wire::ReportBy::provider}};
    command->add_option("--by", options->by, "One row for each role, role and zone, or role and provider; else for all three")
        ->transform(CLI::CheckedTransformer(names));
    auto* const json = command->add_flag("--json", options->json, "One JSON object (wire/EXPLAIN.md has its keys)");
    command->add_flag("--csv", options->csv, "Comma-separated values with a line of headings")->excludes(json);
    command->add_flag("--utc", options->utc, "Days and times in UTC instead of UK time");
    add_source_options(*command, options->source);
    command->footer(
        "Counted are the stages of the procedure that opened in that time and have closed, for each provider under the role by\n"
        "which it was invited: how many it was invited to, offered in, holds the award of, and refused. A lot is a zone.\n\n"
        "Examples:\n"
        "  tiebreak report nottinghamshire-home-based-care --from 2026-11-01 --to 2026-12-01\n"
        "  tiebreak report nottinghamshire-home-based-care --by zone --csv > november.csv");
    command->callback([options, &exit_status] { exit_status = report(*options); });
}

}  // namespace tiebreak::daemon
