// Answers, as clients read them: one that is accepted is the same after it has been written and read back, and what it
// carries (events, exported requests) is handed to the readers that a client hands it to.
#include <string>

#include "matching/invariant.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "wire/event_reader.hpp"
#include "wire/query.hpp"
#include "wire/request_reader.hpp"

namespace {

using namespace tiebreak;

void use(const wire::Answer& answer) {
    static wire::EventReader events;
    static wire::RequestReader requests;
    if (const auto* history = std::get_if<wire::answer::History>(&answer))
        for (const auto& event : history->events) static_cast<void>(events.open(event.body));
    if (const auto* exported = std::get_if<wire::answer::Export>(&answer))
        for (const auto& record : exported->records) static_cast<void>(requests.open(record.payload));
}

std::string written(std::uint64_t request_id, const wire::Answer& answer) {
    static wire::AnswerWriter writer;
    const auto bytes = writer.write(request_id, answer);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static wire::AnswerReader reader;
    const fuzz::OddCopy message(data, size);
    if (const auto flaw = reader.open(message.span())) {
        TIEBREAK_INVARIANT(!flaw->empty(), "a refusal says why");
        return 0;
    }
    const std::string texts = std::string{reader.code()} + std::string{reader.detail()};
    use(reader.answer());
    if (std::holds_alternative<std::monostate>(reader.answer())) return 0;
    const std::string once = written(reader.request_id(), reader.answer());
    TIEBREAK_INVARIANT(!reader.open(std::as_bytes(std::span(once))), "what is written can be read");
    TIEBREAK_INVARIANT(written(reader.request_id(), reader.answer()) == once, "what is read back is the same");
    return 0;
}
