// Random procedures, providers and packages out of few words, so that they often meet: two roles (and `on_site`), two
// zones, two schemes, a handful of scores, prices and instants. Every one is well-formed.
#pragma once

#include <string>
#include <string_view>

#include "matching/commands.hpp"
#include "matching/instant.hpp"
#include "tests/reference/dice.hpp"

namespace tiebreak::reference {

// What the instants of one stream are made of.
struct Clockwork {
    matching::Instant begin_ns = 0;   // of the stream
    matching::Duration tick_ns = 0;   // windows are a few ticks, so that deadlines coincide
    matching::Instant starts_ns = 0;  // offers start here or a few ticks later: beyond the stream's own end

    // `ticks` after `from_ns`, or before it; kept within the instants there are.
    [[nodiscard]] matching::Instant after(matching::Instant from_ns, std::int64_t ticks) const;
};

[[nodiscard]] matching::command::Procedure random_procedure(Dice& dice, const Clockwork& clockwork,
                                                            std::string_view id, matching::Instant now_ns);
[[nodiscard]] matching::command::Provider random_provider(Dice& dice, const Clockwork& clockwork, std::string_view id,
                                                          matching::Instant now_ns);
// The same provider with one thing or another changed; sometimes the very same.
[[nodiscard]] matching::command::Provider changed(Dice& dice, const Clockwork& clockwork,
                                                  matching::command::Provider provider, matching::Instant now_ns);
[[nodiscard]] matching::command::Package random_package(Dice& dice, const Clockwork& clockwork, std::string_view id,
                                                        std::string_view procedure);

}  // namespace tiebreak::reference
