#include "tests/acceptance/run_engine.hpp"

#include "matching/engine.hpp"
#include "tests/acceptance/compare.hpp"
#include "tests/acceptance/recorder.hpp"

namespace tiebreak::acceptance {

std::string answer_difference(const Step& step, const std::string& reject_code) {
    if (step.reject_code == reject_code) return {};
    const auto said = [](const std::string& code) {
        return code.empty() ? std::string("accepted") : "rejected: " + spoken(code);
    };
    return "What happens: line " + std::to_string(step.line) + ", “" + step.said + "”, should be " +
           said(step.reject_code) + " and is " + said(reject_code);
}

Run run_on_engine(const Scenario& scenario) {
    matching::Engine engine;
    Recorder recorder(scenario.calendar);
    Run run;
    const auto begin_ns = scenario.steps.front().at_ns;
    for (const auto& procedure : scenario.procedures) engine.apply(begin_ns, procedure, recorder);
    for (const auto& provider : scenario.providers) engine.apply(begin_ns, provider, recorder);
    for (const auto& step : scenario.steps) {
        engine.advance(step.at_ns, recorder);
        recorder.say(step.at_ns, step.said);
        engine.apply(step.at_ns, step.read.command, recorder);
        if (auto difference = answer_difference(step, recorder.take_reject_code()); !difference.empty())
            run.differences.push_back(std::move(difference));
    }
    engine.advance(matching::last_instant, recorder);
    for (auto& difference : differences(scenario, recorder.facts(), Strictness::exact))
        run.differences.push_back(std::move(difference));
    run.timeline = recorder.timeline();
    return run;
}

}  // namespace tiebreak::acceptance
