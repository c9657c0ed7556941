#include "deploy/demo/board.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "deploy/demo/figures.hpp"

namespace tiebreak::demo {

namespace {

constexpr const char* row_form = "%-7s %-19s %-10s %6s  %-24.24s %-17s %11s %12s";
constexpr const char* bold = "\033[1m";
constexpr const char* faint = "\033[2m";
constexpr const char* bright = "\033[1;33m";
constexpr matching::Duration close_race_ns = 100'000;

std::string formed(const char* package, const char* zone, const char* stage, const char* offers, const char* winner,
                   const char* decided_by, const char* margin, const char* seen) {
    std::array<char, 512> text{};
    std::snprintf(text.data(), text.size(), row_form, package, zone, stage, offers, winner, decided_by, margin, seen);
    return text.data();
}

bool is_terminal() {
    const char* terminal = std::getenv("TERM");
    return isatty(STDOUT_FILENO) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb" &&
           std::getenv("NO_COLOR") == nullptr;
}

}  // namespace

std::string_view word_of(matching::DecidedBy decided_by) {
    switch (decided_by) {
        case matching::DecidedBy::earliest_start: return "earliest_start";
        case matching::DecidedBy::highest_quality: return "highest_quality";
        case matching::DecidedBy::highest_feedback: return "highest_feedback";
        case matching::DecidedBy::lowest_price: return "lowest_price";
        case matching::DecidedBy::earliest_response: return "earliest_response";
        case matching::DecidedBy::citizen_choice: return "citizen_choice";
        case matching::DecidedBy::first_offer: return "first_offer";
        case matching::DecidedBy::refusal: return "refusal";
        case matching::DecidedBy::only_offer: return "only_offer";
    }
    return "";
}

Margin margin_of(const PackageRecord& package) {
    if (!package.award || package.award->ranking.size() < 2) {
        return {};
    }
    const auto& ranking = package.award->ranking;
    // How much more the runner-up has of it than the winner.
    const auto between = [&](const std::map<OfferKey, matching::Instant>& values) -> std::optional<matching::Duration> {
        const auto best = values.find({ranking[0].provider, ranking[0].offer});
        const auto next = values.find({ranking[1].provider, ranking[1].offer});
        return best == values.end() || next == values.end() ? std::nullopt : std::optional(next->second - best->second);
    };
    switch (package.award->decided_by) {
        case matching::DecidedBy::earliest_response: return {between(package.arrivals), std::nullopt};
        case matching::DecidedBy::earliest_start: return {std::nullopt, between(package.starts)};
        default: return {};
    }
}

Board::Board(std::map<std::string, std::string> names_by_provider)
    : names_(std::move(names_by_provider)), terminal_(is_terminal()) {}

std::string Board::in_colour(const char* colour, const std::string& text) const {
    return terminal_ ? colour + text + "\033[0m" : text;
}

void Board::print(const std::string& text) {
    if (std::exchange(status_shown_, false)) {
        std::fputs("\r\033[K", stdout);
    }
    std::fputs(text.c_str(), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

void Board::heading(std::string_view text) { print("\n" + in_colour(bold, std::string(text))); }

void Board::line(std::string_view text) { print(std::string(text)); }

void Board::columns() {
    print(in_colour(faint, formed("package", "zone", "stage", "offers", "winner", "decided by", "margin", "close->award")));
}

void Board::row(const PackageRecord& package, std::optional<matching::Duration> seen_after_ns) {
    if (!package.award) {
        print(formed(package.id.c_str(), package.zone.c_str(), "-", "0", "nobody offered", "-", "-", "-"));
        return;
    }
    const auto& award = *package.award;
    const auto& winner = award.ranking.front().provider;
    const auto named = names_.find(winner);
    const auto margin = margin_of(package);
    std::string margin_text = "-";
    if (margin.arrival_ns) {
        margin_text = duration_for_people(*margin.arrival_ns);
    } else if (margin.start_ns) {
        margin_text = duration_for_people(*margin.start_ns);
    }
    const auto text = formed(package.id.c_str(), package.zone.c_str(), award.stage.c_str(),
                             std::to_string(award.ranking.size()).c_str(),
                             (named == names_.end() ? winner : named->second).c_str(),
                             std::string(word_of(award.decided_by)).c_str(), margin_text.c_str(),
                             seen_after_ns ? (microseconds(*seen_after_ns) + " us").c_str() : "-");
    print(margin.arrival_ns && *margin.arrival_ns < close_race_ns ? in_colour(bright, text) : text);
}

void Board::status(std::string_view text) {
    if (terminal_) {
        std::printf("\r\033[K%s", in_colour(faint, std::string(text)).c_str());
        std::fflush(stdout);
        status_shown_ = true;
    }
}

}  // namespace tiebreak::demo
