// One `commands` record of the journal, read again as it was when it was taken.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "daemon/command_record.hpp"
#include "matching/commands.hpp"
#include "matching/instant.hpp"
#include "wire/request_reader.hpp"

namespace tiebreak::daemon {

// A record was within the limits of its time; those of now do not matter.
[[nodiscard]] inline wire::Limits any_limits() noexcept { return {wire::flatbuffer_bytes_max, std::uint32_t{1} << 31U}; }

// Reads records of a journal, or the same as an export answer carries them. Reusable.
class RecordReplayer {
public:
    RecordReplayer() : reader_(any_limits()) {}

    // Calls visit(stamp_ns, command) for each command that reached the engine, in order; `command` is valid until it
    // returns. Nothing, or what is wrong with the record.
    template <typename Visit>
    [[nodiscard]] std::optional<std::string> replay(matching::Instant stamp_ns, std::span<const std::uint32_t> skipped,
                                                    std::span<const std::byte> request, Visit&& visit) {
        if (auto refusal = reader_.open(request)) return refusal->sentence;
        // Each command has a stamp of its own, and there is one left for what comes after them.
        if (stamp_ns < 0 || static_cast<std::uint64_t>(matching::last_instant - stamp_ns) <= reader_.size())
            return "it is stamped where no clock can be";
        auto next_skipped = skipped.begin();
        for (std::uint32_t i = 0; i < reader_.size(); ++i) {
            if (next_skipped != skipped.end() && *next_skipped == i) {
                ++next_skipped;
                continue;
            }
            const matching::Instant at_ns = stamp_ns + static_cast<matching::Instant>(i);
            if (reader_.is_offer(i)) {
                matching::command::Offer offer;
                if (auto refusal = reader_.decode_offer(i, offer)) return refusal->sentence;
                visit(at_ns, offer);
            } else {
                matching::Command command;
                if (auto refusal = reader_.decode(i, command)) return refusal->sentence;
                visit(at_ns, command);
            }
        }
        return std::nullopt;
    }

    [[nodiscard]] std::size_t size() const noexcept { return reader_.size(); }  // of the last record, skipped ones included

private:
    wire::RequestReader reader_;
};

}  // namespace tiebreak::daemon
