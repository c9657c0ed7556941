#include "tests/reference/coverage.hpp"

#include <algorithm>
#include <iterator>
#include <variant>

namespace tiebreak::reference {

namespace event = matching::event;

namespace {

// The reject codes that come from the engine.
constexpr std::string_view engine_codes[] = {
#define TIEBREAK_CODE_NAME(name, sentence) #name,
    TIEBREAK_ENGINE_CODES(TIEBREAK_CODE_NAME)
#undef TIEBREAK_CODE_NAME
};

constexpr std::string_view decided_by[] = {
    "earliest_start",    "highest_quality", "highest_feedback", "lowest_price", "earliest_response",
    "citizen_choice",    "first_offer",     "refusal",          "only_offer"};
constexpr std::string_view close_causes[] = {"deadline", "all_answered", "first_offer"};
constexpr std::string_view withdraw_causes[] = {"withdrawn", "declined", "suspended"};
constexpr std::string_view unawarded_reasons[] = {"no_offers", "approval_refused", "refused"};
constexpr std::string_view met[] = {"absent", "false", "true"};
constexpr std::string_view others[] = {
    "offer_accepted supersedes",  "offer_accepted duplicate",   "offer_accepted duplicate supersedes",
    "offer_accepted withdrawn",   "shortlisted one",            "shortlisted three or more",
    "approval_pending no offer",  "awarded to an alternative",  "awarded ranking of three or more",
    "stage_closed without offers", "standing refused"};

template <typename Enum>
std::size_t place(Enum value) {
    return static_cast<std::size_t>(value);
}

std::string joined(std::string_view a, std::string_view b) { return std::string{a} + ' ' + std::string{b}; }

}  // namespace

Coverage::Coverage() {
    for (const std::string_view name : matching::event_names) counts_[std::string{name}] = 0;
    for (const std::string_view name : engine_codes) counts_[joined("rejected", name)] = 0;
    for (const std::string_view name : decided_by) counts_[joined("decided_by", name)] = 0;
    for (std::size_t i = 0; i < 6; ++i) counts_[joined("lost_on", decided_by[i])] = 0;
    for (const std::string_view name : close_causes) counts_[joined("stage_closed", name)] = 0;
    for (const std::string_view name : withdraw_causes) counts_[joined("offer_withdrawn", name)] = 0;
    for (const std::string_view name : unawarded_reasons) counts_[joined("unawarded", name)] = 0;
    for (const std::string_view name : met) counts_[joined("met", name)] = 0;
    for (const std::string_view name : others) counts_[std::string{name}] = 0;
}

void Coverage::on_event(const matching::Event& event) {
    ++counts_[std::string{matching::event_names[event.body.index()]}];
    const auto reached = [this](std::string_view name, bool so = true) {
        if (so) ++counts_.at(std::string{name});
    };
    if (const auto* e = std::get_if<event::Rejected>(&event.body)) {
        reached(joined("rejected", matching::code_name(e->code)));
    } else if (const auto* accepted = std::get_if<event::OfferAccepted>(&event.body)) {
        reached("offer_accepted supersedes", accepted->supersedes.has_value());
        reached("offer_accepted duplicate", accepted->duplicate);
        reached("offer_accepted duplicate supersedes", accepted->duplicate && accepted->supersedes);
        reached("offer_accepted withdrawn", accepted->withdrawn);
    } else if (const auto* withdrawn = std::get_if<event::OfferWithdrawn>(&event.body)) {
        reached(joined("offer_withdrawn", withdraw_causes[place(withdrawn->cause)]));
    } else if (const auto* closed = std::get_if<event::StageClosed>(&event.body)) {
        reached(joined("stage_closed", close_causes[place(closed->cause)]));
        reached("stage_closed without offers", closed->offers == 0);
    } else if (const auto* shortlisted = std::get_if<event::Shortlisted>(&event.body)) {
        reached("shortlisted one", shortlisted->offers.size() == 1);
        reached("shortlisted three or more", shortlisted->offers.size() >= 3);
        shortlists_[std::string{shortlisted->package}] = {shortlisted->providers.begin(), shortlisted->providers.end()};
    } else if (const auto* pending = std::get_if<event::ApprovalPending>(&event.body)) {
        reached("approval_pending no offer", !pending->offer);
    } else if (const auto* awarded = std::get_if<event::Awarded>(&event.body)) {
        reached(joined("decided_by", decided_by[place(awarded->decided_by)]));
        reached("awarded ranking of three or more", awarded->ranking.size() >= 3);
        for (const matching::RankedOffer& ranked : awarded->ranking) {
            if (ranked.lost_on) reached(joined("lost_on", decided_by[place(*ranked.lost_on)]));
        }
        if (awarded->decided_by == matching::DecidedBy::citizen_choice) {
            const auto& providers = shortlists_[std::string{awarded->package}];
            reached("awarded to an alternative",
                    std::find(providers.begin(), providers.end(), awarded->provider) == providers.end());
        }
    } else if (const auto* unawarded = std::get_if<event::Unawarded>(&event.body)) {
        reached(joined("unawarded", unawarded_reasons[place(unawarded->reason)]));
    } else if (const auto* standing = std::get_if<event::Standing>(&event.body)) {
        reached(joined("met", standing->met ? met[*standing->met ? 2 : 1] : met[0]));
        reached("standing refused", standing->refused > 0);
    }
}

std::vector<std::string> Coverage::never_reached() const {
    std::vector<std::string> never;
    for (const auto& [name, count] : counts_) {
        if (count == 0) never.push_back(name);
    }
    return never;
}

}  // namespace tiebreak::reference
