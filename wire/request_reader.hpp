// Reads a Request (schema/command.fbs) from bytes that anybody may have sent.
//
// Any bytes at any address are safe to give it: nothing is read outside the message, nothing is taken for aligned,
// and the work is bounded by the message's size. A command that it yields has passed matching::find_flaw.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "matching/commands.hpp"
#include "wire/checked_table.hpp"
#include "wire/limits.hpp"
#include "wire/refusal.hpp"

namespace tiebreak::wire {

// Reusable; one thread at a time.
class RequestReader {
public:
    explicit RequestReader(const Limits& limits = {}) noexcept : limits_(limits) {}

    // Takes up `message`, which must stay unchanged for as long as this request, or a command decoded from it, is
    // used. Nothing: the request can be answered command by command. Otherwise the code for the message as a
    // whole: wrong_version, too_large or malformed; size() is then 0.
    [[nodiscard]] std::optional<Refusal> open(std::span<const std::byte> message);

    // The client's own id, also of a request that open() refused if it could be read; else 0.
    [[nodiscard]] std::uint64_t request_id() const noexcept { return request_id_; }

    // How many commands there are: at least one, at most limits.batch_commands_max, and at most an eighth of the
    // message's bytes (so that one stamp for each command fits what the gate set aside).
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    // The hot path: whether command `index` is an offer, and that offer without the variant. No allocation unless it
    // is refused. The views in `offer` point into the message.
    [[nodiscard]] bool is_offer(std::size_t index) const noexcept;
    [[nodiscard]] std::optional<Refusal> decode_offer(std::size_t index, matching::command::Offer& offer);

    // Any command, an offer too. `command` is left in some valid state if it is refused.
    // Decode each command at most once: long lists are charged to the message.
    [[nodiscard]] std::optional<Refusal> decode(std::size_t index, matching::Command& command);

private:
    [[nodiscard]] std::optional<Refusal> read(std::size_t index, std::uint8_t& kind, CheckedTable& table) const;

    Limits limits_;
    Bytes bytes_;
    CheckedVector commands_;
    std::uint64_t request_id_ = 0;
    std::size_t size_ = 0;
    std::size_t list_bytes_left_ = 0;
};

}  // namespace tiebreak::wire
