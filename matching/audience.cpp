#include "matching/audience.hpp"

#include <algorithm>
#include <bit>

namespace tiebreak::matching {
namespace {

constexpr Seat empty_slot = 0xffff'ffff;

// A membership without a zone (or scheme) fits every one; a package without one is fitted only by those.
bool fits_place(const std::optional<std::string>& of_membership, const std::optional<std::string>& of_package) {
    return !of_membership || of_membership == of_package;
}

bool fits_places(const Membership& membership, const Audience& audience, const command::Package& package) {
    return (!audience.zone || fits_place(membership.zone, package.zone)) &&
           (!audience.scheme || fits_place(membership.scheme, package.scheme));
}

// The first of the audience's roles under which some membership fits, or nothing.
std::optional<std::uint32_t> fitting_role(const command::Provider& provider, const Audience& audience,
                                          const command::Package& package) {
    const auto& memberships = provider.memberships;
    if (!audience.roles) {
        const bool names_nothing = !audience.zone && !audience.scheme;
        if (memberships.empty()) return names_nothing ? std::optional<std::uint32_t>{0} : std::nullopt;
        const bool fits = std::any_of(memberships.begin(), memberships.end(),
                                      [&](const Membership& m) { return fits_places(m, audience, package); });
        return fits ? std::optional<std::uint32_t>{0} : std::nullopt;
    }
    for (std::size_t role = 0; role < audience.roles->size(); ++role)
        for (const Membership& membership : memberships)
            if (membership.role == (*audience.roles)[role] && fits_places(membership, audience, package))
                return static_cast<std::uint32_t>(role);
    return std::nullopt;
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

bool serves(const command::Provider& provider, const command::Package& package) {
    return !package.service || !provider.services || contains(*provider.services, *package.service);
}

bool meets_needs(const command::Provider& provider, const command::Package& package) {
    return std::all_of(package.needs.begin(), package.needs.end(),
                       [&](const std::string& need) { return contains(provider.capabilities, need); });
}

}  // namespace

Fit fit_of(const command::Provider& provider, const Audience& audience, const command::Package& package) {
    if (provider.suspended) return {Missing::suspended, 0};
    const auto role = fitting_role(provider, audience, package);
    if (!role) return {Missing::membership, 0};
    if (!serves(provider, package)) return {Missing::service, 0};
    if (!meets_needs(provider, package)) return {Missing::capability, 0};
    return {Missing::nothing, *role};
}

Invited::Invited(std::vector<Guest> guests) : guests_(std::move(guests)) {
    slots_.assign(std::bit_ceil(guests_.size() * 2 + 1), empty_slot);
    ids_.reserve(guests_.size());
    for (Seat seat = 0; seat < guests_.size(); ++seat) {
        ids_.push_back(guests_[seat].id);
        std::size_t i = home_of(guests_[seat].provider);
        while (slots_[i] != empty_slot) i = (i + 1) & (slots_.size() - 1);
        slots_[i] = seat;
    }
}

std::size_t Invited::home_of(ProviderIndex provider) const noexcept {
    return (provider * 0x9e37'79b9U >> 7U) & (slots_.size() - 1);
}

std::optional<Seat> Invited::seat_of(ProviderIndex provider) const noexcept {
    for (std::size_t i = home_of(provider); slots_[i] != empty_slot; i = (i + 1) & (slots_.size() - 1))
        if (guests_[slots_[i]].provider == provider) return slots_[i];
    return std::nullopt;
}

}  // namespace tiebreak::matching
