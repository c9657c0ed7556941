// A dossier that is being written. A part of explain_recorder.
#pragma once

#include <map>
#include <string>

#include "wire/explain_recorder.hpp"

namespace tiebreak::wire {

struct DossierRecorder::Tracked {
    enum class Answer : std::uint8_t { offered, confirmed, declined };

    Dossier dossier;
    std::map<std::string, Answer, std::less<>> answers;  // that stand, in the present stage

    [[nodiscard]] StageStory& stage() { return dossier.stages.back(); }
    [[nodiscard]] std::size_t offer_of(std::string_view provider, std::string_view offer) const;
    [[nodiscard]] bool is_waiting_for_approval() const {
        return dossier.state == PackageState::approval_to_open || dossier.state == PackageState::approval_to_award;
    }
};

}  // namespace tiebreak::wire
