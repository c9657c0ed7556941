// The engine against the naive reference, on commands made of the input: both must say the same, and nothing may crash.
// An input that begins with '{' is JSON Lines, as `tiebreak replay` takes them; any other is the dice of the generator
// that random commands come from elsewhere in the tests.
#include <algorithm>
#include <cstdio>
#include <deque>
#include <string>
#include <variant>

#include "matching/invariant.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/reference/agreement.hpp"
#include "tests/reference/stream_writer.hpp"
#include "wire/json_reader.hpp"

namespace {

using namespace tiebreak;

constexpr std::size_t commands_most = 120;  // the reference looks through everything at each question

// What is no command is passed over, and a stamp before the last one counts as that one.
std::vector<reference::StampedCommand> lines(std::string_view text, std::deque<wire::ReadCommand>& owners) {
    static wire::CommandReader reader;
    std::vector<reference::StampedCommand> stream;
    matching::Instant now_ns = 0;
    while (!text.empty() && stream.size() < commands_most) {
        auto read = reader.read(text.substr(0, text.find('\n')), wire::AtField::optional);
        text.remove_prefix(std::min(text.size(), text.find('\n')));
        if (!text.empty()) text.remove_prefix(1);
        auto* const good = std::get_if<wire::ReadCommand>(&read);
        if (good == nullptr) continue;
        owners.push_back(std::move(*good));
        now_ns = std::max(now_ns, owners.back().at_ns.value_or(0));
        stream.push_back({now_ns, owners.back().command});
    }
    return stream;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    std::deque<wire::ReadCommand> owners;
    const auto stream = data[0] == '{'
                            ? lines({reinterpret_cast<const char*>(data), size}, owners)
                            : reference::StreamWriter(reference::Dice(std::span(data, size))).write(std::min(commands_most, 20 + size / 4));
    if (const auto found = reference::disagreement(stream)) {
        std::fprintf(stderr, "%s\n", found->c_str());
        TIEBREAK_INVARIANT(false, "the engine and the naive reference agree");
    }
    return 0;
}
