// Which requests may be sent again without changing what they mean.
//
// The daemon takes an offer, package, procedure or provider that comes twice with the same content as once, so these
// may be repeated, but only as long as nothing was sent in between that they could undo: an offer that is really the
// older one must not replace a newer one, nor an old registration a newer one. All other commands may not be repeated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "matching/commands.hpp"

namespace tiebreak::wire {

// What a request is about, as hashes. Two things with the same hash only make the guard more careful.
struct Subjects {
    bool repeatable = true;            // by the kinds of its commands
    std::vector<std::uint64_t> touched;  // what a repeat of it, or of an earlier request, could collide with
};

[[nodiscard]] Subjects subjects_of(std::span<const matching::Command> commands);
[[nodiscard]] Subjects subjects_of(std::span<const matching::command::Offer> offers);

class RepeatGuard {
public:
    // Requests are noted in the order in which they are sent; ids rise.
    void note(std::uint64_t request_id, const Subjects& subjects);

    // Whether nothing that this request touches was touched by a later one.
    [[nodiscard]] bool may_repeat(std::uint64_t request_id, const Subjects& subjects) const;

    // Forgets what no request from `oldest_request_id` on can need any more.
    void prune(std::uint64_t oldest_request_id);
    [[nodiscard]] std::size_t size() const noexcept { return latest_.size(); }

private:
    std::unordered_map<std::uint64_t, std::uint64_t> latest_;  // subject -> the last request that touched it
};

}  // namespace tiebreak::wire
