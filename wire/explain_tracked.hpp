// A dossier that is being written. A part of explain_recorder.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "wire/explain_recorder.hpp"

namespace tiebreak::wire {

struct DossierRecorder::Tracked {
    enum class Answer : std::uint8_t { offered, confirmed, declined };

    Dossier dossier;
    std::map<std::string, Answer, std::less<>> answers;  // that stand, in the present stage
    // Places in dossier.offers, by provider and its id for the offer: of these there may be tens of thousands.
    std::map<std::string, std::map<std::string, std::size_t, std::less<>>, std::less<>> places;

    [[nodiscard]] StageStory& stage() { return dossier.stages.back(); }
    // The place of an accepted offer; nothing if there is none.
    [[nodiscard]] std::optional<std::size_t> find_offer(std::string_view provider, std::string_view offer) const;
    // Requires one.
    [[nodiscard]] std::size_t offer_of(std::string_view provider, std::string_view offer) const;
    OfferStory& add_offer(std::string_view provider, std::string_view offer);
    [[nodiscard]] bool is_waiting_for_approval() const {
        return dossier.state == PackageState::approval_to_open || dossier.state == PackageState::approval_to_award;
    }
};

}  // namespace tiebreak::wire
