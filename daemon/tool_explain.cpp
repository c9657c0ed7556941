#include "daemon/tool_explain.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/tool.hpp"
#include "daemon/tool_explain_look.hpp"
#include "daemon/tool_explain_source.hpp"
#include "wire/explain_json.hpp"
#include "wire/explain_provider.hpp"
#include "wire/explain_recorder.hpp"
#include "wire/explain_text.hpp"
#include "wire/prose_words.hpp"

namespace tiebreak::daemon {
namespace {

struct ExplainOptions {
    SourceOptions source;
    std::string package;
    std::string provider;  // --for
    bool json = false;
    bool utc = false;
};

class Recording final : public CommandTaker {
public:
    explicit Recording(wire::DossierRecorder& recorder) : recorder_(recorder) {}
    void apply(matching::Instant at_ns, const matching::Command& command) override { recorder_.apply(at_ns, command); }
    void advance(matching::Instant at_ns) override { recorder_.advance(at_ns); }
    void run_on() override { recorder_.run_on(); }

private:
    wire::DossierRecorder& recorder_;
};

std::string did_you_mean(std::vector<std::string> ids) {
    return ids.empty() ? "" : "; did you mean " + wire::listed(ids, "or") + '?';
}

int print(const std::string& text) {
    std::cout << text << std::flush;
    return std::cout ? tool_ok : complain("can't write the explanation", tool_failed);
}

int explain_all(const ExplainOptions& options, const wire::Dossier& dossier) {
    if (!options.json) return print(wire::dossier_text(dossier, look_of_output(), options.utc ? wire::Clock::utc : wire::Clock::uk));
    std::string text;
    wire::append_dossier_json(text, dossier);
    return print(text + '\n');
}

int explain_for(const ExplainOptions& options, const wire::Dossier& dossier) {
    const wire::ProviderView view = wire::provider_view(dossier, options.provider);
    if (!options.json) return print(wire::provider_text(view, look_of_output(), options.utc ? wire::Clock::utc : wire::Clock::uk));
    std::string text;
    wire::append_provider_json(text, view);
    return print(text + '\n');
}

int explain(const ExplainOptions& options) {
    wire::DossierRecorder recorder{options.package};
    Recording recording{recorder};
    if (const int status = take_commands(options.source, recording); status != tool_ok) return status;
    const auto dossiers = recorder.dossiers();
    if (dossiers.empty())
        return complain("no package " + options.package + " was ever opened" + did_you_mean(recorder.similar_packages()), tool_failed);
    if (options.provider.empty()) return explain_all(options, dossiers.front());
    if (!recorder.is_registered(options.provider))
        return complain("no provider " + options.provider + " is registered", tool_failed);
    return explain_for(options, dossiers.front());
}

}  // namespace

void add_explain_command(CLI::App& tool, int& exit_status) {
    auto* const command = tool.add_subcommand("explain", "Show what happened to a package and why, whole or as one provider may know it");
    auto options = std::make_shared<ExplainOptions>();
    command->add_option("PACKAGE", options->package, "The package's id")->required();
    command->add_option("--for", options->provider, "Only what this provider may know: nobody else's identity or price");
    command->add_flag("--json", options->json, "One JSON object (wire/EXPLAIN.md has its keys)");
    command->add_flag("--utc", options->utc, "Times in UTC instead of UK time");
    add_source_options(*command, options->source);
    command->footer(
        "Who was asked and why the others were not, every answer, the ranking with what each offer lost by, approvals and\n"
        "choices. It is told by replaying the commands, so a journal or an export says the same as the daemon.\n\n"
        "Examples:\n"
        "  tiebreak explain K-2026-0417\n"
        "  tiebreak explain K-2026-0417 --for eleanor --json\n"
        "  tiebreak explain K-2026-0417 --journal /var/lib/tiebreak\n"
        "  tiebreak explain K1 --commands scenario.jsonl");
    command->callback([options, &exit_status] { exit_status = explain(*options); });
}

}  // namespace tiebreak::daemon
