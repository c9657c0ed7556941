// What officers and providers read, whole: scenes/NAME.case gives scenes/NAME.officer.txt and scenes/NAME.for-WHO.txt.
#include "tests/catch.hpp"
#include "tests/explain/told.hpp"
#include "wire/explain_provider.hpp"
#include "wire/explain_text.hpp"

using namespace tiebreak;

namespace {

void check_officer(const std::string& scene) {
    told::check_golden(scene + ".officer.txt", wire::dossier_text(told::dossier_of(scene), {}, wire::Clock::uk));
}

void check_provider(const std::string& scene, const std::string& provider) {
    const auto view = wire::provider_view(told::dossier_of(scene), provider);
    told::check_golden(scene + ".for-" + provider + ".txt", wire::provider_text(view, {}, wire::Clock::uk));
}

}  // namespace

TEST_CASE("An officer reads a homecare package: rejects, margins, a refusal, who was not asked") { check_officer("homecare"); }
TEST_CASE("An officer reads a care home's package: the shortlist, the alternatives, the choice") { check_officer("care-home"); }
TEST_CASE("An officer reads a children's package: approvals before opening and award") { check_officer("childrens"); }
TEST_CASE("An officer reads a live-in package: confirmations and a skipped stage") { check_officer("live-in"); }
TEST_CASE("An officer reads a package that nobody took") { check_officer("nobody"); }

TEST_CASE("A provider that lost by a hair reads by how much") { check_provider("homecare", "cedar"); }
TEST_CASE("A provider that was not asked reads why") { check_provider("homecare", "elder"); }
TEST_CASE("A provider that refused reads that it did") { check_provider("homecare", "birch"); }
TEST_CASE("A provider that the citizen passed over reads so") { check_provider("care-home", "alder"); }
TEST_CASE("A provider that was dearer reads no price but its own") { check_provider("childrens", "cedar"); }
