// Replies, as clients read them: every text of one that is accepted can be read to its end.
#include <string>

#include "matching/invariant.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "wire/reply.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tiebreak;
    static wire::ReplyReader reader;
    const fuzz::OddCopy message(data, size);
    if (const auto flaw = reader.open(message.span())) {
        TIEBREAK_INVARIANT(!flaw->empty(), "a refusal says why");
        return 0;
    }
    std::string texts{reader.code()};
    texts += reader.detail();
    for (const wire::CommandReplyView& reply : reader.replies()) texts.assign(reply.code).append(reply.detail);
    TIEBREAK_INVARIANT(reader.replies().size() <= size, "no more is read than was sent");
    return 0;
}
