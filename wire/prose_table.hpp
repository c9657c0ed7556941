// Aligned columns and, on a terminal, a little colour.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tiebreak::wire {

// How a text for people looks. Plain and 100 columns wide unless the caller knows of a terminal.
struct Look {
    bool colours = false;
    std::size_t width = 100;

    [[nodiscard]] std::string bold(std::string_view text) const { return in("\x1b[1m", text); }
    [[nodiscard]] std::string faint(std::string_view text) const { return in("\x1b[2m", text); }
    [[nodiscard]] std::string good(std::string_view text) const { return in("\x1b[32m", text); }
    [[nodiscard]] std::string bad(std::string_view text) const { return in("\x1b[31m", text); }

private:
    [[nodiscard]] std::string in(std::string_view code, std::string_view text) const {
        if (!colours) return std::string{text};
        return std::string{code}.append(text) += "\x1b[0m";
    }
};

// What the lines of a dossier stand in from its headings.
inline constexpr std::string_view page_indent = "  ";

enum class Align : std::uint8_t { left, right };

// A table that is printed with two spaces between its columns and none at a line's end. A column without any text
// below its heading is left out.
class Table {
public:
    explicit Table(std::vector<std::string> headings);
    void align(std::size_t column, Align how);
    void add(std::vector<std::string> cells);  // one for each heading
    [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
    // Each line with `indent` before it and a line break behind.
    [[nodiscard]] std::string text(const Look& look, std::string_view indent = {}) const;

private:
    [[nodiscard]] std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) const;

    std::vector<std::string> headings_;
    std::vector<Align> aligns_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace tiebreak::wire
