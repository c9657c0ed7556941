#include "wire/explain_report.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "wire/json_out.hpp"
#include "wire/prose_units.hpp"
#include "wire/prose_words.hpp"

namespace tiebreak::wire {
namespace {

using namespace matching;

constexpr std::string_view by_names[] = {"everything", "role", "zone", "provider"};

// Rows of one role, and of one zone and one provider where they are gathered by these, added up.
std::vector<ReportRow> gathered(const std::vector<ReportRow>& standings, ReportBy by) {
    std::map<std::tuple<std::string, std::optional<std::string>, std::optional<std::string>>, ReportRow> rows;
    const bool by_zone = by == ReportBy::everything || by == ReportBy::zone;
    const bool by_provider = by == ReportBy::everything || by == ReportBy::provider;
    for (const ReportRow& standing : standings) {
        const auto zone = by_zone ? standing.zone : std::nullopt;
        const auto provider = by_provider ? standing.provider : std::nullopt;
        ReportRow& row = rows[{standing.role, zone, provider}];
        row.role = standing.role;
        row.zone = zone;
        row.provider = provider;
        row.invited += standing.invited;
        row.offered += standing.offered;
        row.awarded += standing.awarded;
        row.refused += standing.refused;
    }
    std::vector<ReportRow> list;
    for (auto& [key, row] : rows) list.push_back(std::move(row));
    return list;
}

std::string expected_text(const ReportRow& row) {
    if (!row.obligation) return {};
    std::vector<std::string> minima;
    if (row.obligation->min_offered > 0) minima.push_back(std::to_string(row.obligation->min_offered) + "% offered");
    if (row.obligation->min_awarded > 0) minima.push_back(std::to_string(row.obligation->min_awarded) + "% awarded");
    return minima.empty() ? "nothing" : listed(minima);
}

std::string met_text(const ReportRow& row) { return row.met() ? (*row.met() ? "met" : "NOT MET") : ""; }

std::string period_of(const Report& report, Clock clock) {
    std::string text = "Stages that opened ";
    if (report.from_ns > 0) text += "from " + date_in_words(report.from_ns, clock) + " on ";
    if (report.to_ns) text += "before " + date_in_words(*report.to_ns, clock) + ' ';
    return text + "and have closed; days and times are " + (clock == Clock::uk ? "UK time." : "UTC.");
}

void append_csv_field(std::string& to, std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
        to += text;
        return;
    }
    to += '"';
    for (const char c : text) {
        if (c == '"') to += '"';
        to += c;
    }
    to += '"';
}

std::string per_cent_digits(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0) return {};
    const std::uint64_t tenths = per_cent_tenths(part, whole);
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10);
}

std::string name_of(const Report& report, const ReportRow& row) {
    const auto name = row.provider ? report.names.find(*row.provider) : report.names.end();
    return name == report.names.end() ? std::string{} : name->second;
}

}  // namespace

std::optional<bool> ReportRow::met() const noexcept {
    if (!obligation) return std::nullopt;
    return offered * 100 >= invited * obligation->min_offered && awarded * 100 >= invited * obligation->min_awarded;
}

void Reporter::apply(Instant at_ns, const Command& command) {
    advance(at_ns);
    current_ = &command;
    if (!std::holds_alternative<command::Report>(command)) engine_.apply(at_ns, command, *this);
    current_ = nullptr;
}

void Reporter::run_on() {
    while (const auto deadline_ns = engine_.next_deadline()) advance(*deadline_ns);
}

void Reporter::on_event(const Event& event) {
    if (std::holds_alternative<event::ProcedureRegistered>(event.body)) {
        const auto& procedure = std::get<command::Procedure>(*current_);
        procedures_.insert_or_assign(procedure.id, procedure);
    } else if (std::holds_alternative<event::ProviderRegistered>(event.body)) {
        const auto& provider = std::get<command::Provider>(*current_);
        if (provider.name) names_.insert_or_assign(provider.id, *provider.name);
    } else if (const auto* standing = std::get_if<event::Standing>(&event.body)) {
        ReportRow& row = standings_.emplace_back();
        row.role = standing->role;
        if (standing->zone) row.zone = *standing->zone;
        row.provider = standing->provider;
        row.invited = standing->invited;
        row.offered = standing->offered;
        row.awarded = standing->awarded;
        row.refused = standing->refused;
    }
}

