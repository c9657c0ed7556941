#include <fstream>
#include <sstream>

#include "tests/catch.hpp"
#include "tests/journal/fixture.hpp"

using namespace tiebreak;
using namespace tiebreak::daemon;
using namespace tiebreak::tests;

namespace {

std::string hexadecimal(std::span<const std::byte> bytes) {
    constexpr std::string_view figures = "0123456789abcdef";
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 16) {
        const auto line = bytes.subspan(at, 16);
        if (std::all_of(line.begin(), line.end(), [](std::byte b) { return b == std::byte{0}; })) continue;
        for (int shift = 20; shift >= 0; shift -= 4) text += figures[(at >> shift) & 15];
        text += ' ';
        for (const std::byte b : line) {
            text += ' ';
            text += figures[std::to_integer<std::size_t>(b >> 4)];
            text += figures[std::to_integer<std::size_t>(b & std::byte{15})];
        }
        text += '\n';
    }
    return text;
}

std::string example_in(const std::string& file) {
    std::ifstream stream(file);
    REQUIRE(stream);
    std::stringstream all;
    all << stream.rdbuf();
    const std::string page = all.str();
    const std::string fence = "```\n";
    const auto begin = page.find(fence) + fence.size();
    return page.substr(begin, page.find(fence, begin) - begin);
}

}  // namespace

TEST_CASE("the worked example in JOURNAL.md is what is written, byte for byte") {
    SimulatedDisk disk(1);
    Listener listener;
    JournalOptions options = small_options();
    std::uint64_t asked = 0;
    options.random = [&] { return asked++ == 0 ? 0x1122334455667788u : 0x99aabbccddeeff00u; };
    const auto commit = open_commit(disk, listener, options);
    REQUIRE(commit);
    constexpr std::int64_t eight_ns = 1'795'420'800'000'000'000;  // 2026-11-23T08:00:00Z
    REQUIRE(commit->append(RecordKind::genesis, eight_ns, bytes_of("genesis")));
    REQUIRE(commit->commit_once());
    REQUIRE(commit->append(RecordKind::commands, eight_ns + 1, bytes_of("an offer")));
    REQUIRE(commit->append(RecordKind::commands, eight_ns + 2, bytes_of("another offer")));
    REQUIRE(commit->commit_once());
    REQUIRE_FALSE(commit->flush_and_stop());
    CHECK(hexadecimal(disk.content(journal_directory / segment_name(1))) ==
          example_in(TIEBREAK_SOURCE_DIR "/daemon/JOURNAL.md"));
}
