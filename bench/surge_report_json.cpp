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

void put_figure(JsonObject& json, const std::string& key, const Spread& spread, int decimals) {
    if (spread.is_known()) json.put(key, spread.median, decimals);
    else json.raw(key, "null");
}

void put_spread(JsonObject& json, const std::string& key, const Spread& spread, int decimals) {
    put_figure(json, key, spread, decimals);
    if (spread.is_known()) json.raw(key + "_spread", "[" + fixed(spread.least, decimals) + "," + fixed(spread.most, decimals) + "]");
}

JsonObject ramp_json(const RampReport& ramp) {
    JsonObject json;
    put_spread(json, "saturation_per_second", ramp.saturation_per_second, 0);
    put_spread(json, "recovery_ms", ramp.recovery_ms, 0);
    json.put("not_recovered", ramp.not_recovered);
    std::string steps;
    for (const StepReport& step : ramp.steps) {
        JsonObject one;
        one.put("factor", step.factor, 2);
        put_figure(one, "due_per_second", step.due_per_second, 0);
        put_figure(one, "accepted_per_second", step.accepted_per_second, 0);
        put_figure(one, "busy_per_second", step.busy_per_second, 0);
        put_percentiles(one, "ack_us", step.accepted);
        put_percentiles(one, "busy_us", step.busy);
        put_percentiles(one, "award_lateness_us", step.award_lateness);
        put_figure(one, "rss_peak_mb", step.rss_peak_mb, 1);
        steps += (steps.empty() ? "" : ",") + one.text();
    }
    return json.raw("steps", "[" + steps + "]");
}

JsonObject crowd_json(const CrowdReport& crowd) {
    JsonObject json;
    json.put("packages", crowd.packages).put("live_offers", crowd.live_offers);
    put_spread(json, "bytes_per_offer", crowd.bytes_per_offer, 1);
    put_spread(json, "register_seconds", crowd.register_seconds, 3);
    put_spread(json, "fill_per_second", crowd.fill_per_second, 0);
    put_spread(json, "ack_p50_to_few", crowd.ack_p50_ratio, 2);
    put_spread(json, "ack_p99_to_few", crowd.ack_p99_ratio, 2);
    put_spread(json, "award_p50_to_few", crowd.award_p50_ratio, 2);
    put_spread(json, "award_p99_to_few", crowd.award_p99_ratio, 2);
    put_percentiles(json, "few_ack_us", crowd.few_ack);
    put_percentiles(json, "few_award_lateness_us", crowd.few_award_lateness);
    return json;
}

JsonObject company_json(const CompanyReport& company) {
    JsonObject json;
    json.put("peers", company.peers).put("peer_offers", company.peer_offers);
    put_spread(json, "ack_p50_to_polite", company.ack_p50_ratio, 2);
    put_spread(json, "ack_p99_to_polite", company.ack_p99_ratio, 2);
    put_spread(json, "award_p50_to_polite", company.award_p50_ratio, 2);
    put_spread(json, "award_p99_to_polite", company.award_p99_ratio, 2);
    put_spread(json, "deaf_rss_peak_mb", company.rss_peak_mb, 1);
    put_spread(json, "polite_rss_peak_mb", company.polite_rss_peak_mb, 1);
    put_spread(json, "replies_dropped", company.replies_dropped, 0);
    put_spread(json, "subscribers_full", company.subscribers_full, 0);
    put_spread(json, "polite_replies_dropped", company.polite_replies_dropped, 0);
    put_percentiles(json, "polite_ack_us", company.polite_ack);
    put_percentiles(json, "polite_award_lateness_us", company.polite_award_lateness);
    return json;
}

JsonObject options_json(const SurgeOptions& options) {
    JsonObject json;
    const bool open = !options.is_closed_loop() || options.shape == Shape::cliff || options.shape == Shape::ramp;
    json.put("shape", shape_name(options.shape)).put("loop", open ? "open" : "closed");
    json.put("connections", std::uint64_t{options.connections}).put("threads", std::uint64_t{options.threads});
    json.put("in_flight", std::uint64_t{options.in_flight}).put("rate", options.rate, 0);
    json.put("batch", std::uint64_t{options.batch}).put("seconds", options.seconds, 3).put("rounds", std::uint64_t{options.rounds});
    json.put("packages", std::uint64_t{options.packages}).put("providers", std::uint64_t{options.providers});
    json.put("deaf", std::uint64_t{options.deaf});
    std::string daemon;
    for (const std::string& option : options.daemon_options) daemon += (daemon.empty() ? "" : " ") + option;
    if (!daemon.empty()) json.put("daemon", daemon);
    return json;
}

}  // namespace

