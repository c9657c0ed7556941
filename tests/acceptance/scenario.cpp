#include "tests/acceptance/scenario.hpp"

#include <utility>
#include <variant>

#include "tests/acceptance/expectations.hpp"
#include "tests/acceptance/page.hpp"
#include "tests/acceptance/sentences.hpp"
#include "matching/well_formed.hpp"
#include "wire/code_names.hpp"
#include "wire/procedure_files.hpp"

namespace tiebreak::acceptance {
namespace {

using CellsById = std::map<std::string, ProviderCells, std::less<>>;

class ScenarioReader {
public:
    ScenarioReader(const std::filesystem::path& file, const std::filesystem::path& procedures)
        : page_(read_page(file)), procedures_(procedures) {
        scenario_.file = file;
        scenario_.title = page_.title;
    }

    Scenario read() {
        for (const auto& section : page_.sections)
            if (section.heading != "Given" && section.heading != "What happens" && !is_expectation(section.heading))
                throw BadScenario(page_.file, section.line,
                                  "unknown heading “" + section.heading + "”; README.md has the headings");
        read_given(section("Given"));
        const auto& happens = one_table("What happens");
        happens.check_columns({"when", "who", "what"}, {"answer", "why"});
        auto cells = read_cells(one_table("Given"));
        Sentences sentences(scenario_.calendar, procedure_ids(), cells);
        for (const auto& row : happens.rows) sentences.expect_package(happens.cell(row, "what"));
        register_providers(cells, happens);
        for (const auto& row : happens.rows) on_line(row.line, [&] { read_step(happens, row, sentences); });
        read_expectations(page_, sentences, scenario_);
        return std::move(scenario_);
    }

private:
    template <class Action>
    void on_line(std::size_t line, Action action) const {
        try {
            action();
        } catch (const BadWords& why) {
            throw BadScenario(page_.file, line, why.what());
        }
    }

    const Section& section(std::string_view heading) const {
        const auto* found = page_.find(heading);
        if (!found) throw BadScenario(page_.file, 1, "the heading “" + std::string(heading) + "” is missing");
        return *found;
    }

    const Table& one_table(std::string_view heading) const {
        const auto& found = section(heading);
        if (found.tables.size() != 1)
            throw BadScenario(page_.file, found.line, "“" + found.heading + "” needs one table");
        return found.tables.front();
    }

    void read_given(const Section& given) {
        bool day = false;
        for (const auto& bullet : given.bullets) {
            on_line(bullet.line, [&] {
                const std::string_view text(bullet.text);
                if (text.starts_with("Day: ")) {
                    scenario_.calendar = Calendar(text.substr(5));
                    day = true;
                } else if (text.starts_with("Procedure: ")) {
                    load(text.substr(11));
                } else {
                    throw BadWords("what is given is “Day: …” and “Procedure: …”, not “" + bullet.text + "”");
                }
            });
        }
        if (!day) throw BadScenario(page_.file, given.line, "needs “- Day: 23 November 2026”");
        if (scenario_.procedures.empty()) throw BadScenario(page_.file, given.line, "needs “- Procedure: `FILE.json`”");
    }

    void load(std::string_view name) {
        if (name.size() > 2 && name.front() == '`' && name.back() == '`') name = name.substr(1, name.size() - 2);
        auto loaded = wire::load_procedure(procedures_ / name);
        if (const auto* faults = std::get_if<wire::ProcedureFaults>(&loaded)) throw BadWords(faults->front().text());
        scenario_.procedures.push_back(std::move(std::get<wire::ProcedureFile>(loaded).procedure));
    }

    std::vector<std::string> procedure_ids() const {
        std::vector<std::string> ids;
        for (const auto& procedure : scenario_.procedures) ids.push_back(procedure.id);
        return ids;
    }

    CellsById read_cells(const Table& table) const {
        table.check_columns({"provider", "is"}, {"name", "services", "capabilities", "quality", "feedback", "cqc",
                                                 "ratings", "vacancies", "suspended", "note"});
        CellsById cells;
        for (const auto& row : table.rows) {
            const std::string id(table.cell(row, "provider"));
            if (!matching::is_id(id))
                throw BadScenario(
                    page_.file, row.line,
                    "a provider is named in letters, digits, “-” and the like, without spaces: “" + id + "”");
            auto& own = cells[id];
            if (!own.empty()) throw BadScenario(page_.file, row.line, id + " is there twice");
            for (const auto& column : table.columns)
                if (column != "provider" && column != "note") own[column] = table.cell(row, column);
        }
        return cells;
    }

    // Everyone is registered at the moment of the first step, before it.
    void register_providers(const CellsById& cells, const Table& happens) {
        const auto& table = one_table("Given");
        on_line(happens.rows.front().line,
                [&] { begin_ns_ = scenario_.calendar.read(happens.cell(happens.rows.front(), "when")); });
        for (const auto& row : table.rows)
            on_line(row.line, [&] {
                const auto id = table.cell(row, "provider");
                auto read = read_command(provider_text(id, cells.find(id)->second, scenario_.calendar, begin_ns_));
                scenario_.providers.push_back(std::move(std::get<matching::command::Provider>(read.command)));
            });
    }

    void read_step(const Table& table, const Row& row, Sentences& sentences) {
        Step step;
        step.line = row.line;
        step.at_ns = scenario_.calendar.read(table.cell(row, "when"));
        if (step.at_ns < begin_ns_) throw BadWords("what happens must stand in the order of time");
        begin_ns_ = step.at_ns;
        const auto who = table.cell(row, "who");
        const auto what = table.cell(row, "what");
        step.said = std::string(who) + ' ' + std::string(what);
        step.json = sentences.read(step.at_ns, who, what);
        step.read = read_command(step.json);
        step.reject_code = read_answer(table.cell(row, "answer"));
        scenario_.steps.push_back(std::move(step));
    }

    static std::string read_answer(std::string_view answer) {
        constexpr std::string_view rejected = "rejected: ";
        if (answer.empty() || answer == "accepted") return {};
        if (!answer.starts_with(rejected)) throw BadWords("the answer is “accepted” or “rejected: CODE”");
        auto code = unspoken(answer.substr(rejected.size()));
        if (!wire::find_code(code)) throw BadWords("there is no such code: " + code);
        return code;
    }

    Page page_;
    std::filesystem::path procedures_;
    Scenario scenario_;
    matching::Instant begin_ns_ = 0;
};

}  // namespace

Scenario read_scenario(const std::filesystem::path& file, const std::filesystem::path& procedures) {
    return ScenarioReader(file, procedures).read();
}

}  // namespace tiebreak::acceptance
