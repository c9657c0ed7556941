// Events as text, to compare and to print: every field but a rejection's `detail`, which is prose.
#pragma once

#include <string>
#include <vector>

#include "matching/events.hpp"

namespace tiebreak::reference {

// "awarded package=K1 stage=zonal offer=O-A provider=A start=7 decided_by=only_offer ranking=O-A/A". Instants as
// nanoseconds; what is absent or false is left out. Without `at` and `sequence`.
[[nodiscard]] std::string what_of(const matching::EventBody& body);

// The same after "at=… sequence=…".
[[nodiscard]] std::string text_of(const matching::Event& event);

// Keeps the text of each event, and the package number and zone that an event about a package carries for tables and
// topics. (Of a rejection the two are not fixed: whether it is about the package that it names is left open.)
class EventTexts final : public matching::EventSink {
public:
    void on_event(const matching::Event& event) override;

    std::vector<std::string> texts;
};

}  // namespace tiebreak::reference
