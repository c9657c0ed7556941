// A command's reply as a line of JSON.
#pragma once

#include <cstdint>
#include <string>

#include "wire/client.hpp"

namespace tiebreak::daemon {

enum class ReceiptKind : std::uint8_t { accepted, rejected, unknown };

struct ReceiptCounts {
    std::uint64_t accepted = 0;
    std::uint64_t rejected = 0;
    std::uint64_t unknown = 0;
    void add(ReceiptKind kind) noexcept {
        ++(kind == ReceiptKind::accepted ? accepted : kind == ReceiptKind::rejected ? rejected : unknown);
    }
};

// Appends the line, with its line break, for command `index` of a request that came from line `line` of the input.
// `completed` null: nothing was heard of it.
ReceiptKind append_receipt(std::string& to, std::uint64_t line, const wire::Completed* completed, std::size_t index);

}  // namespace tiebreak::daemon
