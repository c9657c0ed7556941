// Makes each case file one Catch2 test case, named by its title and tagged by its folder. The files are read when the
// program starts, so a new case needs no build.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/contract/run_case.hpp"
#include "tests/file_case.hpp"
#include "wire/replay.hpp"

namespace {

namespace fs = std::filesystem;
using namespace tiebreak::contract;

void run(const fs::path& file) {
    const auto a_case = read_case(file, fs::path(TIEBREAK_CONTRACT_CASES) / "preludes");
    const auto complaints = run_case(a_case, tiebreak::wire::replay);
    for (const auto& complaint : complaints) FAIL_CHECK(file.string() + "\n  " + complaint);
    CHECK(complaints.empty());
}

// A file that can't be read becomes a case too: it fails by its name when it runs.
std::string title_of(const fs::path& file) {
    try {
        return read_case(file, fs::path(TIEBREAK_CONTRACT_CASES) / "preludes").title;
    } catch (const BadFixture&) {
        return file.filename().string();
    }
}

const bool registered = [] {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(TIEBREAK_CONTRACT_CASES))
        if (entry.path().extension() == ".case") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        const auto topic = file.parent_path().filename().string();
        tiebreak::tests::register_file_case(file, topic + ": " + title_of(file), "[contract][" + topic + ']', run);
    }
    return true;
}();

}  // namespace
