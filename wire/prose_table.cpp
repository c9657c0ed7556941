#include "wire/prose_table.hpp"

#include <algorithm>
#include <utility>

#include "wire/prose_words.hpp"

namespace tiebreak::wire {

Table::Table(std::vector<std::string> headings) : headings_(std::move(headings)), aligns_(headings_.size(), Align::left) {}

void Table::align(std::size_t column, Align how) { aligns_[column] = how; }

void Table::add(std::vector<std::string> cells) {
    cells.resize(headings_.size());
    rows_.push_back(std::move(cells));
}

std::string Table::line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) const {
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (widths[i] == 0) continue;
        const std::string padding(widths[i] - width_of(cells[i]), ' ');
        if (!text.empty()) text += "  ";
        text += aligns_[i] == Align::right ? padding + cells[i] : cells[i] + padding;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

std::string Table::text(const Look& look, std::string_view indent) const {
    std::vector<std::size_t> widths(headings_.size(), 0);
    for (std::size_t i = 0; i < widths.size(); ++i) {
        for (const auto& row : rows_) widths[i] = std::max(widths[i], width_of(row[i]));
        if (widths[i] > 0) widths[i] = std::max(widths[i], width_of(headings_[i]));
    }
    std::string text;
    const bool headed = std::any_of(headings_.begin(), headings_.end(), [](const auto& heading) { return !heading.empty(); });
    if (headed) (text.append(indent) += look.bold(line(headings_, widths))) += '\n';
    for (const auto& row : rows_) (text.append(indent) += line(row, widths)) += '\n';
    return text;
}

}  // namespace tiebreak::wire
