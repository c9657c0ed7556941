// Buffers that FlatBuffers' own Verifier checks: what comes from the daemon, and queries, whose schemas have no lists
// in lists that would let a small message cost much.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include <flatbuffers/flatbuffers.h>

#include "wire/limits.hpp"
#include "wire/message_kind.hpp"

namespace tiebreak::wire {

// Copies the message into `buffer`, because a frame of ZeroMQ may start at any address and the Verifier looks at
// offsets only, and verifies it there. Null unless it is a sound Root with that identifier.
template <class Root>
[[nodiscard]] const Root* verified_copy(std::span<const std::byte> message, std::string_view identifier,
                                        std::vector<std::uint64_t>& buffer) {
    if (message.size() > answer_bytes_max || identifier_of(message) != identifier) return nullptr;
    buffer.resize((message.size() + 7) / 8);
    std::memcpy(buffer.data(), message.data(), message.size());
    flatbuffers::Verifier::Options options;
    options.max_depth = verifier_depth_max;
    options.max_tables = verifier_tables_max;
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(buffer.data());
    flatbuffers::Verifier verifier{bytes, message.size(), options};
    if (!verifier.VerifyBuffer<Root>(nullptr)) return nullptr;
    return flatbuffers::GetRoot<Root>(bytes);
}

[[nodiscard]] inline std::string_view view_of(const flatbuffers::String* text) noexcept {
    return text == nullptr ? std::string_view{} : std::string_view{text->data(), text->size()};
}

}  // namespace tiebreak::wire
