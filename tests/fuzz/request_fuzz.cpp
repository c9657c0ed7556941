// Requests, as the daemon reads them: whatever is accepted must be acceptable to the engine, and be the same command again
// after it has been written and read back.
#include <variant>

#include "matching/invariant.hpp"
#include "matching/well_formed.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "wire/request_reader.hpp"
#include "wire/request_writer.hpp"

namespace {

using namespace tiebreak;

void check_same_again(std::uint64_t request_id, const matching::Command& command) {
    static wire::RequestWriter writer;
    static wire::RequestReader reader;
    TIEBREAK_INVARIANT(!reader.open(writer.write(request_id, command)), "what is written can be opened");
    matching::Command again;
    TIEBREAK_INVARIANT(!reader.decode(0, again), "what is written can be decoded");
    TIEBREAK_INVARIANT(reader.request_id() == request_id && again == command, "what is read back is the same");
}

void check_same_again(std::uint64_t request_id, const matching::command::Offer& offer) {
    static wire::RequestWriter writer;
    static wire::RequestReader reader;
    TIEBREAK_INVARIANT(!reader.open(writer.write(request_id, offer)), "what is written can be opened");
    matching::command::Offer again;
    TIEBREAK_INVARIANT(!reader.decode_offer(0, again) && again == offer, "what is read back is the same");
}

void read_commands(std::span<const std::byte> message) {
    static wire::RequestReader reader;
    if (const auto refusal = reader.open(message)) {
        TIEBREAK_INVARIANT(!refusal->sentence.empty() && reader.size() == 0, "a refusal says why");
        return;
    }
    for (std::size_t i = 0; i < reader.size(); ++i) {
        matching::Command command;
        if (const auto refusal = reader.decode(i, command)) {
            TIEBREAK_INVARIANT(!refusal->sentence.empty(), "a refusal says why");
            continue;
        }
        TIEBREAK_INVARIANT(!matching::find_flaw(command), "what is read may be given to the engine");
        check_same_again(reader.request_id(), command);
        matching::command::Offer offer;
        const bool is_offer = std::holds_alternative<matching::command::Offer>(command);
        TIEBREAK_INVARIANT(reader.is_offer(i) == is_offer, "both ways in agree on what an offer is");
        if (!is_offer) continue;
        TIEBREAK_INVARIANT(!reader.decode_offer(i, offer), "both ways in accept it");
        check_same_again(reader.request_id(), offer);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::OddCopy message(data, size);
    read_commands(message.span());
    return 0;
}
