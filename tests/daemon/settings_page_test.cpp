// daemon/SETTINGS.md is what the daemon is: every option with its default, every limit with its figures, and nothing else.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "daemon/config.hpp"
#include "daemon/status_figures.hpp"
#include "tests/catch.hpp"

namespace tiebreak::daemon {
namespace {

// A table's line: what stands between its bars.
using Row = std::vector<std::string>;

std::map<std::string, Row> rows_of_page() {
    std::ifstream page(TIEBREAK_SETTINGS_PAGE);
    REQUIRE(page);
    std::map<std::string, Row> rows;
    for (std::string line; std::getline(page, line);) {
        if (!line.starts_with("| `--")) continue;
        Row row;
        std::istringstream cells(line.substr(1));
        for (std::string cell; std::getline(cells, cell, '|');) row.push_back(cell);
        REQUIRE(row.size() >= 4);
        const std::string& option = row.front();
        rows[option.substr(4, option.rfind('`') - 4)] = row;
    }
    return rows;
}

// Each option as the config file would have it, with its default.
std::map<std::string, std::string> options_of_daemon() {
    std::ostringstream printed;
    auto* const before = std::cout.rdbuf(printed.rdbuf());
    const char* const arguments[] = {"tiebreakd", "--print-config"};
    const auto outcome = read_config(2, arguments);
    std::cout.rdbuf(before);
    REQUIRE_FALSE(outcome.config);
    std::map<std::string, std::string> options;
    std::istringstream lines(printed.str());
    for (std::string line; std::getline(lines, line);) {
        const std::size_t equals = line.find('=');
        if (line.empty() || line[0] == '#' || equals == std::string::npos) continue;
        std::string value = line.substr(equals + 1);
        std::erase(value, '"');
        options[line.substr(0, equals)] = value;
    }
    return options;
}

std::set<std::string> figures() {
    std::set<std::string> names;
    for (const auto& figure : status_figures(Metrics{}, CommitCounters{}, Limits{})) names.emplace(figure.name);
    return names;
}

TEST_CASE("every option is on the page with its default, and the page has no other") {
    const auto rows = rows_of_page();
    const auto options = options_of_daemon();
    REQUIRE(options.size() > 30);
    for (const auto& [option, value] : options) {
        INFO(option);
        REQUIRE(rows.contains(option));
        CHECK(rows.at(option)[1] == (value.empty() ? " none " : " `" + value + "` "));
    }
    for (const auto& [option, row] : rows) {
        INFO(option);
        CHECK(options.contains(option));
    }
}

TEST_CASE("every limit has its figures or says why there are none, and every figure on the page is in the status") {
    const auto rows = rows_of_page();
    const auto known = figures();
    const std::regex name("`([a-z0-9_]+)`");
    for (const auto& [option, row] : rows) {
        INFO(option);
        const std::string& cell = row.back();
        for (std::sregex_iterator found(cell.begin(), cell.end(), name), end; found != end; ++found) {
            INFO((*found)[1]);
            CHECK(known.contains((*found)[1]));
        }
    }
#define TIEBREAK_LIMIT(limit, value, help)                                                          \
    {                                                                                               \
        std::string option = #limit;                                                                \
        std::replace(option.begin(), option.end(), '_', '-');                                       \
        INFO(option);                                                                               \
        CHECK(known.contains("limit_" #limit));                                                     \
        REQUIRE(rows.contains(option));                                                             \
        const std::string& cell = rows.at(option).back();                                           \
        CHECK((std::regex_search(cell, name) || cell.starts_with(" none: ")));                      \
    }
    TIEBREAK_LIMITS(TIEBREAK_LIMIT)
#undef TIEBREAK_LIMIT
}

}  // namespace
}  // namespace tiebreak::daemon
