// Every scenario once more, through real daemons over their sockets.
#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tests/acceptance/live_run.hpp"
#include "tests/catch.hpp"

namespace fs = std::filesystem;
using namespace tiebreak::acceptance;

namespace {

std::string report_of(const fs::path& file) {
    try {
        const auto run = run_live(read_scenario(file, TIEBREAK_PROCEDURES));
        if (run.differences.empty()) return {};
        std::string report = file.string();
        for (const auto& difference : run.differences) report += "\n  " + difference;
        return report + "\n\n  What happened:\n" + run.timeline;
    } catch (const std::exception& why) {
        return file.string() + "\n  " + why.what();
    }
}

}  // namespace

// Mostly they wait, so several are under way at a time, each with a daemon of its own.
TEST_CASE("each acceptance scenario through the live daemon over sockets has the same awards and rejections") {
    std::vector<fs::path> files;
    const fs::path pages = TIEBREAK_ACCEPTANCE_PAGES;
    for (const auto& entry : fs::recursive_directory_iterator(pages))
        if (entry.path().extension() == ".md" && entry.path().parent_path() != pages) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    REQUIRE(files.size() >= 15);

    std::vector<std::string> reports(files.size());
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> workers;
    for (int i = 0; i < 4; ++i)
        workers.emplace_back([&] {
            for (std::size_t file = next++; file < files.size(); file = next++) reports[file] = report_of(files[file]);
        });
    for (auto& worker : workers) worker.join();
    for (const auto& report : reports)
        if (!report.empty()) FAIL_CHECK(report);
    SUCCEED("all were run");
}
