// Pick-up rates against obligations: the engine's standings, gathered and shown.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matching/commands.hpp"
#include "matching/engine.hpp"
#include "matching/events.hpp"
#include "matching/procedure.hpp"
#include "wire/prose_table.hpp"
#include "wire/prose_time.hpp"

namespace tiebreak::wire {

// What rows are gathered by. Obligations are a role's, so every row is of one role.
enum class ReportBy : std::uint8_t { everything, role, zone, provider };

struct ReportRow {
    std::string role;
    std::optional<std::string> zone;      // where gathered by it and the packages have one
    std::optional<std::string> provider;  // where gathered by it
    std::uint64_t invited = 0;
    std::uint64_t offered = 0;
    std::uint64_t awarded = 0;
    std::uint64_t refused = 0;
    std::optional<matching::Obligation> obligation;

    // Whether both minima hold, as the contract counts; absent without an obligation.
    [[nodiscard]] std::optional<bool> met() const noexcept;
};

struct Report {
    std::string procedure;
    std::optional<std::string> title;
    matching::Instant from_ns = 0;
    std::optional<matching::Instant> to_ns;  // absent: up to the present
    ReportBy by = ReportBy::everything;
    std::vector<ReportRow> rows;               // sorted by role, zone (none first), provider
    std::map<std::string, std::string> names;  // of providers registered with one
};

// Takes stamped commands like an engine, and can be asked for a report in the end.
class Reporter final : private matching::EventSink {
public:
    void apply(matching::Instant at_ns, const matching::Command& command);
    void advance(matching::Instant at_ns) { engine_.advance(at_ns, *this); }
    void run_on();

    // Asks the engine now for the stages that opened in from <= t < to, or from `from` on. Nothing if the procedure is unknown.
    [[nodiscard]] std::optional<Report> report(std::string_view procedure, matching::Instant from_ns,
                                               std::optional<matching::Instant> to_ns, ReportBy by);
    [[nodiscard]] std::vector<std::string> procedures() const;  // the ids of all that are registered

private:
    void on_event(const matching::Event& event) override;

    matching::Engine engine_;
    std::map<std::string, matching::command::Procedure, std::less<>> procedures_;
    std::map<std::string, std::string> names_;
    const matching::Command* current_ = nullptr;
    std::vector<ReportRow> standings_;
};

// A table for people, ending with a line break.
[[nodiscard]] std::string report_text(const Report& report, const Look& look, Clock clock);
// One object; its keys are in EXPLAIN.md.
[[nodiscard]] std::string report_json(const Report& report);
// RFC 4180 with a line of headings, the same columns whatever it is gathered by.
[[nodiscard]] std::string report_csv(const Report& report);

}  // namespace tiebreak::wire
