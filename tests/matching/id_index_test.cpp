#include "matching/id_index.hpp"

#include <string>
#include <unordered_map>
#include <vector>

#include <rapidcheck.h>

#include "tests/catch.hpp"

using namespace tiebreak::matching;

TEST_CASE("an index finds what was put into it and nothing else, while it grows") {
    CHECK(rc::check([](const std::vector<std::string>& ids, const std::string& other) {
        IdIndex index;
        std::vector<std::string> texts;
        std::unordered_map<std::string, std::uint32_t> naive;
        const auto text_of = [&](std::uint32_t n) -> std::string_view { return texts[n]; };
        for (const std::string& id : ids) {
            const std::uint32_t found = index.find(id, text_of);
            const auto known = naive.find(id);
            RC_ASSERT(found == (known == naive.end() ? IdIndex::none : known->second));
            if (known != naive.end()) continue;
            const auto number = static_cast<std::uint32_t>(texts.size());
            texts.push_back(id);
            naive.emplace(id, number);
            index.insert(IdIndex::hash_of(id), number);
        }
        const auto known = naive.find(other);
        RC_ASSERT(index.find(other, text_of) == (known == naive.end() ? IdIndex::none : known->second));
    }));
}

TEST_CASE("two texts with the same hash are told apart") {
    IdIndex index;
    const std::vector<std::string> texts{"a", "b"};
    const auto text_of = [&](std::uint32_t n) -> std::string_view { return texts[n]; };
    index.insert(77, 0);
    index.insert(77, 1);
    CHECK(index.find("a", 77, text_of) == 0);
    CHECK(index.find("b", 77, text_of) == 1);
    CHECK(index.find("c", 77, text_of) == IdIndex::none);
}
