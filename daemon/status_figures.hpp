// The figures of a status answer: everything that is counted, and every limit beside it.
#pragma once

#include <vector>

#include "daemon/group_commit.hpp"
#include "daemon/limits.hpp"
#include "daemon/metrics.hpp"
#include "wire/query.hpp"

namespace tiebreak::daemon {

// Names have static storage. Limits come as `limit_NAME`, what the journal counts as `journal_NAME`.
[[nodiscard]] std::vector<wire::answer::Figure> status_figures(const Metrics& metrics, const CommitCounters& journal,
                                                               const Limits& limits);

}  // namespace tiebreak::daemon
