// Who is invited to a stage. The audience is fixed when the stage opens.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "matching/book.hpp"
#include "matching/commands.hpp"
#include "matching/events.hpp"

namespace tiebreak::matching {

// What part of an audience a provider misses; `nothing` if it is invited.
enum class Missing : std::uint8_t {
    nothing,
    suspended,   // the provider is suspended
    membership,  // no membership fits role, zone and scheme together
    service,     // it does not serve the package's service
    capability,  // it lacks one of the package's needs
    confirmation,  // it did not confirm in the confirm stage
};

struct Fit {
    Missing missing = Missing::nothing;
    // The first of the audience's roles that the provider fits, as a place in its list; 0 where it names none.
    std::uint32_t role = 0;
};

// Whether a provider fits an audience for a package, its confirmation aside.
[[nodiscard]] Fit fit_of(const command::Provider& provider, const Audience& audience, const command::Package& package);

// The invited providers of one stage, each at a seat. Immutable; shared by packages that invite the same ones.
class Invited {
public:
    struct Guest {
        ProviderIndex provider = no_index;
        std::uint32_t role = 0;  // see Fit
        std::string_view id;     // the registry's own text
    };
    // The guests sorted by id.
    explicit Invited(std::vector<Guest> guests);

    [[nodiscard]] std::size_t size() const noexcept { return guests_.size(); }
    [[nodiscard]] const Guest& at(Seat seat) const noexcept { return guests_[seat]; }
    [[nodiscard]] std::optional<Seat> seat_of(ProviderIndex provider) const noexcept;
    [[nodiscard]] const std::vector<std::string_view>& ids() const noexcept { return ids_; }

private:
    [[nodiscard]] std::size_t home_of(ProviderIndex provider) const noexcept;

    std::vector<Guest> guests_;
    std::vector<std::string_view> ids_;
    std::vector<Seat> slots_;  // open addressing by provider; a power of two, at most half full
};

}  // namespace tiebreak::matching
