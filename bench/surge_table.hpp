// A table with a heading, written as aligned Markdown or as HTML.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tiebreak::bench {

// The first row is the heading; the first column names, the others hold figures.
struct TextTable {
    std::vector<std::vector<std::string>> rows;
    void row(std::vector<std::string> cells) { rows.push_back(std::move(cells)); }
};

// Columns are padded, so that it reads well on a terminal too.
[[nodiscard]] std::string as_markdown(const TextTable& table);
[[nodiscard]] std::string as_html(const TextTable& table);

// With what means something in HTML escaped.
[[nodiscard]] std::string html_text(const std::string& text);

}  // namespace tiebreak::bench
