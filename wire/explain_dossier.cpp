#include "wire/explain_dossier.hpp"

#include <algorithm>
#include <iterator>

namespace tiebreak::wire {

static_assert(static_cast<std::size_t>(What::rejected) + 1 == std::size(matching::event_names),
              "What begins with the events, in their order");

std::string_view what_name(What what) noexcept {
    constexpr std::string_view others[] = {"choice_made",    "choice_declined", "choice_lapsed",   "choice_dropped",
                                           "approval_given", "approval_denied", "offer_left_out"};
    const auto place = static_cast<std::size_t>(what);
    const std::size_t events = std::size(matching::event_names);
    return place < events ? matching::event_names[place] : others[place - events];
}

const AwardStory* Dossier::award() const noexcept {
    return state == PackageState::awarded && !awards.empty() ? &awards.back() : nullptr;
}

std::string_view Dossier::confirm_stage_before(std::size_t stage) const noexcept {
    const auto& rules = procedure.stages;
    const auto here = std::find_if(rules.begin(), rules.end(), [&](const matching::Stage& s) { return s.name == stages[stage].rules.name; });
    for (auto s = here; s != rules.begin();)
        if ((--s)->kind == matching::StageKind::confirm) return s->name;
    return {};
}

}  // namespace tiebreak::wire
