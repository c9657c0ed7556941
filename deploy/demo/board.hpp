// The demo's table: one line for each package that ends; on a terminal also colours and a line that says what is going on.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "deploy/demo/ledger.hpp"

namespace tiebreak::demo {

// The words of the contract.
[[nodiscard]] std::string_view word_of(matching::DecidedBy decided_by);

// By how much the winner won; nothing for one offer alone. `arrival` is for earliest_response, `start` for earliest_start.
struct Margin {
    std::optional<matching::Duration> arrival_ns;
    std::optional<matching::Duration> start_ns;
};
[[nodiscard]] Margin margin_of(const PackageRecord& package);

class Board {
public:
    explicit Board(std::map<std::string, std::string> names_by_provider);

    void heading(std::string_view text);
    void columns();

    // `seen_after_ns`: from the close until the award reached the subscriber; absent for a package without an award.
    void row(const PackageRecord& package, std::optional<matching::Duration> seen_after_ns);
    void line(std::string_view text);

    // What is going on; replaced by the next one. Nothing where there is no terminal.
    void status(std::string_view text);

private:
    void print(const std::string& text);
    [[nodiscard]] std::string in_colour(const char* colour, const std::string& text) const;

    std::map<std::string, std::string> names_;
    bool terminal_;
    bool status_shown_ = false;
};

}  // namespace tiebreak::demo
