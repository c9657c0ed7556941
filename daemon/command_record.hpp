// What a `commands` record of the journal holds: which commands of the request are to be skipped, and the request as it was received.
//
//   u32 n, little-endian; n times u32, the indices of the skipped commands, rising; then the bytes of the request
//
// Skipped are those that were refused before they reached the engine, as malformed or because a limit was reached. Every other command is
// applied again by a replay, also one that the rules rejected: its `rejected` event has a sequence of its own.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

namespace tiebreak::daemon {

static_assert(std::endian::native == std::endian::little, "the record is written as it lies in memory");

struct CommandRecord {
    std::vector<std::uint32_t> skipped;
    std::span<const std::byte> request;
};

// The request alone. Nothing if the payload can't be such a record.
[[nodiscard]] inline std::optional<std::span<const std::byte>> request_of_record(std::span<const std::byte> payload) noexcept {
    std::uint32_t count = 0;
    if (payload.size() < sizeof count) return std::nullopt;
    std::memcpy(&count, payload.data(), sizeof count);
    payload = payload.subspan(sizeof count);
    if (payload.size() / sizeof count < count) return std::nullopt;
    return payload.subspan(count * sizeof count);
}

// Nothing if the payload can't be one.
[[nodiscard]] inline std::optional<CommandRecord> read_command_record(std::span<const std::byte> payload) {
    const auto request = request_of_record(payload);
    if (!request) return std::nullopt;
    CommandRecord record;
    record.request = *request;
    record.skipped.resize((payload.size() - request->size()) / sizeof(std::uint32_t) - 1);
    if (!record.skipped.empty())
        std::memcpy(record.skipped.data(), payload.data() + sizeof(std::uint32_t), record.skipped.size() * sizeof(std::uint32_t));
    return record;
}

}  // namespace tiebreak::daemon
