// libFuzzer's entry for what clients read: events, replies and answers. An event that is accepted can be printed,
// sorted into topics, and is the same after it has been written and read back.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

#include "matching/invariant.hpp"
#include "wire/event_reader.hpp"
#include "wire/event_writer.hpp"
#include "wire/json_writer.hpp"
#include "wire/query.hpp"
#include "wire/reply.hpp"
#include "wire/topics.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using namespace tiebreak;

void read_event(std::span<const std::byte> message) {
    static wire::EventReader reader;
    static wire::EventReader second_reader;
    static wire::EventWriter writer;
    static wire::TopicList topics;
    if (const auto flaw = reader.open(message)) {
        TIEBREAK_INVARIANT(!flaw->empty(), "a refusal says why");
        return;
    }
    topics.collect(reader.event());
    std::string text;
    wire::append_event(text, reader.event());
    TIEBREAK_INVARIANT(!second_reader.open(writer.write(reader.event())), "what is written can be read");
    std::string again;
    wire::append_event(again, second_reader.event());
    TIEBREAK_INVARIANT(text == again, "what is read back is the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::unique_ptr<std::byte[]> copy{new std::byte[size + 1]};
    if (size != 0) std::memcpy(copy.get() + 1, data, size);
    const std::span<const std::byte> message{copy.get() + 1, size};
    read_event(message);
    static wire::ReplyReader reply;
    static_cast<void>(reply.open(message));
    static wire::AnswerReader answer;
    static_cast<void>(answer.open(message));
    return 0;
}