std::optional<Report> Reporter::report(std::string_view procedure, Instant from_ns, std::optional<Instant> to_ns, ReportBy by) {
    const auto known = procedures_.find(procedure);
    if (known == procedures_.end()) return std::nullopt;
    standings_.clear();
    // A stage that opens at the very last instant there is closes with it, and is left out; no other is.
    engine_.apply(engine_.now(), command::Report{procedure, from_ns, to_ns.value_or(last_instant)}, *this);
    Report report{known->second.id, known->second.title, from_ns, to_ns, by, gathered(standings_, by), names_};
    for (ReportRow& row : report.rows)
        for (const Obligation& obligation : known->second.obligations)
            if (obligation.role == row.role) row.obligation = obligation;
    return report;
}

std::vector<std::string> Reporter::procedures() const {
    std::vector<std::string> ids;
    for (const auto& [id, content] : procedures_) ids.push_back(id);
    return ids;
}

std::string report_text(const Report& report, const Look& look, Clock clock) {
    std::string text = look.bold("Pick-up under " + report.procedure + (report.title ? ": " + *report.title : "")) + '\n';
    text += wrapped(period_of(report, clock), look.width - 2, "  ") + "\n\n";
    if (report.rows.empty()) return text + "  No provider was invited in that time under a role.\n";
    Table table{{"role", "zone", "provider", "invited", "offered", "", "awarded", "", "refused", "expected", ""}};
    for (const std::size_t column : {3U, 4U, 5U, 6U, 7U, 8U}) table.align(column, Align::right);
    for (const ReportRow& row : report.rows)
        table.add({row.role, row.zone.value_or(""), row.provider.value_or(""), number_in_digits(row.invited),
                   number_in_digits(row.offered), per_cent_text(row.offered, row.invited), number_in_digits(row.awarded),
                   per_cent_text(row.awarded, row.invited), number_in_digits(row.refused), expected_text(row), met_text(row)});
    return text + table.text(look, "  ");
}

std::string report_json(const Report& report) {
    std::string text;
    JsonOut out{text};
    out.open_object();
    out.string("procedure", report.procedure);
    out.string("title", report.title);
    out.instant("from", report.from_ns);
    out.instant("to", report.to_ns);
    out.string("by", by_names[static_cast<std::size_t>(report.by)]);
    out.key("rows");
    out.open_list();
    for (const ReportRow& row : report.rows) {
        out.item();
        out.open_object();
        out.string("role", row.role);
        out.string("zone", row.zone);
        out.string("provider", row.provider);
        if (const std::string name = name_of(report, row); !name.empty()) out.string("name", name);
        out.number("invited", row.invited);
        out.number("offered", row.offered);
        out.number("awarded", row.awarded);
        out.number("refused", row.refused);
        if (row.obligation) {
            out.number("min_offered", static_cast<unsigned>(row.obligation->min_offered));
            out.number("min_awarded", static_cast<unsigned>(row.obligation->min_awarded));
        }
        out.boolean("met", row.met());
        out.close_object();
    }
    out.close_list();
    out.close_object();
    return text + '\n';
}

std::string report_csv(const Report& report) {
    std::string text =
        "role,zone,provider,name,invited,offered,offered_per_cent,awarded,awarded_per_cent,refused,min_offered,min_awarded,met\r\n";
    for (const ReportRow& row : report.rows) {
        const std::vector<std::string> fields{
            row.role, row.zone.value_or(""), row.provider.value_or(""), name_of(report, row), std::to_string(row.invited),
            std::to_string(row.offered), per_cent_digits(row.offered, row.invited), std::to_string(row.awarded),
            per_cent_digits(row.awarded, row.invited), std::to_string(row.refused),
            row.obligation ? std::to_string(row.obligation->min_offered) : "",
            row.obligation ? std::to_string(row.obligation->min_awarded) : "", row.met() ? (*row.met() ? "yes" : "no") : ""};
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (i != 0) text += ',';
            append_csv_field(text, fields[i]);
        }
        text += "\r\n";
    }
    return text;
}

}  // namespace tiebreak::wire
