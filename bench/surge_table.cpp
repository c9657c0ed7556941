#include "bench/surge_table.hpp"

#include <algorithm>

namespace tiebreak::bench {
namespace {

const std::string& cell_of(const std::vector<std::string>& row, std::size_t column) {
    static const std::string none;
    return column < row.size() ? row[column] : none;
}

std::vector<std::size_t> widths_of(const TextTable& table) {
    std::vector<std::size_t> widths;
    for (const auto& row : table.rows) {
        widths.resize(std::max(widths.size(), row.size()), 3);
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    return widths;
}

}  // namespace

std::string as_markdown(const TextTable& table) {
    const auto widths = widths_of(table);
    std::string text;
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const std::string& cell = cell_of(table.rows[r], i);
            const std::string padding(widths[i] - cell.size(), ' ');
            text += "| " + (i == 0 ? cell + padding : padding + cell) + ' ';
        }
        text += "|\n";
        if (r > 0) continue;
        for (std::size_t i = 0; i < widths.size(); ++i) text += (i == 0 ? "|:" : "|-") + std::string(widths[i], '-') + (i == 0 ? "-" : ":");
        text += "|\n";
    }
    return text;
}

std::string html_text(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '<') out += "&lt;";
        else if (c == '>') out += "&gt;";
        else if (c == '&') out += "&amp;";
        else out += c;
    }
    return out;
}

std::string as_html(const TextTable& table) {
    std::string text = "<table>";
    const std::size_t columns = widths_of(table).size();
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
        const std::string tag = r == 0 ? "th" : "td";
        text += "<tr>";
        for (std::size_t i = 0; i < columns; ++i) text += "<" + tag + ">" + html_text(cell_of(table.rows[r], i)) + "</" + tag + ">";
        text += "</tr>\n";
    }
    return text + "</table>\n";
}

}  // namespace tiebreak::bench
