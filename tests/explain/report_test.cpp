// Pick-up rates: the engine's standings, gathered by role, zone or provider, and shown against the obligations.
#include <boost/json.hpp>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/explain/told.hpp"
#include "wire/explain_report.hpp"
#include "wire/json_reader.hpp"

using namespace tiebreak;
using namespace tiebreak::wire;
using matching::Instant;

namespace {

// Two lots; in the first the lead answers three of four packages, in the second there is no lead.
void tell_lots(Reporter& reporter) {
    CommandReader reader;
    for (const std::string& line : told::lines_of("lots")) {
        auto read = reader.read(line, AtField::required);
        REQUIRE(std::holds_alternative<ReadCommand>(read));
        auto& good = std::get<ReadCommand>(read);
        reporter.apply(*good.at_ns, good.command);
    }
    reporter.run_on();
}

Report report_of(Instant from_ns, std::optional<Instant> to_ns, ReportBy by) {
    Reporter reporter;
    tell_lots(reporter);
    return *reporter.report("lots", from_ns, to_ns, by);
}

Report report_by(ReportBy by) { return report_of(0, std::nullopt, by); }

std::string row_text(const ReportRow& row) {
    std::string text = row.role + ' ' + row.zone.value_or("-") + ' ' + row.provider.value_or("-");
    for (const std::uint64_t count : {row.invited, row.offered, row.awarded, row.refused}) text += ' ' + std::to_string(count);
    return text + (row.met() ? (*row.met() ? " met" : " not met") : "");
}

std::vector<std::string> rows(const Report& report) {
    std::vector<std::string> texts;
    for (const ReportRow& row : report.rows) texts.push_back(row_text(row));
    return texts;
}

}  // namespace

TEST_CASE("Each provider's pick-up in each lot, under the role by which it was invited") {
    CHECK(rows(report_by(ReportBy::everything)) ==
          std::vector<std::string>{"additional gedling birch 1 1 0 1 met", "additional gedling cedar 1 0 0 0 not met",
                                   "additional rushcliffe cedar 1 1 1 0 met", "dps gedling damson 1 1 1 0",
                                   "lead gedling alder 4 3 3 0 met"});
}

TEST_CASE("Gathered by role the sums are held against the obligation, not the providers one by one") {
    CHECK(rows(report_by(ReportBy::role)) ==
          std::vector<std::string>{"additional - - 3 2 1 1 met", "dps - - 1 1 1 0", "lead - - 4 3 3 0 met"});
    CHECK(rows(report_by(ReportBy::zone)) ==
          std::vector<std::string>{"additional gedling - 2 1 0 1 met", "additional rushcliffe - 1 1 1 0 met", "dps gedling - 1 1 1 0",
                                   "lead gedling - 4 3 3 0 met"});
    CHECK(rows(report_by(ReportBy::provider)) ==
          std::vector<std::string>{"additional - birch 1 1 0 1 met", "additional - cedar 2 1 1 0 met", "dps - damson 1 1 1 0",
                                   "lead - alder 4 3 3 0 met"});
}

TEST_CASE("Only stages that opened in the time that is asked for count, its end not included") {
    const auto from = [](const std::string& day, std::optional<std::string> to) {
        const auto to_ns = to ? read_day_or_instant(*to, Clock::uk) : std::nullopt;
        return rows(report_of(*read_day_or_instant(day, Clock::uk), to_ns, ReportBy::role));
    };
    CHECK(from("2026-11-24", std::nullopt) == std::vector<std::string>{"lead - - 1 1 1 0 met"});
    CHECK(from("2026-11-23", "2026-11-24") == std::vector<std::string>{"additional - - 3 2 1 1 met", "dps - - 1 1 1 0", "lead - - 3 2 2 0 not met"});
    CHECK(from("2026-11-24T09:00:00.000000001Z", std::nullopt).empty());
    CHECK(from("2026-11-24T09:00:00Z", "2026-11-24T09:00:00.000000001Z") == std::vector<std::string>{"lead - - 1 1 1 0 met"});
}

TEST_CASE("A report as people read it") {
    told::check_golden("lots.report.txt", report_text(report_by(ReportBy::everything), {}, Clock::uk));
}

TEST_CASE("A report without rows says so, an unknown procedure is none") {
    Reporter reporter;
    tell_lots(reporter);
    const auto nothing = reporter.report("lots", matching::last_instant - 1, std::nullopt, ReportBy::role);
    REQUIRE(nothing);
    CHECK(report_text(*nothing, {}, Clock::utc).find("No provider was invited") != std::string::npos);
    CHECK_FALSE(reporter.report("slots", 0, std::nullopt, ReportBy::role));
    CHECK(reporter.procedures() == std::vector<std::string>{"lots"});
}

TEST_CASE("CSV has the same columns whatever it is gathered by, and quotes what needs it") {
    const std::string csv = report_csv(report_by(ReportBy::provider));
    CHECK(csv.starts_with("role,zone,provider,name,invited,offered,offered_per_cent,awarded,awarded_per_cent,refused,min_offered,"
                          "min_awarded,met\r\n"));
    CHECK(csv.find("lead,,alder,\"Alder, Sons & \"\"Daughters\"\"\",4,3,75.0,3,75.0,0,75,0,yes\r\n") != std::string::npos);
    CHECK(csv.find("dps,,damson,,1,1,100.0,1,100.0,0,,,\r\n") != std::string::npos);
}

TEST_CASE("JSON carries counts, obligations and names") {
    const auto report = boost::json::parse(report_json(report_by(ReportBy::everything))).as_object();
    CHECK(report.at("procedure").as_string() == "lots");
    CHECK(report.at("by").as_string() == "everything");
    CHECK_FALSE(report.contains("to"));
    const auto& lead = report.at("rows").as_array().back().as_object();
    std::string keys;
    for (const auto& member : lead) keys += std::string{member.key()} + ' ';
    CHECK(keys == "role zone provider name invited offered awarded refused min_offered min_awarded met ");
    CHECK(lead.at("met").as_bool());
    CHECK_FALSE(report.at("rows").as_array()[3].as_object().contains("met"));
}
