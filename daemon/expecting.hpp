// What requests of offers will need is asked for before they are handled, for many at once, so that they wait for memory together. Hints
// all of it, with no effect but on speed.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "daemon/feed.hpp"
#include "matching/commands.hpp"
#include "matching/engine.hpp"
#include "wire/limits.hpp"
#include "wire/request_reader.hpp"

namespace tiebreak::daemon {

// Whoever owns engine and feed.
class Expecting {
public:
    // So many at once: more of them push each other out of the processor's waiting lists.
    static constexpr std::size_t at_once_max = 16;

    Expecting(const matching::Engine& engine, const Feed& feed, const wire::Limits& limits) noexcept
        : engine_(engine), feed_(feed), reader_(limits) {}

    // These are handled next, in whichever messages they come.
    void offers(std::span<const matching::command::Offer> offers);
    // The same for those of the requests that are of a single offer: those of more see to themselves, and all else is rare. The requests
    // are read once more for that, which pays from two on.
    void requests(std::span<const std::span<const std::byte>> requests);

private:
    const matching::Engine& engine_;
    const Feed& feed_;
    wire::RequestReader reader_;
    std::vector<matching::command::Offer> offers_;
    std::vector<matching::PackageIndex> packages_;
};

}  // namespace tiebreak::daemon
