#include "wire/explain_audience.hpp"

#include <algorithm>

#include "wire/prose_words.hpp"

namespace tiebreak::wire {
namespace {

using namespace matching;

bool contains(const std::vector<std::string>& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

// The memberships in one of the audience's roles.
std::vector<const Membership*> in_role(const command::Provider& provider, const Audience& audience) {
    std::vector<const Membership*> found;
    for (const Membership& membership : provider.memberships)
        if (!audience.roles || contains(*audience.roles, membership.role)) found.push_back(&membership);
    return found;
}

using Place = std::optional<std::string>;

// The places that these memberships have, if none of them fits the package's; nothing if one does.
std::optional<std::vector<std::string>> places_instead(const std::vector<const Membership*>& memberships,
                                                       Place Membership::*place, const Place& of_package) {
    std::vector<std::string> places;
    for (const Membership* const membership : memberships) {
        const Place& of_membership = membership->*place;
        if (!of_membership || of_membership == of_package) return std::nullopt;
        if (!contains(places, *of_membership)) places.push_back(*of_membership);
    }
    return places;
}

void find_part(WhyNot& why, const command::Provider& provider, const Audience& audience, const command::Package& package) {
    if (provider.memberships.empty()) {
        why.part = MembershipPart::any;
        return;
    }
    const auto memberships = in_role(provider, audience);
    if (memberships.empty()) {
        why.part = MembershipPart::role;
        return;
    }
    if (audience.zone) {
        if (auto zones = places_instead(memberships, &Membership::zone, package.zone)) {
            why.part = MembershipPart::zone;
            why.held = std::move(*zones);
            return;
        }
    }
    if (audience.scheme) {
        if (auto schemes = places_instead(memberships, &Membership::scheme, package.scheme)) {
            why.part = MembershipPart::scheme;
            why.held = std::move(*schemes);
            return;
        }
    }
    why.part = MembershipPart::together;
}

// The verbs of a sentence about a provider.
struct Verbs {
    std::string_view holds, is, has, does, lacks;
};
constexpr Verbs third{"holds", "is", "has", "does", "lacks"};
constexpr Verbs second{"hold", "are", "have", "do", "lack"};

// The first few of a long list.
std::string some_of(const std::vector<std::string>& words) {
    constexpr std::size_t most = 4;
    if (words.size() <= most + 1) return listed(words);
    std::vector<std::string> some{words.begin(), words.begin() + most};
    some.push_back(std::to_string(words.size() - most) + " more");
    return listed(some);
}

std::string roles_text(const Audience& audience, const Verbs& verbs) {
    const auto& roles = *audience.roles;
    if (roles.empty()) return std::string{verbs.has} + " no role that the stage asks for, as it names none";
    if (roles.size() == 1) return std::string{verbs.does} + " not hold the role " + roles.front();
    return std::string{verbs.holds} + " none of the roles " + listed(roles, "or");
}

std::string place_text(const WhyNot& why, std::string_view kind, const Place& of_package, const Verbs& verbs) {
    const std::string holding = std::string{verbs.has} + " a fitting role in the " + std::string{kind} +
                                (why.held.size() == 1 ? " " : "s ") + some_of(why.held);
    if (of_package) return holding + ", not in " + *of_package;
    return holding + ", and the package has no " + std::string{kind};
}

std::string membership_text(const WhyNot& why, const Audience& audience, const command::Package& package,
                            const Verbs& verbs) {
    switch (why.part) {
        case MembershipPart::any: return std::string{verbs.has} + " no membership";
        case MembershipPart::role: return roles_text(audience, verbs);
        case MembershipPart::zone: return place_text(why, "zone", package.zone, verbs);
        case MembershipPart::scheme: return place_text(why, "scheme", package.scheme, verbs);
        case MembershipPart::together:
            return std::string{verbs.has} + " no single membership that fits role, zone and scheme together";
        case MembershipPart::none: break;
    }
    return std::string{verbs.has} + " no membership that fits";
}

}  // namespace

WhyNot why_not_invited(const command::Provider& provider, const Audience& audience, const command::Package& package) {
    WhyNot why;
    why.missing = fit_of(provider, audience, package).missing;
    if (why.missing == Missing::membership) find_part(why, provider, audience, package);
    if (why.missing == Missing::capability)
        for (const std::string& need : package.needs)
            if (!contains(provider.capabilities, need) && !contains(why.lacks, need)) why.lacks.push_back(need);
    return why;
}

std::string why_not_text(const WhyNot& why, const Audience& audience, const command::Package& package, Person person) {
    const Verbs& verbs = person == Person::third ? third : second;
    switch (why.missing) {
        case Missing::nothing: return {};
        case Missing::suspended: return std::string{verbs.is} + " suspended";
        case Missing::membership: return membership_text(why, audience, package, verbs);
        case Missing::service: return std::string{verbs.does} + " not serve " + package.service.value_or("the service");
        case Missing::capability: return std::string{verbs.lacks} + ' ' + listed(why.lacks);
        case Missing::confirmation: return "had not confirmed";
    }
    return {};
}

}  // namespace tiebreak::wire
