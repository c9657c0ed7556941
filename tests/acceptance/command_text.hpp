// Commands as lines of JSON Lines, out of what the tables say. What the values may be is left to the project's own
// reader.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "matching/instant.hpp"
#include "tests/acceptance/calendar.hpp"
#include "wire/json_out.hpp"
#include "wire/json_reader.hpp"

namespace tiebreak::acceptance {

// A command's line in the making. All of it throws BadWords.
class CommandText {
public:
    CommandText(std::string_view type, matching::Instant at_ns);

    void text(std::string_view name, std::string_view value) { out_.string(name, value); }
    void number(std::string_view name, std::string_view digits);  // with or without a fraction
    void money(std::string_view name, std::string_view pounds);   // "£1,507", "£500,000.01"
    void flag(std::string_view name, bool value) { out_.boolean(name, value); }
    void instant(std::string_view name, matching::Instant at_ns) { out_.instant(name, at_ns); }
    void ids(std::string_view name, std::string_view list, std::string_view separator);
    void landlord(std::string_view name);
    [[nodiscard]] wire::JsonOut& out() { return out_; }

    // The whole line.
    [[nodiscard]] std::string finish();

private:
    std::string json_;
    wire::JsonOut out_;
};

// As `tiebreak replay` reads it. Throws BadWords.
[[nodiscard]] wire::ReadCommand read_command(const std::string& json);

// A provider's cells by column: is, name, services, capabilities, quality, feedback, cqc, ratings, vacancies,
// suspended.
using ProviderCells = std::map<std::string, std::string, std::less<>>;
[[nodiscard]] std::string provider_text(std::string_view id, const ProviderCells& cells, const Calendar& calendar,
                                        matching::Instant at_ns);

}  // namespace tiebreak::acceptance
