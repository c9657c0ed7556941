#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "bench/surge_company.hpp"
#include "bench/surge_report.hpp"
#include "bench/surge_table.hpp"
#include "bench/surge_text.hpp"

namespace tiebreak::bench {
namespace {

std::string figure(const Spread& spread, int decimals) { return spread.is_known() ? grouped(spread.median, decimals) : "unknown"; }
std::string range(const Spread& spread, int decimals) {
    if (!spread.is_known() || spread.least == spread.most) return "";
    return grouped(spread.least, decimals) + " to " + grouped(spread.most, decimals);
}
std::string count_text(std::uint64_t count) { return grouped(static_cast<double>(count)); }

class Tables {
public:
    explicit Tables(bool html) : html_(html) {}
    void heading(const std::string& text) { text_ += html_ ? "<h2>" + html_text(text) + "</h2>\n" : text + "\n\n"; }
    void table(const TextTable& table) { text_ += html_ ? as_html(table) : as_markdown(table) + "\n"; }
    void line(const std::string& text) { text_ += html_ ? "<p>" + html_text(text) + "</p>\n" : text + "\n\n"; }
    [[nodiscard]] std::string text() const { return text_; }

private:
    bool html_;
    std::string text_;
};

TextTable rates_table(const SurgeOptions& options, const Report& report) {
    TextTable table;
    // At a rate that was asked for, a ratio of rates says nothing.
    const bool compares = options.baselines && options.is_closed_loop() && !report.is_cliff && !report.ramp && !report.crowd;
    table.row({"offers a second", "median", "least to most", "Tiebreak's as a ratio"});
    table.row({"Tiebreak", figure(report.offers_per_second, 0), range(report.offers_per_second, 0), ""});
    if (!options.baselines) return table;
    const auto beside = [&](const Spread& ratio) { return compares ? figure(ratio, 2) : std::string{}; };
    table.row({"bare echo", figure(report.echo_per_second, 0), range(report.echo_per_second, 0), beside(report.ratio_to_echo)});
    table.row({"bare echo that syncs", figure(report.synced_echo_per_second, 0), range(report.synced_echo_per_second, 0), beside(report.ratio_to_synced_echo)});
    return table;
}

void add_percentiles(TextTable& table, const std::string& name, const Percentiles& set) {
    if (!set.any) return;
    table.row({name, grouped(set.p50_us), grouped(set.p90_us), grouped(set.p99_us), grouped(set.p999_us), grouped(set.max_us)});
}

TextTable latency_table(const Report& report) {
    TextTable table;
    table.row({"microseconds", "p50", "p90", "p99", "p99.9", "max"});
    add_percentiles(table, "due to acknowledged", report.ack);
    add_percentiles(table, "- due to sent: the load's own", report.lag);
    add_percentiles(table, "- sent to stamped", report.to_stamp);
    add_percentiles(table, "- stamped to acknowledged", report.from_stamp);
    add_percentiles(table, "due to answered busy", report.busy_ack);
    add_percentiles(table, "bare echo", report.echo);
    add_percentiles(table, "- due to sent: the load's own", report.echo_lag);
    add_percentiles(table, "bare echo that syncs", report.synced_echo);
    add_percentiles(table, "deadline to award in hand", report.award_lateness);
    add_percentiles(table, "bare PUB to SUB", report.publish);
    add_percentiles(table, "bare timerfd, lateness", report.timer_lateness);
    return table;
}

TextTable cpu_table(const SurgeOptions& options, const Report& report) {
    TextTable table;
    table.row({"processor time, ns an offer", "of the server", "least to most", "of the load", "least to most"});
    const auto add = [&](const std::string& name, const Spread& server, const Spread& load) {
        table.row({name, figure(server, 0), range(server, 0), figure(load, 0), range(load, 0)});
    };
    add("Tiebreak", report.daemon_cpu_ns, report.load_cpu_ns);
    if (!options.baselines) return table;
    add("bare echo", report.echo_cpu_ns, report.echo_load_cpu_ns);
    add("bare echo that syncs", report.synced_echo_cpu_ns, report.synced_echo_load_cpu_ns);
    return table;
}

TextTable ratios_table(const Report& report) {
    TextTable table;
    table.row({"in one round", "median", "least to most"});
    const auto add = [&](const std::string& name, const Spread& spread, int decimals) {
        if (spread.is_known()) table.row({name, figure(spread, decimals), range(spread, decimals)});
    };
    add("acknowledged p50, as a ratio to the synced echo's", report.ack_p50_to_synced_echo, 2);
    add("acknowledged p99, as a ratio to the synced echo's", report.ack_p99_to_synced_echo, 2);
    add("award in hand p50, above PUB to SUB, us", report.award_p50_above_publish_us, 0);
    add("award in hand p99, above PUB to SUB, us", report.award_p99_above_publish_us, 0);
    add("deadline to its being applied p50, us", report.deadline_p50_us, 1);
    add("deadline to its being applied p99, us", report.deadline_p99_us, 1);
    if (report.is_cliff) {
        table.row({"awards of the cliff", count_text(report.cliff_awards)});
        add("the last of them in hand, us", report.cliff_last_us, 0);
        add("as many bare PUB messages, us", report.bare_cliff_last_us, 0);
        add("ratio of the two", report.cliff_last_to_bare, 2);
    }
    add("offers in one sync", report.offers_per_sync, 0);
    add("the daemon's memory at its peak, MB", report.rss_peak_mb, 0);
    return table;
}

std::string p50_p99(const Percentiles& set) { return set.any ? grouped(set.p50_us / 1e3, 1) + " / " + grouped(set.p99_us / 1e3, 1) : ""; }

void write_ramp(Tables& out, const RampReport& ramp) {
    out.line("Saturation in a closed loop: " + figure(ramp.saturation_per_second, 0) + " offers a second. Steps, p50 / p99 in ms:");
    TextTable table;
    table.row({"of saturation", "due a second", "accepted", "busy", "acknowledged", "answered busy", "deadline to award", "memory, MB"});
    for (const StepReport& step : ramp.steps)
        table.row({fixed(step.factor, 1), figure(step.due_per_second, 0), figure(step.accepted_per_second, 0), figure(step.busy_per_second, 0),
                   p50_p99(step.accepted), p50_p99(step.busy), p50_p99(step.award_lateness), figure(step.rss_peak_mb, 0)});
    out.table(table);
    // As before: no busy answer, and a median acknowledgement within the first step's p99.
    if (ramp.recovery_ms.is_known())
        out.line("As in the first step again " + figure(ramp.recovery_ms, 0) + " ms after the last fall" +
                 (range(ramp.recovery_ms, 0).empty() ? "." : ", " + range(ramp.recovery_ms, 0) + " over the rounds."));
    if (ramp.not_recovered > 0) out.line("Rounds that were not as in the first step when the ramp ended: " + count_text(ramp.not_recovered) + ".");
}

void add_ratio(TextTable& table, const std::string& name, const Spread& spread) {
    table.row({name, figure(spread, 2), range(spread, 2)});
}

void write_crowd(Tables& out, const CrowdReport& crowd) {
    out.line(count_text(crowd.live_offers) + " live offers in " + count_text(crowd.packages) + " open packages.");
    TextTable table;
    table.row({"the crowd", "median", "least to most"});
    table.row({"bytes for a live offer with its receipt", figure(crowd.bytes_per_offer, 0), range(crowd.bytes_per_offer, 0)});
    table.row({"seconds to register the packages", figure(crowd.register_seconds, 2), range(crowd.register_seconds, 2)});
    table.row({"offers a second while filling the books", figure(crowd.fill_per_second, 0), range(crowd.fill_per_second, 0)});
    add_ratio(table, "acknowledged p50, as a ratio to 1,000 packages", crowd.ack_p50_ratio);
    add_ratio(table, "acknowledged p99", crowd.ack_p99_ratio);
    add_ratio(table, "award in hand p50", crowd.award_p50_ratio);
    add_ratio(table, "award in hand p99", crowd.award_p99_ratio);
    out.table(table);
}

void write_company(Tables& out, const CompanyReport& company) {
    out.line(count_text(company.peers) + " clients with " + grouped(peer_offers_per_second) +
             " offers a second each that never read a reply, and as many subscribers to every event that never read one; against as many that read.");
    TextTable table;
    table.row({"what they cost the others", "median", "least to most"});
    add_ratio(table, "acknowledged p50, as a ratio", company.ack_p50_ratio);
    add_ratio(table, "acknowledged p99", company.ack_p99_ratio);
    add_ratio(table, "award in hand p50", company.award_p50_ratio);
    add_ratio(table, "award in hand p99", company.award_p99_ratio);
    table.row({"the daemon's memory at its peak, MB", figure(company.rss_peak_mb, 0), range(company.rss_peak_mb, 0)});
    table.row({"beside those that read, MB", figure(company.polite_rss_peak_mb, 0), range(company.polite_rss_peak_mb, 0)});
    table.row({"replies dropped and counted", figure(company.replies_dropped, 0), range(company.replies_dropped, 0)});
    table.row({"beside those that read", figure(company.polite_replies_dropped, 0), range(company.polite_replies_dropped, 0)});
    table.row({"times a subscriber's queue was found full", figure(company.subscribers_full, 0), range(company.subscribers_full, 0)});
    out.table(table);
}

TextTable checked_table(const Report& report) {
    TextTable table;
    table.row({"checked", "how many"});
    table.row({"sent", count_text(report.sent)});
    table.row({"accepted", count_text(report.accepted)});
    table.row({"refused as closed", count_text(report.closed)});
    table.row({"answered busy", count_text(report.busy)});
    table.row({"awards", count_text(report.awards)});
    const Wrongs& wrongs = report.wrongs;
    table.row({"lost", count_text(wrongs.lost)});
    table.row({"duplicated", count_text(wrongs.duplicated)});
    table.row({"wrong answers", count_text(wrongs.wrong_answers + wrongs.refused)});
    table.row({"wrong awards", count_text(wrongs.wrong_awards)});
    table.row({"events missed", count_text(wrongs.events_missed)});
    return table;
}

}  // namespace

std::string title_of(const SurgeOptions& options) {
    std::string title = shape_name(options.shape);
    if (options.shape == Shape::cliff) {
        title += ", " + count_text(options.packages) + " packages of " + std::to_string(options.cliff_offers) + " offers";
    } else if (options.shape == Shape::ramp && options.is_closed_loop()) {
        title += " to three times saturation and back";
    } else if (options.is_closed_loop()) {
        title += ", closed loop with " + std::to_string(options.in_flight) + " requests in flight on each connection";
    } else {
        title += ", open loop at " + grouped(options.rate) + " offers a second";
    }
    return title + ", " + std::to_string(options.connections) + (options.connections == 1 ? " connection, " : " connections, ") +
           std::to_string(options.batch) + (options.batch == 1 ? " offer" : " offers") + " a message, " + std::to_string(options.rounds) +
           (options.rounds == 1 ? " round of " : " rounds of ") + fixed(options.seconds, 1) + " s";
}

std::string write_tables(const SurgeOptions& options, const Report& report, bool html) {
    Tables out(html);
    out.heading(title_of(options));
    out.table(rates_table(options, report));
    out.table(cpu_table(options, report));
    out.table(latency_table(report));
    if (report.ramp) write_ramp(out, *report.ramp);
    if (report.crowd) write_crowd(out, *report.crowd);
    if (report.company) write_company(out, *report.company);
    out.table(ratios_table(report));
    out.table(checked_table(report));
    out.line(report.is_right() ? "All right: every offer was answered once, every award is the one that the receipts' stamps give."
                               : "WRONG: " + report.wrongs.note);
    return out.text();
}

}  // namespace tiebreak::bench
