// Makes each page one Catch2 test case, named by its title and tagged by its folder. The pages are read when the
// program starts, so a new one needs no build.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/acceptance/run_engine.hpp"
#include "tests/catch.hpp"
#include "tests/file_case.hpp"

namespace {

namespace fs = std::filesystem;
using namespace tiebreak::acceptance;

const fs::path pages = TIEBREAK_ACCEPTANCE_PAGES;
const fs::path procedures = TIEBREAK_PROCEDURES;

std::vector<fs::path> all_pages() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(pages))
        if (entry.path().extension() == ".md" && entry.path().parent_path() != pages) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

void carry_out(const fs::path& file) {
    const auto run = run_on_engine(read_scenario(file, procedures));
    std::string report = file.string();
    for (const auto& difference : run.differences) report += "\n  " + difference;
    if (run.differences.empty())
        SUCCEED();
    else
        FAIL(report + "\n\n  What happened:\n" + run.timeline);
}

// A page that can't be read becomes a case too: it fails by its name when it runs.
std::string title_of(const fs::path& file) {
    try {
        return read_scenario(file, procedures).title;
    } catch (const std::exception&) {
        return file.filename().string();
    }
}

const bool registered = [] {
    for (const auto& file : all_pages()) {
        const auto rule = file.parent_path().filename().string();
        tiebreak::tests::register_file_case(file, rule + ": " + title_of(file), "[acceptance][" + rule + ']',
                                            carry_out);
    }
    return true;
}();

}  // namespace

TEST_CASE("each of the fifteen rules has a scenario, and each procedure file is used by one", "[coverage]") {
    std::vector<fs::path> unused;
    for (const auto& entry : fs::directory_iterator(procedures)) unused.push_back(entry.path().stem());
    std::vector<std::string> rules;
    for (const auto& file : all_pages()) {
        const auto number = file.parent_path().filename().string().substr(0, 2);
        if (rules.empty() || rules.back() != number) rules.push_back(number);
        for (const auto& procedure : read_scenario(file, procedures).procedures)
            std::erase(unused, fs::path(procedure.id));
    }
    CHECK(rules == std::vector<std::string>{"01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12",
                                            "13", "14", "15"});
    CHECK(unused.empty());
}
