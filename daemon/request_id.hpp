// The request id out of a message that is not going to be read, so that its refusal can name it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "wire/checked_table.hpp"

namespace tiebreak::daemon {

// The first field of a request's or a query's root table; 0 if it is not there or can't be read. Any bytes are safe.
[[nodiscard]] inline std::uint64_t request_id_of(std::span<const std::byte> message) noexcept {
    constexpr std::uint16_t first_field = 4;  // in a vtable, after its own size and its table's
    const wire::Bytes bytes{message};
    wire::CheckedTable root;
    const std::size_t position = bytes.follow(0);
    std::uint64_t id = 0;
    if (position == 0 || !root.open(bytes, position)) return 0;
    return root.scalar(first_field, id) == wire::Field::present ? id : 0;
}

}  // namespace tiebreak::daemon
