// Random streams of every kind of command: whatever happens to a package can be told, and every margin agrees with the
// engine's ranking.
#include <boost/json.hpp>
#include <string>

#include "tests/catch.hpp"
#include "tests/reference/stream_writer.hpp"
#include "wire/explain_json.hpp"
#include "wire/explain_provider.hpp"
#include "wire/explain_recorder.hpp"
#include "wire/explain_text.hpp"

using namespace tiebreak;
using namespace tiebreak::wire;
using matching::CriterionKind;

namespace {

constexpr std::uint64_t streams = 12;
constexpr std::size_t commands = 400;

void tell(DossierRecorder& recorder, std::uint64_t seed) {
    for (const auto& [at_ns, command] : reference::StreamWriter{seed}.write(commands)) recorder.apply(at_ns, command);
    recorder.run_on();
}

// The winner is better on what the other lost on, as the facts that the recorder wrote down have it.
bool agrees(const matching::RankFacts& winner, const matching::RankFacts& loser, CriterionKind lost_on) {
    switch (lost_on) {
        case CriterionKind::earliest_start: return winner.start_ns < loser.start_ns;
        case CriterionKind::highest_quality: return winner.quality > loser.quality;
        case CriterionKind::highest_feedback: return winner.feedback > loser.feedback;
        case CriterionKind::lowest_price: return winner.price_pence && (!loser.price_pence || *winner.price_pence < *loser.price_pence);
        case CriterionKind::earliest_response: return winner.arrival_ns <= loser.arrival_ns;
        case CriterionKind::citizen_choice: return true;
    }
    return false;
}

}  // namespace

TEST_CASE("Every margin of random awards agrees with the engine's ranking") {
    std::size_t margins = 0;
    for (std::uint64_t seed = 1; seed <= streams; ++seed) {
        DossierRecorder recorder;
        tell(recorder, seed);
        for (const Dossier& dossier : recorder.dossiers()) {
            for (const AwardStory& award : dossier.awards) {
                for (std::size_t place = 1; place < award.ranking.size(); ++place) {
                    const Margin margin = margin_of(dossier, award, place);
                    const auto& loser = dossier.offers[award.ranking[place].offer].facts;
                    INFO("seed " << seed << ", package " << dossier.package.id << ", place " << place);
                    REQUIRE(agrees(dossier.winner(award).facts, loser, margin.lost_on));
                    REQUIRE(margin.by_ns.value_or(0) >= 0);
                    // Only a choice passes over a difference.
                    REQUIRE((!margin.ranked_higher || margin.lost_on == CriterionKind::citizen_choice));
                    ++margins;
                }
            }
        }
    }
    CHECK(margins > 100);
}

TEST_CASE("Every random package can be told, to officers and to each provider, as text and as JSON") {
    for (std::uint64_t seed = 1; seed <= streams; ++seed) {
        DossierRecorder recorder;
        tell(recorder, seed);
        for (const Dossier& dossier : recorder.dossiers()) {
            INFO("seed " << seed << ", package " << dossier.package.id);
            REQUIRE(dossier_text(dossier, {}, Clock::uk).size() > 100);
            std::string json;
            append_dossier_json(json, dossier);
            REQUIRE(boost::json::parse(json).is_object());
            for (const StageStory& stage : dossier.stages) {
                for (const std::string& provider : stage.invited) {
                    const ProviderView view = provider_view(dossier, provider);
                    REQUIRE(provider_text(view, {}, Clock::uk).size() > 50);
                    std::string for_provider;
                    append_provider_json(for_provider, view);
                    REQUIRE(boost::json::parse(for_provider).is_object());
                    for (const Happening& h : view.happenings) REQUIRE((h.provider.empty() || h.provider == provider));
                }
            }
        }
    }
}

TEST_CASE("One package's recorder and everybody's tell the same of it") {
    DossierRecorder every;
    tell(every, 1);
    std::size_t compared = 0;
    for (Dossier dossier : every.dossiers()) {
        DossierRecorder one{dossier.package.id};
        tell(one, 1);
        REQUIRE(one.dossiers().size() == 1);
        CHECK(dossier_text(one.dossiers().front(), {}, Clock::utc) == dossier_text(dossier, {}, Clock::utc));
        if (++compared == 10) break;
    }
    CHECK(compared > 2);
}
