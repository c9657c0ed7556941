#include "daemon/tool_procedure_try.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <system_error>
#include <utility>

#include "daemon/tool.hpp"
#include "daemon/tool_explain_look.hpp"
#include "wire/explain_json.hpp"
#include "wire/explain_recorder.hpp"
#include "wire/explain_story.hpp"
#include "wire/explain_text.hpp"
#include "wire/instant_text.hpp"
#include "wire/json_reader.hpp"
#include "wire/prose_words.hpp"

namespace tiebreak::daemon {
namespace {

using matching::Instant;
using wire::Happening;
using wire::What;

// A scenario's commands, each with its instant.
class Scenario {
public:
    // Nothing, or an exit status after a complaint.
    [[nodiscard]] std::optional<int> read(const std::string& file) {
        std::error_code error;
        std::ifstream in{file, std::ios::binary};
        if (!in || std::filesystem::is_directory(file, error)) return complain("can't read " + file, tool_failed);
        std::string line;
        for (std::size_t number = 1; std::getline(in, line); ++number) {
            const std::size_t first = line.find_first_not_of(" \t\r");
            if (first == std::string::npos || line[first] == '#') continue;
            auto read = reader_.read(line, wire::AtField::optional);
            const std::string place = file + ":" + std::to_string(number) + ":";
            if (const auto* flaw = std::get_if<wire::ReadError>(&read))
                return complain(place + std::to_string(flaw->column) + ": " +
                                    (flaw->path.empty() ? "" : flaw->path + ": ") + flaw->sentence,
                                tool_usage);
            auto& good = std::get<wire::ReadCommand>(read);
            if (good.at_ns && last_ns_ && *good.at_ns < *last_ns_) {
                std::string before;
                wire::append_instant(before, *last_ns_);
                return complain(place + "1: at: goes back; a line before has " + before, tool_usage);
            }
            if (good.at_ns) last_ns_ = good.at_ns;
            if (good.at_ns && !first_ns_) first_ns_ = good.at_ns;
            commands_.push_back(std::move(good));
        }
        return in.bad() ? std::optional{complain("can't read " + file, tool_failed)} : std::nullopt;
    }

    // Lines without an instant happen with the one before; those at the beginning, and the procedure, with the first.
    void run(const matching::command::Procedure& procedure, wire::DossierRecorder& recorder) const {
        Instant now_ns = first_ns_.value_or(0);
        recorder.apply(now_ns, procedure);
        for (const wire::ReadCommand& read : commands_) {
            now_ns = read.at_ns.value_or(now_ns);
            recorder.apply(now_ns, read.command);
        }
        recorder.run_on();
    }

private:
    wire::CommandReader reader_;
    std::vector<wire::ReadCommand> commands_;
    std::optional<Instant> first_ns_, last_ns_;
};

struct Told {
    std::string whose;
    const Happening* happening = nullptr;
};

// Everything in the order in which it happened.
std::vector<Told> everything(const std::vector<wire::Dossier>& dossiers, const std::vector<Happening>& elsewhere) {
    std::vector<Told> all;
    for (const wire::Dossier& dossier : dossiers)
        for (const Happening& happening : dossier.happenings) all.push_back({dossier.package.id, &happening});
    for (const Happening& happening : elsewhere) all.push_back({{}, &happening});
    std::sort(all.begin(), all.end(), [](const Told& a, const Told& b) { return a.happening->order < b.happening->order; });
    return all;
}

// Providers registered one after the other, for the first time and at one instant, make one line.
std::vector<wire::TimelineLine> timeline(const std::vector<Told>& all, bool one_package, wire::Clock clock) {
    std::vector<wire::TimelineLine> lines;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Happening& h = *all[i].happening;
        std::vector<std::string> registered;
        for (std::size_t j = i; j < all.size(); ++j) {
            const Happening& next = *all[j].happening;
            if (next.what != What::provider_registered || next.count != 1 || next.at_ns != h.at_ns) break;
            registered.push_back(next.provider);
        }
        if (registered.size() > 1) {
            lines.push_back({h.at_ns, {}, wire::counted(registered.size(), "provider", "providers") + " registered: " + wire::listed(registered) + '.'});
            i += registered.size() - 1;
            continue;
        }
        lines.push_back({h.at_ns, one_package ? std::string{} : all[i].whose, wire::happening_text(h, wire::Person::third, clock)});
    }
    return lines;
}

void print_text(const std::vector<wire::Dossier>& dossiers, const std::vector<Happening>& elsewhere, const TryOptions& options) {
    const wire::Look look = look_of_output();
    if (options.after_text) std::cout << '\n';
    std::cout << look.bold("What happens") << '\n'
              << wire::timeline_text(timeline(everything(dossiers, elsewhere), dossiers.size() == 1, options.clock), look, options.clock);
    for (const wire::Dossier& dossier : dossiers) {
        std::cout << '\n' << look.bold("Package " + dossier.package.id) << '\n'
                  << wire::wrapped(wire::capitalised(wire::outcome_text(dossier, options.clock)), look.width - 2, "  ") << '\n';
        for (const wire::AwardStory& award : dossier.awards) {
            if (award.refused_ns) std::cout << "  The award before, which was refused:\n";
            std::cout << wire::ranking_text(dossier, award, look, options.clock);
        }
    }
}

void print_json(const std::vector<wire::Dossier>& dossiers, const std::vector<Happening>& elsewhere) {
    std::string text;
    wire::JsonOut out{text};
    out.open_object();
    out.key("happenings");
    out.open_list();
    for (const Told& told : everything(dossiers, elsewhere)) {
        out.item();
        wire::append_happening_json(out, *told.happening, wire::Person::third, told.whose);
    }
    out.close_list();
    out.key("packages");
    out.open_list();
    for (const wire::Dossier& dossier : dossiers) {
        out.item();
        wire::append_dossier_json(text, dossier);
    }
    out.close_list();
    out.close_object();
    std::cout << text << '\n';
}

}  // namespace

int try_scenario(const matching::command::Procedure& procedure, const std::vector<std::string>& files,
                 const TryOptions& options) {
    Scenario scenario;
    for (const std::string& file : files)
        if (const auto status = scenario.read(file)) return *status;
    wire::DossierRecorder recorder;
    scenario.run(procedure, recorder);
    const auto dossiers = recorder.dossiers();
    if (options.json)
        print_json(dossiers, recorder.elsewhere());
    else
        print_text(dossiers, recorder.elsewhere(), options);
    std::cout << std::flush;
    return std::cout ? tool_ok : complain("can't write the timeline", tool_failed);
}

}  // namespace tiebreak::daemon
