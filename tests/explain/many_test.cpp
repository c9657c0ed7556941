// A package with tens of thousands of offers: what is told of it takes work in proportion, not for each offer another look at all of them.
// That took a quarter of an hour; the limit on this program's time (CMakeLists.txt) is what it would break.
#include <cstddef>
#include <string>
#include <string_view>

#include "tests/catch.hpp"
#include "wire/explain_json.hpp"
#include "wire/explain_recorder.hpp"
#include "wire/explain_text.hpp"

using namespace tiebreak;
using namespace tiebreak::wire;

namespace {

namespace command = matching::command;

constexpr std::size_t offers = 50'000 / TIEBREAK_STRIDE;
constexpr matching::Instant begin_ns = 1'795'420'800'000'000'000;
constexpr matching::Duration hour_ns = 3'600'000'000'000;

// Providers make offers in turn, each in place of their last one.
Dossier dossier_of_many(std::size_t providers) {
    DossierRecorder recorder{"K"};
    command::Procedure procedure;
    procedure.id = "p";
    procedure.stages.emplace_back();
    procedure.stages.back().name = "s";
    procedure.stages.back().window_ns = hour_ns;
    recorder.apply(begin_ns, procedure);
    for (std::size_t i = 0; i < providers; ++i) {
        command::Provider provider;
        provider.id = "P" + std::to_string(i);
        recorder.apply(begin_ns, provider);
    }
    command::Package package;
    package.id = "K";
    package.procedure = "p";
    recorder.apply(begin_ns, package);
    for (std::size_t i = 0; i < offers; ++i) {
        const std::string id = "O" + std::to_string(i), by = "P" + std::to_string(i % providers);
        command::Offer offer;
        offer.id = id;
        offer.package = "K";
        offer.provider = by;
        offer.start_ns = begin_ns + 2 * hour_ns;
        recorder.apply(begin_ns + 1 + static_cast<matching::Instant>(i), offer);
        command::Withdraw withdraw;  // of one that never was: told of too
        withdraw.provider = by;
        withdraw.offer = "none";
        if (i % 10 == 0) recorder.apply(begin_ns + 1 + static_cast<matching::Instant>(i), withdraw);
    }
    recorder.run_on();
    return recorder.dossiers().at(0);
}

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++found;
    return found;
}

void check(std::size_t providers) {
    const Dossier dossier = dossier_of_many(providers);
    REQUIRE(dossier.awards.size() == 1);
    CHECK(dossier.awards.front().ranking.size() == providers);
    const std::string text = dossier_text(dossier, {}, Clock::uk);
    CHECK(count(text, "replaced by a later offer") == offers - providers);
    std::string json;
    append_dossier_json(json, dossier);
    CHECK(count(json, R"("fate":"superseded")") == offers - providers);
    CHECK(count(json, R"("fate":"live")") == providers);
}

}  // namespace

TEST_CASE("Fifty thousand offers of one provider, each in place of the last, are explained") { check(1); }
TEST_CASE("Fifty thousand offers of two hundred providers in turn are explained") { check(200); }
TEST_CASE("Fifty thousand offers of as many providers are explained") { check(offers); }
