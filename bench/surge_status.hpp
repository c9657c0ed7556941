// The daemon's own figures, asked of it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/surge_server.hpp"

namespace tiebreak::bench {

// As of its construction. Every figure is not-a-number if the daemon did not answer.
class Status {
public:
    explicit Status(const Endpoints& daemon);
    // Not a number for a figure that this daemon does not have.
    [[nodiscard]] double operator[](std::string_view name) const;

private:
    std::vector<std::pair<std::string, double>> figures_;
};

}  // namespace tiebreak::bench
