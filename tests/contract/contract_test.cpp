// Makes each case file one Catch2 test case, named by its title and tagged by its folder. The files are read when the
// program starts, so a new case needs no build.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/contract/run_case.hpp"
#include "wire/replay.hpp"

namespace {

namespace fs = std::filesystem;
using namespace tiebreak::contract;

class CaseTest : public Catch::ITestInvoker {
public:
    explicit CaseTest(fs::path file) : file_(std::move(file)) {}

    void invoke() const override {
        const auto a_case = read_case(file_, fs::path(TIEBREAK_CONTRACT_CASES) / "preludes");
        const auto complaints = run_case(a_case, tiebreak::wire::replay);
        for (const auto& complaint : complaints) FAIL_CHECK(file_.string() + "\n  " + complaint);
        CHECK(complaints.empty());
    }

private:
    fs::path file_;
};

Catch::AutoReg register_case(const fs::path& file, const std::string& title, const std::string& topic) {
    static const Catch::SourceLineInfo here = CATCH_INTERNAL_LINEINFO;
    const auto name = topic + ": " + title;
    const auto tags = "[contract][" + topic + ']';
#if defined(CATCH_VERSION_MAJOR) && CATCH_VERSION_MAJOR >= 3
    auto invoker = Catch::Detail::unique_ptr<Catch::ITestInvoker>(new CaseTest(file));
    return Catch::AutoReg(std::move(invoker), here, Catch::StringRef(), Catch::NameAndTags{name, tags});
#else
    return Catch::AutoReg(new CaseTest(file), here, Catch::StringRef(), Catch::NameAndTags{name, tags});
#endif
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
    for (const auto& file : files) register_case(file, title_of(file), file.parent_path().filename().string());
    return true;
}();

}  // namespace
