// Writes down what happens: as facts, to be held against the page, and as lines that people read.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "matching/events.hpp"
#include "tests/acceptance/calendar.hpp"
#include "tests/acceptance/facts.hpp"

namespace tiebreak::acceptance {

class Recorder final : public matching::EventSink {
public:
    explicit Recorder(const Calendar& calendar) : calendar_(calendar) {}

    void on_event(const matching::Event& event) override;
    // A line of the page that is carried out now.
    void say(matching::Instant at_ns, const std::string& what) {
        timeline_ += calendar_.show(at_ns) + "  " + what + '\n';
    }

    [[nodiscard]] const Facts& facts() const noexcept { return facts_; }
    // What every event so far amounts to, one line each, registrations left out.
    [[nodiscard]] const std::string& timeline() const noexcept { return timeline_; }
    // The code of the last rejection since this was asked; empty: there was none.
    [[nodiscard]] std::string take_reject_code() { return std::exchange(reject_code_, {}); }
    [[nodiscard]] std::size_t events() const noexcept { return events_; }

private:
    friend class Teller;

    const Calendar& calendar_;
    Facts facts_;
    std::string timeline_;
    std::string reject_code_;
    std::size_t events_ = 0;
};

}  // namespace tiebreak::acceptance
