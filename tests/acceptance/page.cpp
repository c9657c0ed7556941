#include "tests/acceptance/page.hpp"

#include <algorithm>
#include <fstream>

namespace tiebreak::acceptance {
namespace {

constexpr std::string_view dash = "—";

std::vector<std::string> cells_of(std::string_view line) {
    std::vector<std::string> cells;
    line.remove_prefix(1);
    line.remove_suffix(1);
    for (std::size_t begin = 0; begin <= line.size();) {
        const auto end = std::min(line.find('|', begin), line.size());
        cells.emplace_back(trimmed(line.substr(begin, end - begin)));
        begin = end + 1;
    }
    return cells;
}

bool is_rule(const std::vector<std::string>& cells) {
    return std::all_of(cells.begin(), cells.end(), [](const std::string& cell) {
        return !cell.empty() && cell.find_first_not_of("-:") == std::string::npos;
    });
}

class PageReader {
public:
    explicit PageReader(const std::filesystem::path& file) { page_.file = file; }

    Page read() {
        std::ifstream in(page_.file);
        if (!in) fail("can't be read");
        for (std::string line; std::getline(in, line);) {
            ++line_;
            take(trimmed(line));
        }
        end_table();
        if (page_.title.empty()) fail("has no title (# …)");
        if (!quotation_.starts_with(dash))
            fail("needs a quotation (> …) whose last paragraph, after a dash (—), names document and clause");
        return std::move(page_);
    }

private:
    [[noreturn]] void fail(const std::string& why) const { throw BadScenario(page_.file, line_, why); }

    void take(std::string_view line) {
        if (line.starts_with('|')) return take_row(line);
        end_table();
        if (line.starts_with("# ")) {
            if (!page_.title.empty()) fail("a second title: one page is one scenario");
            page_.title = trimmed(line.substr(2));
        } else if (line.starts_with("## ")) {
            const std::string heading(trimmed(line.substr(3)));
            if (page_.find(heading)) fail("the heading “" + heading + "” is there twice");
            page_.sections.push_back({line_, heading, {}, {}});
        } else if (line.starts_with('#')) {
            fail("only # and ## are headings here");
        } else if (line.starts_with('>')) {
            const auto quoted = trimmed(line.substr(1));
            if (quoted.empty() || quotation_.empty()) quotation_ = quoted;
        } else if (line.starts_with("- ") && !page_.sections.empty()) {
            page_.sections.back().bullets.push_back({line_, std::string(trimmed(line.substr(2)))});
        }
    }

    void take_row(std::string_view line) {
        if (page_.sections.empty()) fail("a table before the first heading");
        if (line.size() < 2 || line.back() != '|') fail("a line of a table ends with |");
        auto cells = cells_of(line);
        auto& tables = page_.sections.back().tables;
        if (!in_table_) {
            in_table_ = true;
            tables.push_back({page_.file, line_, std::move(cells), {}});
            return;
        }
        auto& table = tables.back();
        if (cells.size() != table.columns.size())
            fail("has " + std::to_string(cells.size()) + " cells, but the table has " +
                 std::to_string(table.columns.size()) + " columns");
        if (line_ == table.line + 1) {
            if (!is_rule(cells)) fail("the second line of a table is |---|---|");
            return;
        }
        table.rows.push_back({line_, std::move(cells)});
    }

    void end_table() {
        if (in_table_ && page_.sections.back().tables.back().rows.empty()) fail("the table above has no rows");
        in_table_ = false;
    }

    Page page_;
    std::size_t line_ = 0;
    std::string quotation_;  // how its last paragraph begins
    bool in_table_ = false;
};

std::size_t index_of(const std::vector<std::string>& columns, std::string_view column) {
    return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), column) - columns.begin());
}

}  // namespace

void Table::check_columns(std::initializer_list<std::string_view> required,
                          std::initializer_list<std::string_view> optional) const {
    const auto among = [](std::initializer_list<std::string_view> list, std::string_view name) {
        return std::find(list.begin(), list.end(), name) != list.end();
    };
    for (const auto& column : columns) {
        if (std::count(columns.begin(), columns.end(), column) > 1)
            throw BadScenario(file, line, "the column “" + column + "” is there twice");
        if (among(required, column) || among(optional, column)) continue;
        std::string known;
        for (const auto list : {required, optional})
            for (const auto name : list) known += (known.empty() ? "" : ", ") + std::string(name);
        throw BadScenario(file, line, "unknown column “" + column + "”; there are: " + known);
    }
    for (const auto name : required)
        if (!has(name)) throw BadScenario(file, line, "the column “" + std::string(name) + "” is missing");
}

bool Table::has(std::string_view column) const { return index_of(columns, column) < columns.size(); }

std::string_view Table::cell(const Row& row, std::string_view column) const {
    const auto at = index_of(columns, column);
    if (at == columns.size() || row.cells[at] == dash) return {};
    return row.cells[at];
}

const Section* Page::find(std::string_view heading) const {
    const auto at = std::find_if(sections.begin(), sections.end(),
                                 [&](const Section& section) { return section.heading == heading; });
    return at == sections.end() ? nullptr : &*at;
}

Page read_page(const std::filesystem::path& file) { return PageReader(file).read(); }

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
    std::vector<std::string_view> parts;
    if (trimmed(text).empty()) return parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find(separator, begin), text.size());
        parts.push_back(trimmed(text.substr(begin, end - begin)));
        begin = end + separator.size();
    }
    return parts;
}

}  // namespace tiebreak::acceptance
