#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "bench/surge_report.hpp"
#include "bench/surge_text.hpp"

namespace tiebreak::bench {
namespace {

void put_percentiles(JsonObject& json, std::string_view key, const Percentiles& set) {
    JsonObject one;
    const std::pair<const char*, double> all[] = {
        {"p50", set.p50_us}, {"p90", set.p90_us}, {"p99", set.p99_us}, {"p999", set.p999_us}, {"max", set.max_us}};
    for (const auto& [name, value] : all) {
        if (set.any) one.put(name, value, 1);
        else one.raw(name, "null");
    }
    json.put(key, one);
}

void put_spread(JsonObject& json, const std::string& key, const Spread& spread, int decimals, bool known) {
    if (!known || !std::isfinite(spread.median)) {
        json.raw(key, "null");
        return;
    }
    json.put(key, spread.median, decimals);
    json.raw(key + "_spread", "[" + fixed(spread.least, decimals) + "," + fixed(spread.most, decimals) + "]");
}

JsonObject options_json(const SurgeOptions& options) {
    JsonObject json;
    json.put("shape", shape_name(options.shape)).put("loop", options.is_closed_loop() && options.shape != Shape::cliff ? "closed" : "open");
    json.put("connections", std::uint64_t{options.connections}).put("threads", std::uint64_t{options.threads});
    json.put("in_flight", std::uint64_t{options.in_flight}).put("rate", options.rate, 0);
    json.put("batch", std::uint64_t{options.batch}).put("seconds", options.seconds, 3).put("rounds", std::uint64_t{options.rounds});
    json.put("packages", std::uint64_t{options.packages}).put("providers", std::uint64_t{options.providers});
    std::string daemon;
    for (const std::string& option : options.daemon_options) daemon += (daemon.empty() ? "" : " ") + option;
    if (!daemon.empty()) json.put("daemon", daemon);
    return json;
}

// Lines of a Markdown table.
class Table {
public:
    void row(const std::string& what, const std::string& value, const std::string& beside = {}) {
        text_ += "| " + what + " | " + value + " | " + beside + " |\n";
    }
    void heading(const std::string& what, const std::string& value, const std::string& beside) {
        row(what, value, beside);
        text_ += "|---|---|---|\n";
    }
    [[nodiscard]] std::string text() const { return text_; }

private:
    std::string text_;
};

std::string with_spread(const Spread& spread, int decimals) {
    if (!std::isfinite(spread.median)) return "unknown";
    return grouped(spread.median, decimals) + " (" + grouped(spread.least, decimals) + " to " + grouped(spread.most, decimals) + ")";
}

std::string in_us(const Percentiles& set) {
    if (!set.any) return "none";
    return grouped(set.p50_us) + " / " + grouped(set.p90_us) + " / " + grouped(set.p99_us) + " / " + grouped(set.p999_us) + " / " +
           grouped(set.max_us);
}

std::string title_of(const SurgeOptions& options) {
    std::string title = shape_name(options.shape);
    if (options.shape == Shape::cliff) {
        title += ", " + grouped(static_cast<double>(options.packages)) + " packages of " + std::to_string(options.cliff_offers) + " offers";
    } else if (options.is_closed_loop()) {
        title += ", closed loop with " + std::to_string(options.in_flight) + " in flight";
    } else {
        title += ", open loop at " + grouped(options.rate) + " offers a second";
    }
    return title + ", " + std::to_string(options.connections) + " connections, " + std::to_string(options.batch) +
           (options.batch == 1 ? " offer" : " offers") + " a message, " + std::to_string(options.rounds) +
           (options.rounds == 1 ? " round of " : " rounds of ") + fixed(options.seconds, 1) + " s";
}

}  // namespace

std::string write_json(const SurgeOptions& options, const Report& report) {
    const bool beside = options.baselines;
    JsonObject json;
    put_spread(json, "offers_per_second", report.offers_per_second, 0, true);
    put_spread(json, "echo_per_second", report.echo_per_second, 0, beside);
    put_spread(json, "synced_echo_per_second", report.synced_echo_per_second, 0, beside);
    put_spread(json, "ratio_to_echo", report.ratio_to_echo, 3, beside);
    put_spread(json, "ratio_to_synced_echo", report.ratio_to_synced_echo, 3, beside);
    put_spread(json, "ack_p99_to_synced_echo", report.ack_p99_to_synced_echo, 2, beside);
    put_spread(json, "award_p99_to_publish", report.award_p99_to_publish, 2, beside);
    put_spread(json, "cliff_last_to_bare", report.cliff_last_to_bare, 2, beside && report.is_cliff);
    put_percentiles(json, "ack_us", report.ack);
    put_percentiles(json, "echo_us", report.echo);
    put_percentiles(json, "synced_echo_us", report.synced_echo);
    put_percentiles(json, "award_lateness_us", report.award_lateness);
    put_percentiles(json, "timer_lateness_us", report.timer_lateness);
    put_percentiles(json, "publish_us", report.publish);
    json.raw("cliff_awards", report.is_cliff ? std::to_string(report.cliff_awards) : "null");
    put_spread(json, "cliff_last_us", report.cliff_last_us, 1, report.is_cliff);
    put_spread(json, "bare_cliff_last_us", report.bare_cliff_last_us, 1, report.is_cliff && beside);
    json.put("lost", report.lost).put("duplicated", report.duplicated).put("wrong_awards", report.wrong_awards);
    json.put("wrong_answers", report.wrong_answers).put("events_missed", report.events_missed);
    json.put("sent", report.sent).put("accepted", report.accepted).put("closed", report.closed).put("busy", report.busy);
    json.put("refused", report.refused).put("awards", report.awards).put("unawarded", report.unawarded);
    put_spread(json, "offers_per_sync", report.offers_per_sync, 1, true);
    put_spread(json, "daemon_deadline_p50_us", report.deadline_p50_us, 1, true);
    put_spread(json, "daemon_deadline_p99_us", report.deadline_p99_us, 1, true);
    json.put("right", report.is_right());
    if (!report.note.empty()) json.put("note", report.note);
    json.put("options", options_json(options));
    return json.text() + "\n";
}

std::string write_table(const SurgeOptions& options, const Report& report) {
    Table table;
    table.heading(title_of(options), "Tiebreak", "baseline");
    table.row("offers a second", with_spread(report.offers_per_second, 0),
              options.baselines ? "echo " + with_spread(report.echo_per_second, 0) + "; synced " + with_spread(report.synced_echo_per_second, 0) : "");
    const bool closed_loop = options.is_closed_loop() && !report.is_cliff;
    if (options.baselines && closed_loop)
        table.row("ratio to the echo", with_spread(report.ratio_to_echo, 2), "to the synced one " + with_spread(report.ratio_to_synced_echo, 2));
    table.row("acknowledged, us: p50 / p90 / p99 / p99.9 / max", in_us(report.ack),
              options.baselines ? "echo " + in_us(report.echo) + "; synced " + in_us(report.synced_echo) : "");
    if (options.baselines && !closed_loop) table.row("its p99 as a ratio", "", "to the synced echo's " + with_spread(report.ack_p99_to_synced_echo, 2));
    table.row("deadline to subscriber, us", in_us(report.award_lateness),
              options.baselines ? "timerfd " + in_us(report.timer_lateness) + "; PUB to SUB " + in_us(report.publish) : "");
    if (options.baselines && !report.is_cliff) table.row("its p99 as a ratio", "", "to PUB to SUB " + with_spread(report.award_p99_to_publish, 2));
    table.row("deadline to its being applied, us: p50 / p99", with_spread(report.deadline_p50_us, 1) + " / " + with_spread(report.deadline_p99_us, 1));
    if (report.is_cliff) {
        table.row("awards of the cliff", grouped(static_cast<double>(report.cliff_awards)));
        table.row("the last of them after, us", with_spread(report.cliff_last_us, 0),
                  options.baselines ? "as many bare PUB messages " + with_spread(report.bare_cliff_last_us, 0) + ", ratio " + with_spread(report.cliff_last_to_bare, 2) : "");
    }
    table.row("offers in one sync", with_spread(report.offers_per_sync, 1));
    table.row("sent / accepted / closed / busy",
              grouped(static_cast<double>(report.sent)) + " / " + grouped(static_cast<double>(report.accepted)) + " / " +
                  grouped(static_cast<double>(report.closed)) + " / " + grouped(static_cast<double>(report.busy)));
    table.row("awards, each checked", grouped(static_cast<double>(report.awards)));
    table.row("lost / duplicated / wrong answers / wrong awards / events missed",
              std::to_string(report.lost) + " / " + std::to_string(report.duplicated) + " / " + std::to_string(report.wrong_answers) + " / " +
                  std::to_string(report.wrong_awards) + " / " + std::to_string(report.events_missed),
              report.is_right() ? "all right" : "**WRONG**: " + report.note);
    return table.text();
}

}  // namespace tiebreak::bench
