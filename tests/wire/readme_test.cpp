// wire/README.md is what somebody writes a client from: what it shows must be so.
#include <fstream>
#include <sstream>
#include <string>

#include "tests/catch.hpp"
#include "tests/wire/bytes.hpp"
#include "wire/code_names.hpp"
#include "wire/request_reader.hpp"

using namespace tiebreak;
using namespace tiebreak::wire;
using namespace tiebreak::wire::test;

namespace {

std::string readme() {
    std::ifstream file{TIEBREAK_SOURCE_DIR "/wire/README.md"};
    REQUIRE(file);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

// The bytes of the block that begins with ```hex: each line an address, then bytes.
Buffer example_bytes() {
    const std::string text = readme();
    const std::size_t first = text.find("```hex\n");
    REQUIRE(first != std::string::npos);
    std::stringstream block{text.substr(first + 7, text.find("```", first + 7) - first - 7)};
    Buffer bytes;
    for (std::string line; std::getline(block, line);) {
        std::stringstream words{line.substr(4)};
        for (std::string word; words >> word;) bytes.push_back(static_cast<std::byte>(std::stoi(word, nullptr, 16)));
    }
    return bytes;
}

}  // namespace

TEST_CASE("README: the bytes of the worked example are the offer that the page says") {
    matching::command::Offer expected;
    expected.id = "O-A";
    expected.package = "K1";
    expected.provider = "A";
    expected.start_ns = 1'795'593'600'000'000'000;
    const Buffer bytes = example_bytes();
    RequestReader reader;
    REQUIRE_FALSE(reader.open(bytes));
    CHECK(reader.request_id() == 1);
    REQUIRE(reader.size() == 1);
    matching::command::Offer offer;
    REQUIRE_FALSE(reader.decode_offer(0, offer));
    CHECK(offer == expected);
}

TEST_CASE("README: every code is listed with its sentence") {
    const std::string text = readme();
    for (int i = 0; i < code_count; ++i) {
        const auto code = static_cast<matching::Code>(i);
        std::string row = "| `";
        row += matching::code_name(code);
        row += "` | ";
        row += matching::code_sentence(code);
        row += " |\n";
        INFO(row);
        CHECK(text.find(row) != std::string::npos);
    }
}
