// The fuzzer's entry over its stored corpus, so that it is built and run with every test.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/catch.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

TEST_CASE("The JSON reader keeps its promises over the stored corpus") {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator{TIEBREAK_JSON_CORPUS}) {
        std::ifstream file{entry.path(), std::ios::binary};
        const std::string text{std::istreambuf_iterator<char>{file}, {}};
        CAPTURE(entry.path());
        CHECK(LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()) == 0);
        ++files;
    }
    CHECK(files >= 14);
}

}  // namespace
