#include "tests/acceptance/expectations.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "wire/json_words.hpp"

namespace tiebreak::acceptance {
namespace {

constexpr std::array<std::string_view, 4> headings = {"Who is asked", "What waits for people", "What must come out",
                                                      "Standing"};
constexpr std::array<std::string_view, 8> standing_columns = {"provider", "role",    "zone",    "invited",
                                                              "offered",  "awarded", "refused", "met"};

class ExpectationReader {
public:
    ExpectationReader(const Page& page, const Sentences& names, Scenario& scenario)
        : page_(page), names_(names), scenario_(scenario) {}

    void read() {
        auto& expected = scenario_.expected;
        scenario_.asked_given = read_table(0, {"when", "package", "stage", "asked"}, {"until", "why"}, expected.asked,
                                           [&](const Table& t, const Row& r) { return asked(t, r); });
        scenario_.waits_given = read_table(1, {"when", "package", "waits for", "about"}, {"until", "why"},
                                           expected.waits, [&](const Table& t, const Row& r) { return waits(t, r); });
        if (!read_table(2, {"when", "package", "outcome", "decided by", "ranking"}, {"why"}, expected.outcomes,
                        [&](const Table& t, const Row& r) { return outcome(t, r); }))
            throw BadScenario(page_.file, 1, "the heading “What must come out” is missing");
        scenario_.standings_given = read_table(
            3, {"provider", "role", "zone", "invited", "offered", "awarded", "refused", "met"}, {"when", "why"},
            expected.standings, [&](const Table& t, const Row& r) { return standing(t, r); });
    }

private:
    template <class ReadRow>
    bool read_table(std::size_t heading, std::initializer_list<std::string_view> required,
                    std::initializer_list<std::string_view> optional, std::vector<Fact>& facts, ReadRow read_row) {
        const auto* section = page_.find(headings[heading]);
        if (!section) return false;
        if (section->tables.size() != 1)
            throw BadScenario(page_.file, section->line, "“" + section->heading + "” needs one table");
        const auto& table = section->tables.front();
        table.check_columns(required, optional);
        for (const auto& row : table.rows) {
            try {
                auto fact = read_row(table, row);
                fact.line = row.line;
                facts.push_back(std::move(fact));
            } catch (const BadWords& why) {
                throw BadScenario(page_.file, row.line, why.what());
            }
        }
        return true;
    }

    Fact begin(const Table& table, const Row& row) const {
        Fact fact;
        fact.at_ns = scenario_.calendar.read(table.cell(row, "when"));
        fact.package = table.cell(row, "package");
        names_.check_package(fact.package);
        if (const auto until = table.cell(row, "until"); !until.empty()) fact.until_ns = scenario_.calendar.read(until);
        return fact;
    }

    // "A, B", each of them known.
    std::string providers(std::string_view list) const {
        std::string read;
        for (const auto id : split(list, ",")) {
            names_.check_provider(id);
            read += (read.empty() ? "" : ", ") + std::string(id);
        }
        if (read.empty()) throw BadWords("nobody is named");
        return read;
    }

    // In any order on the page.
    std::string sorted_providers(std::string_view list) const {
        auto ids = split(list, ",");
        std::sort(ids.begin(), ids.end());
        std::string sorted;
        for (const auto id : ids) sorted += (sorted.empty() ? "" : ",") + std::string(id);
        return providers(sorted);
    }

    Fact asked(const Table& table, const Row& row) const {
        auto fact = begin(table, row);
        const auto who = table.cell(row, "asked");
        fact.words = {std::string(table.cell(row, "stage")),
                      who == "nobody" ? std::string(who) : sorted_providers(who)};
        return fact;
    }

    Fact waits(const Table& table, const Row& row) const {
        auto fact = begin(table, row);
        const auto what = table.cell(row, "waits for");
        const auto about = table.cell(row, "about");
        if (what != "the citizen's choice" && !what.starts_with("approval by "))
            throw BadWords("a package waits for “the citizen's choice” or “approval by ROLE”");
        fact.words = {std::string(what), about == "the opening" ? std::string(about) : providers(about)};
        return fact;
    }

    Fact outcome(const Table& table, const Row& row) const {
        auto fact = begin(table, row);
        const auto what = table.cell(row, "outcome");
        const auto decided_by = table.cell(row, "decided by");
        const auto ranking = table.cell(row, "ranking");
        if (what.starts_with("awarded to ")) {
            names_.check_provider(what.substr(11));
            if (!wire::value_of<matching::DecidedBy>(unspoken(decided_by)))
                throw BadWords("“" + std::string(decided_by) + "” decides nothing");
            fact.words = {std::string(what), std::string(decided_by), read_ranking(ranking)};
            return fact;
        }
        if (what.starts_with("refused by ")) {
            names_.check_provider(what.substr(11));
        } else if (what.starts_with("unawarded: ")) {
            if (!wire::value_of<matching::UnawardedReason>(unspoken(what.substr(11))))
                throw BadWords("no package is “" + std::string(what) + "”");
        } else if (what != "cancelled") {
            throw BadWords(
                "an outcome is “awarded to P”, “refused by P”, “unawarded: no offers”, “unawarded: approval refused”, "
                "“unawarded: refused” or “cancelled”");
        }
        if (!decided_by.empty() || !ranking.empty())
            throw BadWords("only an award is decided by something and has a ranking");
        fact.words = {std::string(what), "", ""};
        return fact;
    }

    // "A; B lost on earliest start; C lost on earliest response"
    std::string read_ranking(std::string_view text) const {
        constexpr std::string_view lost_on = " lost on ";
        std::string read;
        for (const auto place : split(text, ";")) {
            const auto lost = place.find(lost_on);
            names_.check_provider(place.substr(0, lost));
            if ((lost == std::string_view::npos) != read.empty())
                throw BadWords("in a ranking the first has won and each other “lost on” something");
            if (lost != std::string_view::npos &&
                !wire::value_of<matching::CriterionKind>(unspoken(place.substr(lost + lost_on.size()))))
                throw BadWords("“" + std::string(place) + "”: nobody can lose on that");
            read += (read.empty() ? "" : "; ") + std::string(place);
        }
        if (read.empty()) throw BadWords("an award has a ranking");
        return read;
    }

    Fact standing(const Table& table, const Row& row) const {
        Fact fact;
        names_.check_provider(table.cell(row, "provider"));
        for (const auto column : standing_columns) fact.words.emplace_back(table.cell(row, column));
        if (const auto& met = fact.words.back(); !met.empty() && met != "yes" && met != "no")
            throw BadWords("met is yes, no or —");
        return fact;
    }

    const Page& page_;
    const Sentences& names_;
    Scenario& scenario_;
};

}  // namespace

bool is_expectation(std::string_view heading) {
    return std::find(headings.begin(), headings.end(), heading) != headings.end();
}

void read_expectations(const Page& page, const Sentences& names, Scenario& scenario) {
    ExpectationReader(page, names, scenario).read();
}

std::string spoken(std::string_view word) {
    std::string words(word);
    std::replace(words.begin(), words.end(), '_', ' ');
    return words;
}

std::string unspoken(std::string_view words) {
    std::string word(words);
    std::replace(word.begin(), word.end(), ' ', '_');
    return word;
}

}  // namespace tiebreak::acceptance
