// Queries, as the daemon reads them: one that is accepted is the same after it has been written and read back.
#include "matching/invariant.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "wire/query.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tiebreak;
    static wire::QueryReader reader;
    static wire::QueryWriter writer;
    const fuzz::OddCopy message(data, size);
    if (const auto refusal = reader.open(message.span())) {
        TIEBREAK_INVARIANT(!refusal->sentence.empty(), "a refusal says why");
        return 0;
    }
    const std::uint64_t request_id = reader.request_id();
    const wire::Query query = reader.query();
    TIEBREAK_INVARIANT(!reader.open(writer.write(request_id, query)), "what is written can be read");
    TIEBREAK_INVARIANT(reader.request_id() == request_id && reader.query() == query, "what is read back is the same");
    return 0;
}
