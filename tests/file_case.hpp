// Test cases that are files: each file becomes a Catch2 case when the program starts.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include "tests/catch.hpp"

namespace tiebreak::tests {

class FileCase : public Catch::ITestInvoker {
public:
    using Run = std::function<void(const std::filesystem::path&)>;
    FileCase(std::filesystem::path file, Run run) : file_(std::move(file)), run_(std::move(run)) {}
    void invoke() const override { run_(file_); }

private:
    std::filesystem::path file_;
    Run run_;
};

// To be called before main: from the initialiser of a constant at namespace scope.
inline void register_file_case(const std::filesystem::path& file, const std::string& name, const std::string& tags,
                               FileCase::Run run) {
    static const Catch::SourceLineInfo here = CATCH_INTERNAL_LINEINFO;
#if defined(CATCH_VERSION_MAJOR) && CATCH_VERSION_MAJOR >= 3
    Catch::AutoReg(Catch::Detail::unique_ptr<Catch::ITestInvoker>(new FileCase(file, std::move(run))), here,
                   Catch::StringRef(), Catch::NameAndTags{name, tags});
#else
    Catch::AutoReg(new FileCase(file, std::move(run)), here, Catch::StringRef(), Catch::NameAndTags{name, tags});
#endif
}

}  // namespace tiebreak::tests