std::string write_json(const SurgeOptions& options, const Report& report) {
    JsonObject json;
    put_spread(json, "offers_per_second", report.offers_per_second, 0);
    put_spread(json, "echo_per_second", report.echo_per_second, 0);
    put_spread(json, "synced_echo_per_second", report.synced_echo_per_second, 0);
    put_spread(json, "ratio_to_echo", report.ratio_to_echo, 3);
    put_spread(json, "ratio_to_synced_echo", report.ratio_to_synced_echo, 3);
    put_spread(json, "daemon_cpu_ns_per_offer", report.daemon_cpu_ns, 0);
    put_spread(json, "echo_cpu_ns_per_offer", report.echo_cpu_ns, 0);
    put_spread(json, "synced_echo_cpu_ns_per_offer", report.synced_echo_cpu_ns, 0);
    put_spread(json, "load_cpu_ns_per_offer", report.load_cpu_ns, 0);
    put_spread(json, "echo_load_cpu_ns_per_offer", report.echo_load_cpu_ns, 0);
    put_spread(json, "synced_echo_load_cpu_ns_per_offer", report.synced_echo_load_cpu_ns, 0);
    put_percentiles(json, "ack_us", report.ack);
    put_percentiles(json, "echo_us", report.echo);
    put_percentiles(json, "synced_echo_us", report.synced_echo);
    put_percentiles(json, "busy_us", report.busy_ack);
    put_percentiles(json, "lag_us", report.lag);
    put_percentiles(json, "echo_lag_us", report.echo_lag);
    put_percentiles(json, "to_stamp_us", report.to_stamp);
    put_percentiles(json, "from_stamp_us", report.from_stamp);
    put_percentiles(json, "award_lateness_us", report.award_lateness);
    put_percentiles(json, "timer_lateness_us", report.timer_lateness);
    put_percentiles(json, "publish_us", report.publish);
    put_spread(json, "ack_p50_to_synced_echo", report.ack_p50_to_synced_echo, 2);
    put_spread(json, "ack_p99_to_synced_echo", report.ack_p99_to_synced_echo, 2);
    put_spread(json, "award_p50_above_publish_us", report.award_p50_above_publish_us, 1);
    put_spread(json, "award_p99_above_publish_us", report.award_p99_above_publish_us, 1);
    put_spread(json, "award_p99_to_publish", report.award_p99_to_publish, 2);
    put_spread(json, "daemon_deadline_p50_us", report.deadline_p50_us, 1);
    put_spread(json, "daemon_deadline_p99_us", report.deadline_p99_us, 1);
    json.raw("cliff_awards", report.is_cliff ? std::to_string(report.cliff_awards) : "null");
    put_spread(json, "cliff_last_us", report.cliff_last_us, 1);
    put_spread(json, "bare_cliff_last_us", report.bare_cliff_last_us, 1);
    put_spread(json, "cliff_last_to_bare", report.cliff_last_to_bare, 2);
    const Wrongs& wrongs = report.wrongs;
    json.put("lost", wrongs.lost).put("duplicated", wrongs.duplicated).put("wrong_awards", wrongs.wrong_awards);
    json.put("wrong_answers", wrongs.wrong_answers).put("refused", wrongs.refused).put("events_missed", wrongs.events_missed);
    json.put("sent", report.sent).put("accepted", report.accepted).put("closed", report.closed).put("busy", report.busy);
    json.put("awards", report.awards).put("unawarded", report.unawarded);
    put_spread(json, "offers_per_sync", report.offers_per_sync, 1);
    put_spread(json, "rss_peak_mb", report.rss_peak_mb, 1);
    if (report.ramp) json.put("ramp", ramp_json(*report.ramp));
    if (report.crowd) json.put("crowd", crowd_json(*report.crowd));
    if (report.company) json.put("deaf", company_json(*report.company));
    json.put("right", report.is_right());
    if (!wrongs.note.empty()) json.put("note", wrongs.note);
    json.put("options", options_json(options));
    return json.text() + "\n";
}

}  // namespace tiebreak::bench
