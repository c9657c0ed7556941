// Why a provider is not asked in a stage: which part of the audience it misses, and what it has instead.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "matching/audience.hpp"
#include "matching/commands.hpp"
#include "matching/procedure.hpp"

namespace tiebreak::wire {

// Where no membership fits: the first part that none of those left does.
enum class MembershipPart : std::uint8_t { none, any, role, zone, scheme, together };

struct WhyNot {
    matching::Missing missing = matching::Missing::nothing;
    MembershipPart part = MembershipPart::none;  // where `missing` is membership
    std::vector<std::string> held;   // the zones (or schemes) that its memberships in a fitting role do have
    std::vector<std::string> lacks;  // the needs that it has no capability for
    bool operator==(const WhyNot&) const = default;
};

// As matching::fit_of says, and in more detail. `nothing` if the provider fits; then only a confirmation can be
// missing, which is the caller's to know.
[[nodiscard]] WhyNot why_not_invited(const matching::command::Provider& provider, const matching::Audience& audience,
                                     const matching::command::Package& package);

// Whom a sentence speaks of: "holds ..." or "you hold ...".
enum class Person : std::uint8_t { third, second };

// "holds none of the roles strategic or zonal", "is zonal in homecare-02, not in oxford", "lacks live-in"; in the second
// person without "you": "hold none of ...". Empty if nothing is missing.
[[nodiscard]] std::string why_not_text(const WhyNot& why, const matching::Audience& audience,
                                       const matching::command::Package& package, Person person);

}  // namespace tiebreak::wire
