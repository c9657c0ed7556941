// What a provider is told of a package leaks nothing about the others.
#include <set>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/explain/told.hpp"
#include "wire/explain_provider.hpp"
#include "wire/prose_units.hpp"

using namespace tiebreak;
using namespace tiebreak::wire;

namespace {

const std::vector<std::string> scenes{"homecare", "care-home", "childrens", "live-in", "nobody"};
const std::vector<std::string> providers{"alder", "birch", "cedar", "damson", "elder", "furze",
                                         "gorse", "hazel", "ivy",   "juniper", "larch"};

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

// Everything that this provider can get to see: text on both clocks, and JSON.
std::string everything(const Dossier& dossier, const std::string& provider) {
    const ProviderView view = provider_view(dossier, provider);
    std::string all = provider_text(view, {}, Clock::uk) + provider_text(view, {.colours = true}, Clock::utc);
    append_provider_json(all, view);
    return lower(all);
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Whether the digits stand there as a number of their own.
bool contains_number(const std::string& text, const std::string& digits) {
    const auto is_digit = [&](std::size_t place) { return place < text.size() && text[place] >= '0' && text[place] <= '9'; };
    for (std::size_t found = text.find(digits); found != std::string::npos; found = text.find(digits, found + 1))
        if ((found == 0 || !is_digit(found - 1)) && !is_digit(found + digits.size())) return true;
    return false;
}

// Every state that a scene passes through, one dossier for each prefix of its commands.
template <class Visit>
void at_every_moment(const std::string& scene, Visit visit) {
    const auto lines = told::lines_of(scene);
    for (std::size_t count = 1; count <= lines.size() + 1; ++count) {
        DossierRecorder recorder{"K1"};
        const bool all = count > lines.size();
        told::tell(recorder, {lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(all ? lines.size() : count)}, all);
        for (const Dossier& dossier : recorder.dossiers()) visit(dossier);
    }
}

}  // namespace

TEST_CASE("A provider never reads another one's id, name or offers, at any moment of any scene") {
    for (const std::string& scene : scenes) {
        std::size_t looked = 0;
        at_every_moment(scene, [&](const Dossier& dossier) {
            for (const std::string& provider : providers) {
                const std::string all = everything(dossier, provider);
                for (const std::string& other : providers) {
                    if (other == provider) continue;
                    INFO(scene << ", for " << provider << ":\n" << all);
                    REQUIRE_FALSE(contains(all, other));
                    ++looked;
                }
            }
        });
        CHECK(looked > 500);  // offers are called of-PROVIDER, so they were looked for too
    }
}

TEST_CASE("A provider never reads another one's price, nor a difference of prices, in any form") {
    for (const std::string& scene : scenes) {
        at_every_moment(scene, [&](const Dossier& dossier) {
            for (const std::string& provider : providers) {
                std::set<matching::Pence> own, secret;
                for (const OfferStory& offer : dossier.offers)
                    if (offer.facts.price_pence) (offer.provider == provider ? own : secret).insert(*offer.facts.price_pence);
                for (const Happening& h : dossier.happenings)
                    if (h.what == What::rejected && h.price_pence) (h.provider == provider ? own : secret).insert(*h.price_pence);
                std::set<matching::Pence> differences;
                for (const matching::Pence a : own)
                    for (const matching::Pence b : secret) differences.insert(a > b ? a - b : b - a);
                secret.insert(differences.begin(), differences.end());
                const std::string all = everything(dossier, provider);
                INFO(scene << ", for " << provider << ":\n" << all);
                for (const matching::Pence price : secret) {
                    if (price == 0 || own.contains(price)) continue;
                    CHECK_FALSE(contains_number(all, std::to_string(price)));
                    CHECK_FALSE(contains(all, money_text(price)));
                }
                CHECK_FALSE(contains(all, "same price"));
                CHECK_FALSE(contains(all, "by_pence"));
            }
        });
    }
}

TEST_CASE("While a stage is open nobody reads how many others answered or where it stands") {
    for (const std::string& scene : scenes) {
        at_every_moment(scene, [&](const Dossier& dossier) {
            if (dossier.state != PackageState::open || !dossier.awards.empty()) return;
            for (const std::string& provider : providers) {
                const ProviderView view = provider_view(dossier, provider);
                CHECK(view.ranks.empty());
                for (const Happening& h : view.happenings) {
                    CHECK(h.count == 0);
                    CHECK(h.providers.empty());
                }
            }
        });
    }
}

TEST_CASE("What others wrote is not passed on, what the provider wrote itself is") {
    const Dossier homecare = told::dossier_of("homecare");
    CHECK_FALSE(contains(everything(homecare, "alder"), "another hour"));
    CHECK_FALSE(contains(everything(homecare, "alder"), "staff are ill"));
    CHECK(contains(everything(homecare, "birch"), "staff are ill"));
    const Dossier childrens = told::dossier_of("childrens");
    CHECK_FALSE(contains(everything(childrens, "birch"), "it is"));
    CHECK_FALSE(contains(everything(childrens, "birch"), "start it"));
}

TEST_CASE("A loser is told its rank, of how many, and the winner's deciding value") {
    const Dossier homecare = told::dossier_of("homecare");
    const ProviderView cedar = provider_view(homecare, "cedar");
    REQUIRE(cedar.ranks.size() == 2);
    CHECK(cedar.ranks[0].rank == 2);
    CHECK(cedar.ranks[0].of == 4);
    CHECK(cedar.ranks[0].why == "same start, same rating, answered 1.204 318 ms later");
    CHECK(cedar.ranks[0].by_ns == 1'204'318);
    CHECK(*cedar.ranks[0].own_instant_ns - *cedar.ranks[0].winning_instant_ns == 1'204'318);
    CHECK(cedar.ranks[1].rank == 1);
    CHECK(cedar.standing == ProviderStanding::awarded);

    const ProviderView alder = provider_view(homecare, "alder");
    CHECK(alder.ranks[0].own_score == 82'500);
    CHECK(alder.ranks[0].winning_score == 87'000);
    CHECK(standing_text(alder, Clock::uk) ==
          "The package was awarded to another provider. You came 2nd of 3: same start, quality 82.5 against 87.");
}

TEST_CASE("Where the price decided, the loser is told no more than that its own was higher") {
    const ProviderView cedar = provider_view(told::dossier_of("childrens"), "cedar");
    CHECK(standing_text(cedar, Clock::uk) ==
          "The package was awarded to another provider. You came 2nd of 2: no quality against 80.");
    const auto lines = told::lines_of("childrens");
    DossierRecorder recorder{"K1"};
    std::vector<std::string> until_the_director{lines.begin(), lines.begin() + 14};
    until_the_director.push_back(R"({"type":"approval","at":"2026-11-23T10:20:00Z","package":"K1","role":"director","approved":true})");
    until_the_director.push_back(R"({"type":"approval","at":"2026-11-23T10:21:00Z","package":"K1","role":"key_decision","approved":true})");
    told::tell(recorder, until_the_director);
    const ProviderView birch = provider_view(recorder.dossiers().at(0), "birch");
    CHECK(standing_text(birch, Clock::uk) == "The package was awarded to another provider. You came 2nd of 3: the price was higher.");
    CHECK(birch.ranks.at(0).by_ns == std::nullopt);
    CHECK(birch.ranks.at(0).by_score == std::nullopt);
}

TEST_CASE("Each outcome has its sentence for the provider") {
    const auto standing = [](const std::string& scene, const std::string& provider) {
        return standing_text(provider_view(told::dossier_of(scene), provider), Clock::uk);
    };
    CHECK(standing("homecare", "birch") == "The package was awarded to another provider. You refused the award.");
    CHECK(standing("homecare", "hazel") == "The package was awarded to another provider. You were not invited.");
    CHECK(standing("care-home", "furze") ==
          "The package was awarded to another provider. You were invited and no offer of yours was accepted.");
    CHECK(standing("care-home", "alder") ==
          "The package was awarded to another provider. You came 2nd of 5: ranked higher, but the citizen chose another.");
    CHECK(standing("childrens", "alder") ==
          "The package was awarded to another provider. None of your offers stood in the ranking.");
    CHECK(standing("childrens", "birch") ==
          "The package was awarded to you: you came 1st of 2, decided by the highest quality rating.");
    CHECK(standing("nobody", "alder") == "The package ended without an award.");
}

TEST_CASE("While something is pending the provider is told what it waits for") {
    const auto until = [](const std::string& scene, std::size_t lines_from_the_end, const std::string& provider) {
        auto lines = told::lines_of(scene);
        lines.resize(lines.size() - lines_from_the_end);
        DossierRecorder recorder{"K1"};
        told::tell(recorder, lines, false);
        return standing_text(provider_view(recorder.dossiers().at(0), provider), Clock::uk);
    };
    CHECK(until("homecare", 4, "alder") ==
          "The package is open: you have answered. The stage zonal closes 23 November 2026, 13:00 GMT.");
    CHECK(until("homecare", 4, "furze") == "You are not invited so far.");
    CHECK(until("care-home", 2, "alder") == "Your offer is one of those put to the citizen.");
    CHECK(until("care-home", 2, "cedar") == "Your stage has closed; nothing is decided yet.");
    CHECK(until("childrens", 1, "birch") == "Your offer is up for the award and waits for the approval of key decision.");
    CHECK(until("childrens", 1, "cedar") == "Your stage has closed; nothing is decided yet.");
}
