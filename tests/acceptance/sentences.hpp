// What happens, as sentences: “Abbey offers to start 25 Nov 08:00” becomes a command.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/acceptance/calendar.hpp"
#include "tests/acceptance/command_text.hpp"

namespace tiebreak::acceptance {

// Knows who takes part, so that a name that nobody has is an error. All of it throws BadWords.
class Sentences {
public:
    Sentences(const Calendar& calendar, std::vector<std::string> procedures,
              std::map<std::string, ProviderCells, std::less<>> providers);

    // Says which packages there will be, so that a scenario with one alone need not name it.
    void expect_package(std::string_view what);

    // The command as a line of JSON Lines.
    [[nodiscard]] std::string read(matching::Instant at_ns, std::string_view who, std::string_view what);

    // Throws unless there is such a provider, or package.
    void check_provider(std::string_view id) const;
    void check_package(std::string_view id) const;

private:
    struct Sentence;  // one that is being read

    [[nodiscard]] std::string provider_says(Sentence& sentence);
    [[nodiscard]] std::string council_says(Sentence& sentence);
    [[nodiscard]] std::string citizen_says(Sentence& sentence);
    [[nodiscard]] std::string approver_says(Sentence& sentence);
    [[nodiscard]] std::string put_out(Sentence& sentence);
    [[nodiscard]] std::string offer(Sentence& sentence);
    [[nodiscard]] std::string withdraw(Sentence& sentence);
    [[nodiscard]] std::string register_again(Sentence& sentence);
    [[nodiscard]] std::string standing(Sentence& sentence);
    // The package after this word, or the only one; after no word if it is empty.
    [[nodiscard]] std::string package(Sentence& sentence, std::string_view before) const;

    const Calendar& calendar_;
    std::vector<std::string> procedures_;
    std::map<std::string, ProviderCells, std::less<>> providers_;
    std::set<std::string, std::less<>> packages_;
    std::map<std::pair<std::string, std::string>, std::string> last_offer_;  // by provider and package
    std::size_t offers_ = 0;
};

}  // namespace tiebreak::acceptance
