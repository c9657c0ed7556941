// libFuzzer's entry for requests: whatever is accepted must be acceptable to the engine, and be the same command again
// after it has been written and read back. The bytes lie at an odd address, as a frame of ZeroMQ may.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

#include "matching/invariant.hpp"
#include "matching/well_formed.hpp"
#include "wire/query.hpp"
#include "wire/request_reader.hpp"
#include "wire/request_writer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

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

void read_query(std::span<const std::byte> message) {
    static wire::QueryReader reader;
    static wire::QueryWriter writer;
    if (reader.open(message)) return;
    const std::uint64_t request_id = reader.request_id();
    const wire::Query query = reader.query();
    TIEBREAK_INVARIANT(!reader.open(writer.write(request_id, query)), "what is written can be read");
    TIEBREAK_INVARIANT(reader.request_id() == request_id && reader.query() == query, "what is read back is the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::unique_ptr<std::byte[]> copy{new std::byte[size + 1]};
    if (size != 0) std::memcpy(copy.get() + 1, data, size);
    const std::span<const std::byte> message{copy.get() + 1, size};
    read_commands(message);
    read_query(message);
    return 0;
}
