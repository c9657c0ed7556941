// A scenario's page as Markdown: a title, a quotation with its source, prose, and under each heading bullets and
// tables. No meaning yet.
#pragma once

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tiebreak::acceptance {

// A page that breaks the form: "file:line: why".
class BadScenario : public std::runtime_error {
public:
    BadScenario(const std::filesystem::path& file, std::size_t line, const std::string& why)
        : std::runtime_error(file.string() + ':' + std::to_string(line) + ": " + why) {}
};

// What is wrong with one cell or bullet; whoever knows its line turns it into a BadScenario.
class BadWords : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct Bullet {
    std::size_t line = 0;
    std::string text;
};

struct Row {
    std::size_t line = 0;
    std::vector<std::string> cells;  // as many as the table has columns
};

struct Table {
    std::filesystem::path file;
    std::size_t line = 0;
    std::vector<std::string> columns;
    std::vector<Row> rows;

    // Throws BadScenario unless the columns are the required ones and any of the optional ones, each once.
    void check_columns(std::initializer_list<std::string_view> required,
                       std::initializer_list<std::string_view> optional) const;
    [[nodiscard]] bool has(std::string_view column) const;
    // The cell without its spaces; empty where there is no such column, or the cell is a dash.
    [[nodiscard]] std::string_view cell(const Row& row, std::string_view column) const;
};

struct Section {
    std::size_t line = 0;
    std::string heading;
    std::vector<Bullet> bullets;
    std::vector<Table> tables;
};

struct Page {
    std::filesystem::path file;
    std::string title;
    std::vector<Section> sections;

    [[nodiscard]] const Section* find(std::string_view heading) const;
};

// Throws BadScenario. The page must have a title, and a quotation whose last paragraph, after a dash, names document and
// clause.
[[nodiscard]] Page read_page(const std::filesystem::path& file);

[[nodiscard]] std::string_view trimmed(std::string_view text);
// The parts between the separators, without spaces around them; of an empty text none.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, std::string_view separator);

}  // namespace tiebreak::acceptance
