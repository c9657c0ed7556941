#include "daemon/status_figures.hpp"

namespace tiebreak::daemon {

std::vector<wire::answer::Figure> status_figures(const Metrics& metrics, const Limits& limits) {
    std::vector<wire::answer::Figure> figures;
    for_each_figure(metrics, [&](std::string_view name, std::uint64_t value, std::string_view) {
        figures.push_back({name, value});
    });
#define TIEBREAK_LIMIT(name, value, help) figures.push_back({"limit_" #name, limits.name});
    TIEBREAK_LIMITS(TIEBREAK_LIMIT)
#undef TIEBREAK_LIMIT
    return figures;
}

}  // namespace tiebreak::daemon
