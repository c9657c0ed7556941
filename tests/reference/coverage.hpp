// What a run reached, by name: to see that random streams go everywhere, and to say where they did not.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "matching/events.hpp"

namespace tiebreak::reference {

class Coverage final : public matching::EventSink {
public:
    void on_event(const matching::Event& event) override;

    // How often each came; each of places() is there, with 0 if it never did.
    [[nodiscard]] const std::map<std::string, std::uint64_t>& counts() const { return counts_; }
    [[nodiscard]] std::vector<std::string> never_reached() const;

    Coverage();

private:
    std::map<std::string, std::uint64_t> counts_;
    std::map<std::string, std::vector<std::string>, std::less<>> shortlists_;  // of each package, the last one
};

}  // namespace tiebreak::reference
