#include "tests/acceptance/live_plan.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <variant>

namespace tiebreak::acceptance {
namespace {

constexpr matching::Duration tight_ns = 1'000'000;  // instants of a page that are closer than this are meant to touch

void add_dates(const matching::command::Provider& provider, std::vector<matching::Instant>& dates) {
    if (provider.ratings)
        for (const auto& rating : *provider.ratings) dates.push_back(rating.date_ns);
}

// The dates of the page that a command's stamp is held against.
std::vector<matching::Instant> dates_of(const Scenario& scenario) {
    std::vector<matching::Instant> dates;
    for (const auto& provider : scenario.providers) add_dates(provider, dates);
    for (const auto& step : scenario.steps) {
        const auto& command = step.read.command;
        if (const auto* report = std::get_if<matching::command::Report>(&command))
            dates.insert(dates.end(), {report->from_ns, report->to_ns});
        if (const auto* offer = std::get_if<matching::command::Offer>(&command)) dates.push_back(offer->start_ns);
        if (const auto* provider = std::get_if<matching::command::Provider>(&command)) add_dates(*provider, dates);
    }
    return dates;
}

// These, and the ends of windows.
std::vector<matching::Instant> instants_of(const Scenario& scenario, const Course& course) {
    auto instants = dates_of(scenario);
    for (const auto& [package, ends] : course.announced) instants.insert(instants.end(), ends.begin(), ends.end());
    return instants;
}

}  // namespace

LivePlan::LivePlan(const Scenario& scenario, const Course& course, matching::Duration margin_ns)
    : scenario_(scenario), course_(course), margin_ns_(margin_ns), begin_ns_(scenario.steps.front().at_ns) {
    const auto instants = instants_of(scenario, course);
    matching::Duration shortest = 0;
    for (const auto& step : scenario.steps)
        for (const auto instant : instants)
            if (instant - step.at_ns > tight_ns && (shortest == 0 || instant - step.at_ns < shortest))
                shortest = instant - step.at_ns;
    if (shortest > 0) scale_ = static_cast<double>(margin_ns) / static_cast<double>(shortest);
}

matching::Duration LivePlan::lasting(matching::Duration scenario_ns) const {
    return std::max<matching::Duration>(1, std::llround(static_cast<double>(scenario_ns) * scale_));
}

matching::Instant LivePlan::at(matching::Instant scenario_ns) const {
    const auto since = scenario_ns - begin_ns_;
    return real_begin_ns_ + (since <= 0 ? since : lasting(since));
}

matching::Instant LivePlan::send_at(matching::Instant scenario_ns) const {
    const auto instants = instants_of(scenario_, course_);
    const bool touches = std::any_of(instants.begin(), instants.end(), [&](auto instant) {
        return instant > scenario_ns && instant - scenario_ns <= tight_ns;
    });
    return at(scenario_ns) - (touches ? margin_ns_ : 0);
}

// Of a criterion's `from`: beyond an end that just misses it.
matching::Instant LivePlan::fixed(matching::Instant from_ns) const {
    for (const auto& [package, ends] : course_.announced)
        for (const auto end : ends)
            if (end < from_ns && from_ns - end <= tight_ns) return at(from_ns) + margin_ns_;
    return at(from_ns);
}

matching::command::Procedure LivePlan::procedure(matching::command::Procedure procedure) const {
    for (auto& stage : procedure.stages) {
        stage.window_ns = lasting(stage.window_ns);
        for (auto& [urgency, window_ns] : stage.windows) window_ns = lasting(window_ns);
    }
    for (auto& criterion : procedure.ranking) {
        if (criterion.kind == matching::CriterionKind::citizen_choice)
            criterion.choice_window_ns = lasting(criterion.choice_window_ns);
        if (criterion.from_ns) criterion.from_ns = fixed(*criterion.from_ns);
        if (criterion.until_ns) criterion.until_ns = fixed(*criterion.until_ns);
    }
    if (procedure.rating_rule) procedure.rating_rule->baseline_ns = at(procedure.rating_rule->baseline_ns);
    return procedure;
}

matching::command::Provider LivePlan::provider(matching::command::Provider provider) const {
    if (provider.ratings)
        for (auto& rating : *provider.ratings) rating.date_ns = at(rating.date_ns);
    return provider;
}

matching::Command LivePlan::command(const matching::Command& command, const Course& live) const {
    auto mapped = command;
    const auto map = [&](std::optional<matching::Instant>& instant) {
        if (instant) instant = at(*instant);
    };
    if (auto* registered = std::get_if<matching::command::Provider>(&mapped)) *registered = provider(*registered);
    if (auto* package = std::get_if<matching::command::Package>(&mapped)) {
        if (package->window_ns) package->window_ns = lasting(*package->window_ns);
        map(package->start_from_ns);
        map(package->start_by_ns);
    }
    if (auto* offer = std::get_if<matching::command::Offer>(&mapped)) offer->start_ns = at(offer->start_ns);
    if (auto* report = std::get_if<matching::command::Report>(&mapped)) {
        report->from_ns = at(report->from_ns);
        report->to_ns = at(report->to_ns);
    }
    if (auto* extend = std::get_if<matching::command::Extend>(&mapped)) {
        const auto page_ns = extend->closes_ns;
        extend->closes_ns = at(page_ns);
        for (const auto& [package, ends] : course_.announced)
            for (std::size_t i = 0; i < ends.size(); ++i)
                if (const auto found = live.announced.find(package);
                    ends[i] == page_ns && found != live.announced.end() && i < found->second.size())
                    extend->closes_ns = found->second[i];
    }
    return mapped;
}

std::string LivePlan::disorder(const Course& live, const std::vector<matching::Instant>& stamps) const {
    for (std::size_t s = 0; s < stamps.size(); ++s)
        if (stamps[s] > send_at(scenario_.steps[s].at_ns) + margin_ns_)
            return "“" + scenario_.steps[s].said + "” was late by more than the margin";
    // The other way round can't be: commands are never early, and wait for what the feed says before them.
    const auto missed = [&](matching::Instant page_ns, matching::Instant live_ns) {
        for (std::size_t s = 0; s < stamps.size(); ++s)
            if (scenario_.steps[s].at_ns < page_ns && stamps[s] >= live_ns) return true;
        return false;
    };
    for (const auto& [package, ends] : course_.announced) {
        const auto found = live.announced.find(package);
        if (found == live.announced.end()) continue;
        for (std::size_t i = 0; i < std::min(ends.size(), found->second.size()); ++i) {
            if (missed(ends[i], found->second[i])) return "a command missed an end of " + package;
            for (const auto& procedure : scenario_.procedures)
                for (const auto& criterion : procedure.ranking)
                    if (criterion.from_ns &&
                        (ends[i] < *criterion.from_ns) != (found->second[i] < fixed(*criterion.from_ns)))
                        return "an end of " + package + " came on the wrong side of a criterion's date";
        }
    }
    for (const auto date : dates_of(scenario_))
        if (missed(date, at(date))) return "a command missed a start, a rating's date or a report's edge";
    return {};
}

}  // namespace tiebreak::acceptance
