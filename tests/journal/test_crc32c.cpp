#include <random>
#include <string_view>
#include <vector>

#include "daemon/journal_crc32c.hpp"
#include "tests/catch.hpp"

using namespace tiebreak::daemon;

TEST_CASE("CRC32C gives the check value and the sums of RFC 3720") {
    const std::string_view check = "123456789";
    CHECK(crc32c(std::as_bytes(std::span(check))) == 0xe3069283u);
    const std::vector<std::byte> zeros(32, std::byte{0});
    const std::vector<std::byte> ones(32, std::byte{0xff});
    CHECK(crc32c(zeros) == 0x8a9136aau);
    CHECK(crc32c(ones) == 0x62a8ab43u);
    CHECK(crc32c({}) == 0);
}

TEST_CASE("the table and the processor's instruction give the same sum, whole or in parts, aligned or not") {
    std::mt19937_64 random(7);
    std::vector<std::byte> bytes(4096);
    for (auto& b : bytes) b = static_cast<std::byte>(random());
    for (int round = 0; round < 2000; ++round) {
        const std::size_t begin = random() % 64;
        const std::size_t count = random() % (bytes.size() - begin);
        const auto part = std::span<const std::byte>(bytes).subspan(begin, count);
        const std::size_t cut = random() % (count + 1);
        const auto before = static_cast<std::uint32_t>(random());
        const std::uint32_t sum = crc32c(part, before);
        REQUIRE(crc32c_by_table(part, before) == sum);
        REQUIRE(crc32c(part.subspan(cut), crc32c(part.first(cut), before)) == sum);
    }
}
