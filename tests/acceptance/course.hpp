// How a run goes: what a Recorder writes down, and every instant that was announced as the end of a window.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "tests/acceptance/recorder.hpp"

namespace tiebreak::acceptance {

class Course final : public matching::EventSink {
public:
    explicit Course(const Calendar& calendar) : recorder(calendar) {}

    void on_event(const matching::Event& event) override {
        recorder.on_event(event);
        if (const auto* opened = std::get_if<matching::event::StageOpened>(&event.body))
            add(opened->package, opened->closes_ns);
        else if (const auto* extended = std::get_if<matching::event::WindowExtended>(&event.body))
            add(extended->package, extended->closes_ns);
        else if (const auto* shortlisted = std::get_if<matching::event::Shortlisted>(&event.body))
            add(shortlisted->package, shortlisted->choose_by_ns);
    }

    Recorder recorder;
    std::map<std::string, std::vector<matching::Instant>> announced;  // of each package, in order

private:
    void add(std::string_view package, matching::Instant at_ns) { announced[std::string(package)].push_back(at_ns); }
};

}  // namespace tiebreak::acceptance
