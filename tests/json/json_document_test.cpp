#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "wire/json_document.hpp"

namespace {

using tiebreak::wire::JsonDocument;
using Kind = JsonDocument::Kind;

std::string sentence(std::string_view text) {
    JsonDocument document;
    const auto fault = document.parse(text);
    return fault ? fault->sentence : "";
}

std::size_t offset(std::string_view text) {
    JsonDocument document;
    const auto fault = document.parse(text);
    REQUIRE(fault);
    return fault->offset;
}

TEST_CASE("Every value of a document knows its place and its text") {
    const std::string text = "{ \"a\" : [1, \"x\\u0041\", true ,null],\n\t\"b\\n\":{\"c\":-1.50e+3},\"\":\"\"} ";
    JsonDocument document;
    REQUIRE_FALSE(document.parse(text));

    struct Expected {
        const char* path;
        Kind kind;
        const char* token;
        const char* decoded;
    };
    const std::vector<Expected> all = {
        {"", Kind::object, "{ \"a\"", ""},   {"a", Kind::array, "[1", ""},         {"a[0]", Kind::number, "1,", "1"},
        {"a[1]", Kind::string, "\"x\\", "xA"}, {"a[2]", Kind::boolean, "true", ""},  {"a[3]", Kind::null, "null", ""},
        {"b\n", Kind::object, "{\"c\"", ""},  {"b\n.c", Kind::number, "-1.50e+3}", "-1.50e+3"},
    };
    for (std::size_t i = 0; i < all.size(); ++i) {
        CAPTURE(i);
        const auto index = static_cast<JsonDocument::Index>(i);
        CHECK(document.path_of(index) == all[i].path);
        CHECK(document.find(all[i].path) == index);
        CHECK(document[index].kind == all[i].kind);
        CHECK(text.substr(document[index].offset).find(all[i].token) == 0);
        CHECK(document[index].text == all[i].decoded);
    }
    CHECK(document[1].key == "a");
    CHECK(text.substr(document[1].key_offset, 3) == "\"a\"");
    CHECK(document[6].key == "b\n");
    CHECK(document[8].key.empty());
    CHECK(document.end(JsonDocument::root) == 9);
}

TEST_CASE("A path that the text does not have leads to the innermost part that it has") {
    JsonDocument document;
    REQUIRE_FALSE(document.parse(R"({"stages":[{"name":"s"},{"windows":{"a.b":"1h","a":"2h"}}]})"));
    const auto path = [&](std::string_view asked) { return document.path_of(document.find(asked)); };
    CHECK(path("stages[1].windows.a.b") == "stages[1].windows.a.b");
    CHECK(path("stages[1].windows.a") == "stages[1].windows.a");
    CHECK(path("stages[1].windows.c") == "stages[1].windows");
    CHECK(path("stages[2].name") == "stages");
    CHECK(path("stages[0].name.more") == "stages[0].name");
    CHECK(path("stages.name") == "stages");
    CHECK(path("ranking[0].by").empty());
}

TEST_CASE("Whatever is not one object is a fault, with its place") {
    CHECK(offset("") == 0);
    CHECK(offset(" \t\r\n") == 0);
    CHECK(offset("  [1]") == 2);
    CHECK(offset("{}x") == 2);
    CHECK(offset("{} {}") == 3);
    CHECK(offset("{\"a\":tru}") == 5);
    CHECK(offset("{\"a\":1,}") == 7);
    CHECK(offset("{\"a\" 1}") == 5);
    CHECK(offset("{'a':1}") == 1);
    CHECK(offset("{\"a\":01}") == 6);
    CHECK(offset("{\"a\":1 // no\n}") == 7);
    CHECK(offset("{\"a\":\"x\ny\"}") == 7);
    CHECK(offset("{\"a\":\"x") == 7);
    CHECK(offset("{\"a\":") == 5);
    CHECK(offset("{") == 1);
    CHECK(sentence("\xEF\xBB\xBF{}").find("byte order mark") != std::string::npos);
    CHECK(sentence("{}\n{}").find("nothing may follow") == 0);
    CHECK(sentence(" {} \r\n").empty());
}

TEST_CASE("Texts that are no UTF-8, and escapes that are no characters, are faults") {
    const auto* const inside = GENERATE("\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80",
                                        "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
                                        "\xF5\x80\x80\x80", "\xFF", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xC3x",
                                        "\\ud83d", "\\ud83dx", "\\ud83d\\n", "\\ud83d\\u0041", "\\ud83d\\ud83d",
                                        "\\ude00", "\\ude00\\ud83d", "\\uDEAD", "\\u12", "\\u12g4", "\\x41", "\\'");
    CAPTURE(inside);
    CHECK_FALSE(sentence("{\"a\":\"" + std::string{inside} + "\"}").empty());
    CHECK_FALSE(sentence("{\"" + std::string{inside} + "\":1}").empty());
}

TEST_CASE("Escapes are decoded, in pieces as they come") {
    JsonDocument document;
    REQUIRE_FALSE(document.parse(R"({"\u0061\"b":"\ud83d\ude00 \u00e4\/\\\b\f\n\r\t\u0000.","c":"\u0041","d":"plain"})"));
    CHECK(document[1].key == "a\"b");
    CHECK(document[1].text == std::string{"\xF0\x9F\x98\x80 \xC3\xA4/\\\b\f\n\r\t\0.", 16});
    CHECK(document[2].text == "A");
    CHECK(document[3].text == "plain");
}

TEST_CASE("Long strings of escapes are decoded whole, wherever the decoder's buffer ends") {
    JsonDocument document;
    for (std::size_t before = 0; before < 14; ++before) {
        for (const auto& [escape, decoded] : std::vector<std::pair<std::string, std::string>>{
                 {"\\ud83d\\ude00", "\xF0\x9F\x98\x80"},
                 {"\\u00e4", "\xC3\xA4"},
                 {"\\n", "\n"},
                 {"\\u00e4\xC3\xA4x", "\xC3\xA4\xC3\xA4x"}}) {
            std::string text(before, 'x');
            std::string expected = text;
            for (int i = 0; i < 20'000; ++i) {
                text += escape;
                expected += decoded;
            }
            const std::string whole = "{\"" + text + "\":\"" + text + "\",\"after\":1}";  // outlives what views it
            REQUIRE_FALSE(document.parse(whole));
            REQUIRE(document[1].key == expected);
            REQUIRE(document[1].text == expected);
            REQUIRE(document[2].key == "after");
        }
    }
}

TEST_CASE("A document is taken apart anew each time") {
    JsonDocument document;
    REQUIRE_FALSE(document.parse(R"({"a":[1,2,3]})"));
    REQUIRE(document.parse(R"({"a":[1,2)"));
    REQUIRE(document.parse(R"({"a":"\u00)"));
    REQUIRE_FALSE(document.parse(R"({"b":"\u0042"})"));
    CHECK(document.end(JsonDocument::root) == 2);
    CHECK(document[1].text == "B");
}

TEST_CASE("Depth, length and number of values have limits") {
    const auto nested = [](std::size_t depth) {
        return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + '}';
    };
    CHECK(sentence(nested(20)).empty());
    CHECK(sentence(nested(100'000)).find("deeper") != std::string::npos);

    std::string many = "{\"a\":[";
    for (std::size_t i = 0; i < tiebreak::wire::json_values_max; ++i) many += "1,";
    CHECK(sentence(many + "1]}").find("values") != std::string::npos);

    const std::string full = "{\"a\":\"" + std::string(tiebreak::wire::json_text_bytes_max - 8, 'x') + "\"}";
    CHECK(sentence(full).empty());
    CHECK(sentence(full + ' ').find("16 MiB") != std::string::npos);
}

TEST_CASE("Line and column count from one, columns in bytes") {
    const auto position = [](std::string_view text, std::size_t at) {
        const auto found = tiebreak::wire::position_of(text, at);
        return std::pair{found.line, found.column};
    };
    CHECK(position("abc", 0) == std::pair<std::size_t, std::size_t>{1, 1});
    CHECK(position("abc", 3) == std::pair<std::size_t, std::size_t>{1, 4});
    CHECK(position("a\nbc\n", 2) == std::pair<std::size_t, std::size_t>{2, 1});
    CHECK(position("a\nbc\n", 3) == std::pair<std::size_t, std::size_t>{2, 2});
    CHECK(position("a\nbc\n", 5) == std::pair<std::size_t, std::size_t>{3, 1});
}

TEST_CASE("What others wrote is quoted on one line and cut short") {
    CHECK(tiebreak::wire::quoted("ab\n\"c\"") == "\"ab??c?\"");
    CHECK(tiebreak::wire::quoted(std::string(100, 'x')) == '"' + std::string(48, 'x') + "...\"");
    std::string umlauts = "x";
    for (int i = 0; i < 50; ++i) umlauts += "\xC3\xA4";
    CHECK(tiebreak::wire::quoted(umlauts).find("\xC3.") == std::string::npos);
}

}  // namespace
