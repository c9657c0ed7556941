#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "bench/surge_report.hpp"
#include "bench/surge_text.hpp"

namespace tiebreak::bench {
namespace {

struct Line {
    std::string name;
    std::string colour;
    std::vector<std::pair<double, double>> points;
    bool dashed = false;
};

struct Axis {
    double from = 0, to = 1;
    std::vector<std::pair<double, std::string>> marks;
};

constexpr double plot_width = 860, plot_height = 320, left = 80, top = 16, right = 16, bottom = 44;

double place(double value, const Axis& axis, double begin, double end) {
    const double share = (value - axis.from) / (axis.to - axis.from);
    return begin + std::clamp(share, 0.0, 1.0) * (end - begin);
}

std::string text_at(double x, double y, const char* anchor, const std::string& text) {
    return "<text x='" + fixed(x, 1) + "' y='" + fixed(y, 1) + "' text-anchor='" + anchor + "'>" + text + "</text>";
}

std::string plot(const Axis& x, const Axis& y, const std::vector<Line>& lines) {
    const double x_end = plot_width - right, y_end = plot_height - bottom;
    std::string svg = "<svg viewBox='0 0 " + fixed(plot_width, 0) + " " + fixed(plot_height, 0) + "' role='img'>";
    const auto rule = [&](double x1, double y1, double x2, double y2) {
        svg += "<line class='rule' x1='" + fixed(x1, 1) + "' y1='" + fixed(y1, 1) + "' x2='" + fixed(x2, 1) + "' y2='" + fixed(y2, 1) + "'/>";
    };
    for (const auto& [value, name] : x.marks) {
        const double at = place(value, x, left, x_end);
        rule(at, top, at, y_end);
        svg += text_at(at, y_end + 18, "middle", name);
    }
    for (const auto& [value, name] : y.marks) {
        const double at = place(value, y, y_end, top);
        rule(left, at, x_end, at);
        svg += text_at(left - 8, at + 4, "end", name);
    }
    for (const Line& line : lines) {
        svg += "<polyline fill='none' stroke-width='2' stroke='" + line.colour + "'" + (line.dashed ? " stroke-dasharray='5 4'" : "") + " points='";
        for (const auto& [px, py] : line.points) svg += fixed(place(px, x, left, x_end), 1) + "," + fixed(place(py, y, y_end, top), 1) + " ";
        svg += "'/>";
    }
    svg += "</svg><p>";
    for (const Line& line : lines) svg += "<span style='white-space:nowrap;color:" + line.colour + "'>" + (line.dashed ? "- - " : "&mdash; ") + line.name + "</span> &nbsp; ";
    return svg + "</p>";
}

// Over all rounds.
template <class Of>
Histogram merged(std::span<const Round> rounds, Of of) {
    Histogram all;
    for (const Round& round : rounds) all.merge(of(round));
    return all;
}

// x counts the nines of the percentile, y the decimal digits of the microseconds.
void add_percentiles(std::vector<Line>& lines, const std::string& name, const std::string& colour, const Histogram& histogram) {
    if (histogram.count() == 0) return;
    Line line{name, colour, {}};
    for (double nines = 0; nines <= 5; nines += 0.02) {
        // Beyond this a percentile is one record and no more.
        if (nines > 0.05 && std::pow(10, nines) > static_cast<double>(histogram.count())) break;
        const double us = static_cast<double>(histogram.quantile_ns(1 - std::pow(10, -nines))) / 1e3;
        line.points.emplace_back(nines, std::log10(std::max(us, 0.1)));
    }
    lines.push_back(std::move(line));
}

Axis latency_axis() {
    return {0, 7, {{0, "1 us"}, {1, "10 us"}, {2, "100 us"}, {3, "1 ms"}, {4, "10 ms"}, {5, "100 ms"}, {6, "1 s"}, {7, "10 s"}}};
}

std::string latency_plot(std::span<const Round> rounds) {
    std::vector<Line> lines;
    add_percentiles(lines, "acknowledged", "#0b6e99", merged(rounds, [](const Round& r) -> const Histogram& { return r.daemon.all.latency; }));
    add_percentiles(lines, "answered busy", "#7b3fa0", merged(rounds, [](const Round& r) -> const Histogram& { return r.daemon.all.busy_latency; }));
    add_percentiles(lines, "echo", "#999999", merged(rounds, [](const Round& r) -> const Histogram& { return r.echo.all.latency; }));
    add_percentiles(lines, "synced echo", "#b8860b", merged(rounds, [](const Round& r) -> const Histogram& { return r.synced_echo.all.latency; }));
    add_percentiles(lines, "deadline to subscriber", "#b03060", merged(rounds, [](const Round& r) -> const Histogram& { return r.awards.lateness; }));
    add_percentiles(lines, "bare PUB to SUB", "#5a9a5a", merged(rounds, [](const Round& r) -> const Histogram& { return r.timer.publish; }));
    add_percentiles(lines, "bare timerfd", "#cc99aa", merged(rounds, [](const Round& r) -> const Histogram& { return r.timer.timer_lateness; }));
    const Axis x{0, 5, {{0, "0"}, {0.30103, "p50"}, {1, "p90"}, {2, "p99"}, {3, "p99.9"}, {4, "p99.99"}, {5, "p99.999"}}};
    return plot(x, latency_axis(), lines);
}

// Offers a second in each slot, as the mean of the rounds.
template <class Of>
void add_rate(std::vector<Line>& lines, const std::string& name, const std::string& colour, bool dashed, std::span<const Round> rounds, Of of) {
    Line line{name, colour, {}, dashed};
    std::size_t slots = 0;
    for (const Round& round : rounds) slots = std::max(slots, of(round).size());
    // The last slot is cut off by the end of the load.
    for (std::size_t slot = 0; slot + 1 < slots; ++slot) {
        double sum = 0;
        for (const Round& round : rounds) sum += slot < of(round).size() ? of(round)[slot] : 0;
        const double seconds = static_cast<double>(slot_ns) / 1e9;
        line.points.emplace_back((static_cast<double>(slot) + 0.5) * seconds, sum / static_cast<double>(rounds.size()) / seconds);
    }
    if (!line.points.empty()) lines.push_back(std::move(line));
}

// About five round marks from 0 to the top.
Axis axis_to(double most) {
    const double rough = std::max(most, 1e-9) / 5;
    const double digit = std::pow(10, std::floor(std::log10(rough)));
    const double step = digit * (rough / digit > 5 ? 10 : rough / digit > 2 ? 5 : rough / digit > 1 ? 2 : 1);
    Axis axis{0, step * std::ceil(most / step), {}};
    for (double mark = 0; mark <= axis.to + step / 2; mark += step) axis.marks.emplace_back(mark, grouped(mark, step < 1 ? 1 : 0));
    return axis;
}

std::string rate_plot(const SurgeOptions& options, std::span<const Round> rounds) {
    std::vector<Line> lines;
    using Slots = const std::vector<std::uint32_t>&;
    if (options.shape == Shape::cliff || options.shape == Shape::ramp || !options.is_closed_loop())
        add_rate(lines, "due", "#333333", true, rounds, [](const Round& r) -> Slots { return r.daemon.slots.due; });
    add_rate(lines, "echo", "#999999", false, rounds, [](const Round& r) -> Slots { return r.echo.slots.answered; });
    add_rate(lines, "synced echo", "#b8860b", false, rounds, [](const Round& r) -> Slots { return r.synced_echo.slots.answered; });
    if (std::any_of(rounds.begin(), rounds.end(), [](const Round& r) { return r.daemon.all.busy > 0; }))
        add_rate(lines, "answered busy", "#7b3fa0", false, rounds, [](const Round& r) -> Slots { return r.daemon.slots.busy; });
    add_rate(lines, "answered by Tiebreak", "#0b6e99", false, rounds, [](const Round& r) -> Slots { return r.daemon.slots.answered; });
    double most = 1;
    for (const Line& line : lines)
        for (const auto& point : line.points) most = std::max(most, point.second);
    return plot(axis_to(options.seconds), axis_to(most), lines);
}

// A percentile of each slot, as the mean of the rounds, y as the decimal digits of the microseconds.
void add_latency(std::vector<Line>& lines, const std::string& name, const std::string& colour, bool dashed, std::span<const Round> rounds,
                 const std::vector<double>& (*of)(const Round&)) {
    Line line{name, colour, {}, dashed};
    std::size_t slots = 0;
    for (const Round& round : rounds) slots = std::max(slots, of(round).size());
    for (std::size_t slot = 0; slot < slots; ++slot) {
        double sum = 0, count = 0;
        for (const Round& round : rounds) {
            if (slot >= of(round).size() || of(round)[slot] <= 0) continue;
            sum += of(round)[slot];
            ++count;
        }
        if (count > 0) line.points.emplace_back((static_cast<double>(slot) + 0.5) * static_cast<double>(slot_ns) / 1e9, std::log10(sum / count));
    }
    if (!line.points.empty()) lines.push_back(std::move(line));
}

std::string latency_over_time(const SurgeOptions& options, std::span<const Round> rounds) {
    std::vector<Line> lines;
    using List = const std::vector<double>&;
    add_latency(lines, "echo, p50", "#999999", false, rounds, [](const Round& r) -> List { return r.echo.slots.p50_us; });
    add_latency(lines, "echo, p99", "#999999", true, rounds, [](const Round& r) -> List { return r.echo.slots.p99_us; });
    add_latency(lines, "Tiebreak, p50", "#0b6e99", false, rounds, [](const Round& r) -> List { return r.daemon.slots.p50_us; });
    add_latency(lines, "Tiebreak, p99", "#0b6e99", true, rounds, [](const Round& r) -> List { return r.daemon.slots.p99_us; });
    return plot(axis_to(options.seconds), latency_axis(), lines);
}

}  // namespace

std::string write_html(const SurgeOptions& options, const Report& report, std::span<const Round> rounds) {
    return "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
           "<title>Tiebreak under load</title><style>"
           "body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}svg{width:100%}h2{font-size:1.1em;margin-top:2em}"
           "svg text{font-size:12px;fill:#555}.rule{stroke:#ddd}table{border-collapse:collapse;margin:1em 0}"
           "td,th{border-bottom:1px solid #ddd;padding:.25em 1em .25em 0;text-align:right}td:first-child,th:first-child{text-align:left}"
           "</style></head><body><h1>Tiebreak under load</h1>\n" +
           write_tables(options, report, true) +
           "<h2>Latency by percentile</h2><p>Acknowledgements are counted from the moment each offer was due; all rounds together.</p>" + latency_plot(rounds) +
           "<h2>Offers a second over time</h2><p>The mean of the rounds, in slots of 100 ms.</p>" + rate_plot(options, rounds) +
           "<h2>Answers over time</h2><p>From due to answered, by when the offers were due; the mean of the rounds, in slots of 100 ms.</p>" +
           latency_over_time(options, rounds) + "</body></html>\n";
}

}  // namespace tiebreak::bench
