// Scenes: case files (see tests/contract) run through the recorder.
#pragma once

#include <string>
#include <vector>

#include "wire/explain_dossier.hpp"
#include "wire/explain_recorder.hpp"

namespace tiebreak::told {

// The lines of a scene's file, as JSON Lines.
[[nodiscard]] std::vector<std::string> lines_of(const std::string& scene);

// Gives lines to a recorder; the clock runs on after the last one unless `run_on` is false.
void tell(wire::DossierRecorder& recorder, const std::vector<std::string>& lines, bool run_on = true);

// The dossier of K1 in a scene.
[[nodiscard]] wire::Dossier dossier_of(const std::string& scene);

// The scene's text in a file beside it. With TIEBREAK_REWRITE_GOLDEN set the file is written anew, and the test fails.
void check_golden(const std::string& file, const std::string& text);

}  // namespace tiebreak::told
