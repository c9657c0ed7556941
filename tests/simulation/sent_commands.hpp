// What a request says beside its offers, for checkers that learn from what was sent.
#pragma once

#include <cstddef>
#include <span>

#include "matching/commands.hpp"
#include "wire/request_reader.hpp"

namespace tiebreak::simulation {

// Visits every readable command of the request that is no offer, in order; of a request that can't be read, none. The command is valid
// during the visit.
template <typename Visit>
void for_each_but_offers(wire::RequestReader& reader, std::span<const std::byte> request, const Visit& visit) {
    if (reader.open(request)) return;
    for (std::size_t i = 0; i < reader.size(); ++i) {
        if (reader.is_offer(i)) continue;
        matching::Command sent;
        if (!reader.decode(i, sent)) visit(sent);
    }
}

}  // namespace tiebreak::simulation
