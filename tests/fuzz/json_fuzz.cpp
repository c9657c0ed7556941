// The JSON Lines reader: whatever is accepted must be acceptable to the engine, and be the same
// command again after it has been written and read back.
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "matching/invariant.hpp"
#include "matching/well_formed.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "wire/json_reader.hpp"
#include "wire/json_writer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tiebreak;
    static wire::CommandReader reader;
    static wire::CommandReader second_reader;

    // A copy of exactly this size, so that reading past its end is seen.
    const std::unique_ptr<char[]> copy{new char[size]};
    for (std::size_t i = 0; i < size; ++i) copy[i] = static_cast<char>(data[i]);
    const std::string_view line{copy.get(), size};

    const auto result = reader.read(line, wire::AtField::optional);
    if (const auto* error = std::get_if<wire::ReadError>(&result)) {
        TIEBREAK_INVARIANT(!error->sentence.empty() && error->column >= 1, "an error says why and where");
        TIEBREAK_INVARIANT(error->in_line().find('\n') == std::string::npos, "an error is one line");
        return 0;
    }
    const auto& read = std::get<wire::ReadCommand>(result);
    TIEBREAK_INVARIANT(!matching::find_flaw(read.command), "what is read may be given to the engine");

    const matching::Instant at_ns = read.at_ns.value_or(0);
    std::string written;
    wire::append_command(written, at_ns, read.command);
    const auto again = second_reader.read(written, wire::AtField::required);
    const auto* second = std::get_if<wire::ReadCommand>(&again);
    TIEBREAK_INVARIANT(second != nullptr, "what is written can be read");
    TIEBREAK_INVARIANT(second->at_ns == at_ns && second->command == read.command, "what is read back is the same");
    std::string third;
    wire::append_command(third, at_ns, second->command);
    TIEBREAK_INVARIANT(third == written, "the same value gives the same bytes");
    return 0;
}
