#include "tests/acceptance/compare.hpp"

#include <algorithm>

namespace tiebreak::acceptance {
namespace {

class Comparison {
public:
    Comparison(const Scenario& scenario, Strictness strictness)
        : scenario_(scenario), exact_(strictness == Strictness::exact) {}

    void compare(const std::string& heading, std::vector<Fact> expected, std::vector<Fact> happened, bool with_time) {
        const bool timed = with_time && exact_;
        if (!exact_) {
            const auto by_package = [](const Fact& a, const Fact& b) { return a.package < b.package; };
            std::stable_sort(expected.begin(), expected.end(), by_package);
            std::stable_sort(happened.begin(), happened.end(), by_package);
        }
        const auto length = std::max(expected.size(), happened.size());
        for (std::size_t i = 0; i < length; ++i) {
            if (i < expected.size() && i < happened.size() && same(expected[i], happened[i], timed)) continue;
            std::string text = heading + ": ";
            if (i < expected.size())
                text += "line " + std::to_string(expected[i].line) + " says\n      " + shown(expected[i], timed) +
                        "\n    but ";
            text +=
                i < happened.size() ? "what came out is\n      " + shown(happened[i], timed) : "nothing more came out";
            differences_.push_back(std::move(text));
            return;  // what follows would only be shifted
        }
    }

    std::vector<std::string> take() { return std::move(differences_); }

private:
    static bool same(const Fact& expected, const Fact& happened, bool timed) {
        if (expected.package != happened.package || expected.words != happened.words) return false;
        return !timed ||
               (expected.at_ns == happened.at_ns && (!expected.until_ns || expected.until_ns == happened.until_ns));
    }

    std::string shown(const Fact& fact, bool timed) const {
        std::string text = timed ? scenario_.calendar.show(fact.at_ns) : "";
        if (!fact.package.empty()) text += (text.empty() ? "" : " | ") + fact.package;
        for (const auto& word : fact.words) text += (text.empty() ? "" : " | ") + (word.empty() ? "—" : word);
        if (timed && fact.until_ns) text += " | until " + scenario_.calendar.show(*fact.until_ns);
        return text;
    }

    const Scenario& scenario_;
    bool exact_;
    std::vector<std::string> differences_;
};

}  // namespace

std::vector<std::string> differences(const Scenario& scenario, const Facts& happened, Strictness strictness) {
    Comparison comparison(scenario, strictness);
    const auto& expected = scenario.expected;
    if (scenario.asked_given && strictness == Strictness::exact)
        comparison.compare("Who is asked", expected.asked, happened.asked, true);
    if (scenario.waits_given && strictness == Strictness::exact)
        comparison.compare("What waits for people", expected.waits, happened.waits, true);
    comparison.compare("What must come out", expected.outcomes, happened.outcomes, true);
    if (scenario.standings_given) comparison.compare("Standing", expected.standings, happened.standings, false);
    return comparison.take();
}

}  // namespace tiebreak::acceptance
