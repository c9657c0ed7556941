#include <map>
#include <set>
#include <string>
#include <variant>

#include "matching/well_formed.hpp"
#include "tests/catch.hpp"
#include "tests/json/any_command.hpp"
#include "wire/json_reader.hpp"
#include "wire/json_writer.hpp"

namespace {

using namespace tiebreak;
using tests::AnyCommand;

TEST_CASE("Every well-formed command is read back as it was written") {
    wire::CommandReader reader;
    CHECK(rc::check([&] {
        const AnyCommand any = *rc::gen::exec([] { return tests::any::command(); });
        const auto at_ns = tests::any::instant();
        RC_ASSERT(!matching::find_flaw(any.command));

        std::string line;
        wire::append_command(line, at_ns, any.command);
        const auto result = reader.read(line, wire::AtField::required);
        if (const auto* error = std::get_if<wire::ReadError>(&result)) RC_FAIL(error->in_line() + " in " + line);
        const auto& read = std::get<wire::ReadCommand>(result);
        RC_ASSERT(read.at_ns == at_ns);
        RC_ASSERT(read.command == any.command);

        std::string again;
        wire::append_command(again, at_ns, read.command);
        RC_ASSERT(again == line);
    }));
}

TEST_CASE("A written command cut short or with a byte changed is read or refused, never worse") {
    wire::CommandReader reader;
    CHECK(rc::check([&] {
        const AnyCommand any = *rc::gen::exec([] { return tests::any::command(); });
        std::string line;
        wire::append_command(line, 0, any.command);
        const auto cut = *rc::gen::inRange<std::size_t>(0, line.size());
        RC_ASSERT(std::holds_alternative<wire::ReadError>(reader.read(line.substr(0, cut), wire::AtField::required)));

        line[cut] = static_cast<char>(*rc::gen::arbitrary<std::uint8_t>());
        const auto result = reader.read(line, wire::AtField::required);
        if (const auto* read = std::get_if<wire::ReadCommand>(&result)) {
            RC_ASSERT(!matching::find_flaw(read->command));
        } else {
            RC_ASSERT(std::get<wire::ReadError>(result).column >= 1U);
            RC_ASSERT(std::get<wire::ReadError>(result).column <= line.size() + 1);
        }
    }));
}

}  // namespace
