// The citizen's choice: the shortlist, the window, and what an alternative must meet.
#include <algorithm>

#include "matching/engine_state.hpp"

namespace tiebreak::matching {

// Asks the citizen, where the procedure says so: two or more offers are equal at the top, or an alternative is allowed
// and there are two or more offers in all. False if nobody is asked.
bool Engine::State::open_choice(PackageRecord& package, Instant at_ns) {
    Deciding& deciding = package.deciding;
    const Criterion* const choice = deciding.order.choice();
    if (choice == nullptr || deciding.ranking.empty()) return false;

    const Candidate& best = deciding.ranking.front();
    std::vector<std::string_view> offers;
    std::vector<std::string_view> providers;
    for (const Candidate& candidate : deciding.ranking) {
        if (candidate.offer != best.offer && !deciding.order.equal_before_choice(best.key, candidate.key)) continue;
        const OfferRecord& offer = offers_.at(candidate.offer);
        deciding.shortlist.push_back(candidate.offer);
        offers.push_back(offer.id());
        providers.push_back(providers_.id(offer.provider));
    }
    if (deciding.shortlist.size() < 2 && !(choice->alternative && deciding.ranking.size() >= 2)) {
        deciding.shortlist.clear();
        return false;
    }
    start_waiting(package, Phase::choice);
    wait_until(package, end_of_window(at_ns, choice->choice_window_ns));
    emit(at_ns, event::Shortlisted{package.content.id, offers, providers, package.deadline_ns}, &package);
    return true;
}

// An offer left ranking and shortlist. A shortlist that would no longer be put to the citizen ends the choice.
void Engine::State::shortlist_withdrawn(PackageRecord& package, OfferIndex offer) {
    Deciding& deciding = package.deciding;
    std::erase(deciding.shortlist, offer);
    const bool alternative = deciding.order.choice()->alternative.has_value();
    const bool still_put =
        alternative ? !deciding.shortlist.empty() && deciding.ranking.size() >= 2 : deciding.shortlist.size() >= 2;
    if (!still_put) end_choice(package, no_index, now_ns_);
}

// Ends the choice with the citizen's pick, or with none: then what is left ranks on.
void Engine::State::end_choice(PackageRecord& package, OfferIndex chosen, Instant at_ns) {
    stop_waiting(package);
    package.deciding.shortlist.clear();
    package.deciding.chosen = chosen;
    come_up(package, at_ns);
}

namespace {

// The provider has a membership as the on-site provider of the package's very scheme.
bool is_on_site(const command::Provider& provider, const command::Package& package) {
    return package.scheme && std::any_of(provider.memberships.begin(), provider.memberships.end(), [&](const Membership& m) {
               return m.role == "on_site" && m.scheme == package.scheme;
           });
}

bool above_standard_fee(const OfferRecord& offer, const command::Package& package) {
    return offer.price() && package.standard_fee_pence && *offer.price() > *package.standard_fee_pence;
}

}  // namespace

// The first condition of an alternative that the provider does not meet, as things are registered now.
std::optional<Code> Engine::State::unmet_condition(const PackageRecord& package, const OfferRecord& offer,
                                                   const command::Choice& choice) const {
    const command::Provider& provider = providers_.at(offer.provider).content;
    for (const AlternativeCondition condition : *package.deciding.order.choice()->alternative) {
        switch (condition) {
            case AlternativeCondition::not_inadequate:
                if (provider.cqc == "inadequate") return Code::cqc_inadequate;
                break;
            case AlternativeCondition::direct_payment:
                if (!package.content.direct_payment) return Code::no_direct_payment;
                break;
            case AlternativeCondition::on_site:
                if (!is_on_site(provider, package.content)) return Code::not_on_site;
                break;
            case AlternativeCondition::top_up:
                if (above_standard_fee(offer, package.content) && !choice.top_up_agreed.value_or(false))
                    return Code::top_up_not_agreed;
                break;
        }
    }
    return std::nullopt;
}

void Engine::State::on(const command::Choice& command) {
    const Named named{.package = command.package, .provider = command.provider};
    const auto refuse_with = [&](Code code) { reject("choice", code, named); };
    PackageRecord* const package = find_package(command.package);
    if (package == nullptr) return refuse_with(Code::unknown_package);
    const ProviderIndex provider = command.provider ? providers_.find(*command.provider) : no_index;
    if (command.provider && provider == no_index) return refuse_with(Code::unknown_provider);
    if (package->phase != Phase::choice) return refuse_with(Code::no_choice_open);
    if (!command.provider) return end_choice(*package, no_index, now_ns_);

    const Deciding& deciding = package->deciding;
    OfferIndex named_offer = no_index;
    for (const Candidate& candidate : deciding.ranking)
        if (offers_.at(candidate.offer).provider == provider) named_offer = candidate.offer;
    const bool shortlisted = std::find(deciding.shortlist.begin(), deciding.shortlist.end(), named_offer) != deciding.shortlist.end();
    const bool alternative = !shortlisted && named_offer != no_index && command.alternative.value_or(false) &&
                             deciding.order.choice()->alternative.has_value();
    if (!shortlisted && !alternative) return refuse_with(Code::not_shortlisted);
    if (providers_.suspended(provider)) return refuse_with(Code::suspended);
    if (alternative)
        if (const auto code = unmet_condition(*package, offers_.at(named_offer), command)) return refuse_with(*code);
    end_choice(*package, named_offer, now_ns_);
}

}  // namespace tiebreak::matching
