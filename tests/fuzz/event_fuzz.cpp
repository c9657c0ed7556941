// Events, as subscribers read them: one that is accepted can be printed, sorted into topics, and is the same after it has
// been written and read back.
#include <string>

#include "matching/invariant.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "wire/event_reader.hpp"
#include "wire/event_writer.hpp"
#include "wire/json_writer.hpp"
#include "wire/topics.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tiebreak;
    static wire::EventReader reader;
    static wire::EventReader second_reader;
    static wire::EventWriter writer;
    static wire::TopicList topics;
    const fuzz::OddCopy message(data, size);
    if (const auto flaw = reader.open(message.span())) {
        TIEBREAK_INVARIANT(!flaw->empty(), "a refusal says why");
        return 0;
    }
    topics.collect(reader.event());
    std::string text;
    wire::append_event(text, reader.event());
    TIEBREAK_INVARIANT(!second_reader.open(writer.write(reader.event())), "what is written can be read");
    std::string again;
    wire::append_event(again, second_reader.event());
    TIEBREAK_INVARIANT(text == again, "what is read back is the same");
    return 0;
}
